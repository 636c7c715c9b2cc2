package installation_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/config"
	"sem.example/internal/installation"
	"sem.example/internal/release"
	"sem.example/internal/source"
)

const (
	istiod = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod, namespace: istio-system}
spec:
  template:
    spec:
      containers:
      - name: discovery
        image: %s
        env:
        - {name: DISABLE_TRACK_REMAINING_CB_METRICS, value: %q}
---`
	proxy = `
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  containers:
  - {name: web, image: example.com/web:1.12.0}
  - {name: istio-proxy, image: "example.com/mirror/proxyv2:%s"}
---`
	operator = `
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: {name: mesh}
spec:
  tag: %s
  compatibilityVersion: %q
---`
)

// The release is the one that is asked for, that of istiod, that of the operator, that of the proxies, or the newest; where they
// differ there is a finding.
func TestChoose(t *testing.T) {
	tests := map[string]struct {
		text    string
		asked   string
		want    string
		because string
		found   []string
		off     []release.Behaviour
		on      []release.Behaviour
	}{
		"nothing":          {want: "1.32", because: "the default: the input names no release"},
		"asked":            {asked: "1.29", want: "1.29", because: "set by --istio"},
		"istiod":           {text: fmt.Sprintf(istiod, "docker.io/istio/pilot:1.30.3-distroless", ""), want: "1.30", because: "named by the image of Deployment istio-system/istiod", found: []string{`SEM331 warning 12: DISABLE_TRACK_REMAINING_CB_METRICS is true or false, not "": istiod uses its default`}},
		"istiod by digest": {text: fmt.Sprintf(istiod, "gcr.io/x/pilot:1.29.6@sha256:0123", "true"), want: "1.29", because: "named by the image of Deployment istio-system/istiod"},
		"a tag that is no version": {
			text: fmt.Sprintf(istiod, "docker.io/istio/pilot:latest", "true"), want: "1.32", because: "the default: the input names no release",
		},
		"a variable of istiod": {
			text: fmt.Sprintf(istiod, "docker.io/istio/pilot:1.30.3", "false"), want: "1.30", off: []release.Behaviour{release.NoTrackRemaining},
			because: "named by the image of Deployment istio-system/istiod; changed by DISABLE_TRACK_REMAINING_CB_METRICS in Deployment istio-system/istiod",
		},
		"proxies behind istiod": {
			text: fmt.Sprintf(istiod, "docker.io/istio/pilot:1.30.3", "true") + fmt.Sprintf(proxy, "1.29.2"), want: "1.30",
			because: "named by the image of Deployment istio-system/istiod",
			found:   []string{"SEM331 info 20: the image of Pod shop/web is 1.29.2, but the image of Deployment istio-system/istiod is 1.30.3"},
		},
		"proxies alone": {text: fmt.Sprintf(proxy, "1.29.2"), want: "1.29", because: "named by the image of Pod shop/web"},
		"two istiods": {
			text: fmt.Sprintf(istiod, "istio/pilot:1.29.0", "true") + fmt.Sprintf(istiod, "istio/pilot:1.31.0", "true"), want: "1.31",
			because: "named by the image of Deployment istio-system/istiod",
		},
		"an operator": {
			text: fmt.Sprintf(operator, "1.31.0", "1.28"), want: "1.31", off: []release.Behaviour{release.SendUnhealthy, release.NoTrackRemaining}, on: []release.Behaviour{release.FamilyDomains},
			because: "named by the tag of IstioOperator mesh; changed by compatibilityVersion of IstioOperator mesh",
		},
		"asked for another": {
			text: fmt.Sprintf(operator, "1.30.0", ""), asked: "1.31", want: "1.31", because: "set by --istio",
			found: []string{"SEM331 warning 6: the tag of IstioOperator mesh is 1.30.0, but the result is for Istio 1.31, set by --istio"},
		},
		"too old": {
			text: fmt.Sprintf(operator, "1.24.1", ""), want: "1.28", because: "named by the tag of IstioOperator mesh",
			found: []string{"SEM331 warning 6: the tag of IstioOperator mesh is 1.24.1, a release that sem does not model: the result is for Istio 1.28"},
		},
		"a compatibilityVersion that is none": {
			text: fmt.Sprintf(operator, "1.31.0", "old"), want: "1.31", because: "named by the tag of IstioOperator mesh",
			found: []string{`SEM331 warning 7: compatibilityVersion of IstioOperator mesh: "old" is not a release of Istio, such as 1.31`},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			docs, _ := source.Parse(&source.File{Name: "a.yaml", Data: []byte(test.text)})
			objects, _, _ := config.Decode(docs, "default")
			var settings []*source.Document
			for _, d := range docs {
				if d.Kind == "IstioOperator" {
					settings = append(settings, d)
				}
			}
			asked, by := release.Release{}, ""
			if test.asked != "" {
				asked, by = must(release.Parse(test.asked)), "set by --istio"
			}
			c, found := installation.Read(objects, settings).Choose(asked, by)
			if c.String() != test.want || c.Because != test.because {
				t.Errorf("Istio %s, %s; want %s, %s", c, c.Because, test.want, test.because)
			}
			for _, b := range test.off {
				if c.Has(b) {
					t.Errorf("%s is on", b)
				}
			}
			for _, b := range test.on {
				if !c.Has(b) {
					t.Errorf("%s is off", b)
				}
			}
			var got []string
			for _, d := range found {
				got = append(got, fmt.Sprintf("%s %s %d: %s", d.Check.ID, d.Level(), d.At.Range().Line, d.Message))
			}
			if test.text != "" && name == "two istiods" {
				if len(got) != 1 {
					t.Errorf("findings: %v", got)
				}
				return
			}
			if diff := cmp.Diff(test.found, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func must(r release.Release, err error) release.Release {
	if err != nil {
		panic(err)
	}
	return r
}
