package installation

import (
	"fmt"
	"slices"
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/release"
	"sem.example/internal/source"
)

// A Choice is the release that an answer is for, and why it is that one.
type Choice struct {
	release.Release
	Because string       // "the image of Deployment istio-system/istiod"
	At      source.Place // where that is written; zero for what is written nowhere
	Default bool         // nothing names a release, and nothing changes it

	NotModelled []string // variables of istiod that the answer does not follow: PILOT_HTTP10=true
}

// Choose returns the release that the user asks for or the input names, else the newest, with what is set of its behaviours;
// and where the input contradicts itself or the user. The asked release counts where askedBy is not empty: "set by --istio".
func (f Facts) Choose(asked release.Release, askedBy string) (Choice, diag.List) {
	c := Choice{Release: asked, Because: askedBy}
	var found diag.List
	switch first, ok := f.decisive(); {
	case askedBy != "" || asked.String() != release.Names()[0]:
		found = f.against(c.String(), askedBy, nil)
	case !ok:
		if c.Because, c.Default = "the default: the input names no release", c.Newest(); !c.Default {
			c.Because += "; changed by --istiod-env"
		}
	default:
		c.Because, c.At = "named by "+first.What, first.At
		c.Release, found = f.known(asked, first)
		found = append(found, f.against(first.release(), first.What, &first)...)
	}
	c.NotModelled = append(c.NotModelled, asked.NotModelled()...)
	more := f.set(&c)
	if len(c.NotModelled) > 0 {
		c.Because, c.Default = c.Because+"; not modelled: "+strings.Join(c.NotModelled, ", "), false
	}
	return c, append(found, more...)
}

// decisive returns the statement that decides: of the lowest rank that there is, the newest one.
func (f Facts) decisive() (Statement, bool) {
	if len(f.Statements) == 0 {
		return Statement{}, false
	}
	return slices.MinFunc(f.Statements, func(a, b Statement) int {
		if a.rank != b.rank {
			return int(a.rank - b.rank)
		}
		return release.Compare(b.Version, a.Version)
	}), true
}

// known returns the release of a statement, or the nearest one that is modelled.
func (f Facts) known(asked release.Release, s Statement) (release.Release, diag.List) {
	if r, err := asked.As(s.release()); err == nil {
		return r, nil
	}
	near := release.Nearest(s.Version)
	r, _ := asked.As(near) // one that is near is known
	return r, diag.List{{
		Check: diag.ReleaseDisagrees, At: s.At,
		Message: fmt.Sprintf("%s is %s, a release that sem does not model: the result is for Istio %s", s.What, s.Version, near),
		Help:    "sem models Istio " + strings.Join(release.Names(), ", "),
	}}
}

// against reports the statements that name another release than the one that is chosen. Proxies that lag behind istiod are
// common, and supported.
func (f Facts) against(chosen, because string, by *Statement) diag.List {
	var out diag.List
	reported := map[string]bool{}
	for _, s := range f.Statements {
		if s.release() == chosen || reported[s.What] {
			continue
		}
		reported[s.What] = true
		d := diag.Diagnostic{Check: diag.ReleaseDisagrees, At: s.At, Message: fmt.Sprintf("%s is %s, but the result is for Istio %s, %s", s.What, s.Version, chosen, because)}
		if by != nil {
			d.Message = fmt.Sprintf("%s is %s, but %s is %s", s.What, s.Version, by.What, by.Version)
			d.Related = []diag.Related{{Place: by.At, Note: "the result is for Istio " + chosen}}
		}
		if s.rank == ofProxy && (by == nil || by.rank != ofProxy) {
			d.Severity, d.Help = diag.Info, "restart the workload once istiod is upgraded; until then its Envoy is that of its own release"
		}
		out = append(out, d)
	}
	return out
}

// set changes the behaviours that the environment of istiod and compatibilityVersion set, unless the user did. A variable
// takes precedence over compatibilityVersion, as in the chart.
func (f Facts) set(c *Choice) diag.List {
	var found diag.List
	r := c.Release
	for _, v := range f.Variables {
		b, ok := release.Governed(v.Name)
		if !ok {
			found = append(found, c.ungoverned(v)...)
			continue
		}
		if c.IsSet(b) {
			continue
		}
		on, isBool := release.Bool(v.Value)
		if !isBool {
			found = append(found, diag.Diagnostic{
				Check: diag.ReleaseDisagrees, At: v.At,
				Message: fmt.Sprintf("%s is true or false, not %q: istiod uses its default", v.Name, v.Value), Help: "write true or false",
			})
			continue
		}
		if on != r.Has(b) {
			c.changed(v.Name+" in "+v.What, v.At)
		}
		r = r.Set(b, on)
	}
	for _, s := range f.Compatibility {
		older, err := r.Compatible(s.Version)
		if err != nil {
			found = append(found, diag.Diagnostic{Check: diag.ReleaseDisagrees, At: s.At, Message: s.What + ": " + err.Error(), Help: "name a release, such as 1.30"})
			continue
		}
		if len(release.Between(r, older)) > 0 {
			c.changed(s.What, s.At)
		}
		r = older
	}
	c.Release = r
	return found
}

// changed notes that the release is not quite what its name says.
func (c *Choice) changed(by string, at source.Place) {
	c.Default = false
	c.Because += "; changed by " + by
	if c.At.Doc == nil {
		c.At = at
	}
}

// ungoverned notes a variable that governs no row: one that is not modelled, or that istiod does not have and that looks like
// one that it has. Others are the environment of the container, and no concern of istiod's.
func (c *Choice) ungoverned(v Variable) diag.List {
	d := diag.Diagnostic{Check: diag.VariableNotModelled, At: v.At}
	switch release.StandingOf(v.Name, v.Value) {
	case release.NotModelled:
		c.NotModelled = append(c.NotModelled, v.Name+"="+v.Value)
		d.Message = fmt.Sprintf("%s=%s is not modelled: results are those of its default", v.Name, v.Value)
	case release.NoVariable:
		near := release.NearestVariable(v.Name)
		if near == "" {
			return nil
		}
		d.Severity, d.Message, d.Help = diag.Warning, fmt.Sprintf("istiod has no variable %s", v.Name), "did you mean "+near+"?"
	default:
		return nil
	}
	return diag.List{d}
}
