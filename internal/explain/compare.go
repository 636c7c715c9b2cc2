package explain

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sem.example/internal/credential"
	"sem.example/internal/diff"
	"sem.example/internal/pipeline"
	"sem.example/internal/quote"
	"sem.example/simulate"
)

// Compare finds the requests that two worlds answer differently, for the classes of proxies that are wanted, within limits.
func Compare(old, new *pipeline.World, within diff.Limits, wanted func(pipeline.Class) bool) (*diff.Report, error) {
	r, search := NewReport(), diff.NewSearch(within)
	classes, err := pipeline.Classes(old, new)
	if err != nil {
		return nil, err
	}
	for _, c := range classes {
		if !wanted(c) {
			continue
		}
		result, err := compareClass(old, new, c, search)
		if err != nil {
			return nil, err
		}
		r.class(c, result)
	}
	removed, added := pipeline.Unshared(old, new)
	r.unshared(removed, diff.OnlyOld, wanted)
	r.unshared(added, diff.OnlyNew, wanted)
	return r.Done(), nil
}

// CompareDumps finds the requests that two configurations of one proxy answer differently, within limits.
func CompareDumps(old, new *pipeline.Dump, within diff.Limits) *diff.Report {
	r, search, p := NewReport(), diff.NewSearch(within), new.Proxy
	old, new, r.NotCompared = pipeline.Comparable(old, new)
	for _, direction := range new.Directions() {
		c := pipeline.Class{Proxy: p, Direction: direction, Members: []string{p.Namespace + "/" + p.Name}}
		r.class(c, diff.Compare(p, sideOfDump(old, direction), sideOfDump(new, direction), search))
	}
	return r.Done()
}

func sideOfDump(d *pipeline.Dump, direction string) diff.Side {
	return diff.Side{Snapshot: d.Resources(direction), Ask: func(call simulate.Call) *simulate.Trace {
		t, err := d.Trace(call, pipeline.TraceOptions{})
		if err != nil {
			return nil
		}
		return t
	}}
}

// class adds what was found for a class of proxies.
func (d Differences) class(c pipeline.Class, result *diff.Result) {
	d.Summary.Classes++
	if result.Equivalent() {
		d.Summary.Equivalent++
	}
	d.Summary.Unseen += result.Unseen
	for i := range result.Changes {
		d.add(c, &result.Changes[i])
	}
	for _, u := range result.Undecided {
		d.doubt(c, u)
	}
}

// unshared adds the proxies of one side as undecided: there is nothing to compare them with.
func (d Differences) unshared(all []pipeline.Class, why diff.Doubt, wanted func(pipeline.Class) bool) {
	for _, c := range all {
		if wanted(c) {
			d.Undecided = append(d.Undecided, diff.ReportedDoubt{Region: "all requests of this proxy", Why: why, Direction: c.Direction, Proxies: c.Members})
		}
	}
}

func compareClass(old, new *pipeline.World, c pipeline.Class, search *diff.Search) (*diff.Result, error) {
	var sides [2]diff.Side
	for i, w := range []*pipeline.World{old, new} {
		var err error
		if sides[i], err = sideOf(w, c); err != nil {
			return nil, err
		}
	}
	return diff.Compare(c.Proxy, sides[0], sides[1], search), nil
}

// sideOf is what a class of proxies runs in a world, and how it is asked.
func sideOf(w *pipeline.World, c pipeline.Class) (diff.Side, error) {
	s, err := w.ResourcesOf(c)
	return diff.Side{Snapshot: s, Ask: func(call simulate.Call) *simulate.Trace {
		t, err := w.Trace(call, pipeline.TraceOptions{})
		if err != nil {
			return nil
		}
		return t
	}}, err
}

// A Differences gathers changes and puts those together that are the same for several classes of proxies.
type Differences struct {
	*diff.Report
	at map[string]int // where a change or a doubt is, by what it has in common with those of other classes
}

// NewReport returns an empty report.
func NewReport() Differences {
	return Differences{
		&diff.Report{APIVersion: "sem/v1", Kind: "DiffReport", Changes: []diff.ReportedChange{}, Undecided: []diff.ReportedDoubt{}}, map[string]int{},
	}
}

// common is a key for what several classes have in common.
func common(parts ...string) string { return strings.Join(parts, "\x00") }

// reported is a change in words, without the credentials that the configuration sets.
func reported(c pipeline.Class, ch *diff.Change) diff.ReportedChange {
	before, after := credential.Of(&ch.Witness, ch.Old), credential.Of(&ch.Witness, ch.New)
	hide := func(s string) string { return after.Hide(before.Hide(s)) }
	details := append(diff.Details(ch.Old, ch.New), ch.Settings...)
	for i := range details {
		details[i] = hide(details[i])
	}
	return diff.ReportedChange{
		Kind: ch.Kind, From: hide(AnswerText(ch.Old)), To: hide(AnswerText(ch.New)), Region: RegionText(ch.Region), Direction: c.Direction,
		Proxies: c.Members, Witness: ch.Witness, Command: command(ch.Witness), Details: details, Old: deciding(ch.Old), New: deciding(ch.New),
	}
}

func (d Differences) add(c pipeline.Class, ch *diff.Change) {
	one := reported(c, ch)
	key := common(append([]string{"change", string(one.Kind), one.Direction, one.Region, one.From, one.To}, one.Details...)...)
	i, ok := d.at[key]
	if !ok {
		d.at[key] = len(d.Changes)
		d.Changes = append(d.Changes, one)
		return
	}
	d.Changes[i].Proxies = union(d.Changes[i].Proxies, one.Proxies)
}

func (d Differences) doubt(c pipeline.Class, u diff.Undecided) {
	region := u.What
	if region == "" {
		region = RegionText(u.Region)
	}
	key := common("undecided", region, string(u.Why), c.Direction)
	if i, ok := d.at[key]; ok {
		d.Undecided[i].Proxies = union(d.Undecided[i].Proxies, c.Members)
		return
	}
	d.at[key] = len(d.Undecided)
	d.Undecided = append(d.Undecided, diff.ReportedDoubt{Region: region, About: strings.Join(u.Region.Hosts, " "), Why: u.Why, Direction: c.Direction, Proxies: c.Members})
}

// A Seen is a request that was seen, with what two worlds make of it.
type Seen struct {
	call     simulate.Call
	old, new *simulate.Trace
	kind     diff.Kind
	key      string // of the requests that are answered alike; "" where both sides give the same answer
}

// See compares what two worlds make of a request. It is the work on a request that can be done side by side.
func See(call simulate.Call, old, new *simulate.Trace) Seen {
	s := Seen{call: call}
	kind, differs := diff.Differ(old, new)
	if !differs {
		return s
	}
	s.old, s.new, s.kind = old, new, kind
	parts := []string{"request", string(kind), groupText(old), groupText(new)}
	for _, d := range diff.Details(old, new) {
		parts = append(parts, withoutTarget(d))
	}
	s.key = common(parts...)
	return s
}

// groupText is the answer of a trace without the target of a redirect, which has the path of the request in it.
func groupText(t *simulate.Trace) string {
	text := AnswerText(t)
	if r := t.Hops[0].Response; r != nil && r.Location != "" {
		text = strings.ReplaceAll(text, r.Location, "")
	}
	return text
}

// withoutTarget is a detail that all requests of a group have in common: of paths and targets only that they differ.
func withoutTarget(detail string) string {
	name, _, _ := strings.Cut(detail, ": ")
	if strings.HasPrefix(name, "rewrite") || name == "response location" {
		return name
	}
	return detail
}

// Request adds a request that was seen. Requests with equal answers are one change, with the first of them for a witness,
// whose credentials are left out: they are those of a user.
func (d Differences) Request(s Seen) {
	d.Summary.Requests++
	if s.key == "" {
		return
	}
	d.Summary.Moved++
	ch := &diff.Change{Kind: s.kind, Witness: s.call, Old: s.old, New: s.new}
	c := pipeline.Class{Direction: s.old.Hops[0].Direction, Members: []string{s.call.Proxy.Namespace + "/" + s.call.Proxy.Name}}
	if i, ok := d.at[s.key]; ok {
		o := &d.Changes[i]
		if o.Requests++; !slices.Contains(o.Proxies, c.Members[0]) {
			o.Proxies = append(o.Proxies, c.Members[0])
		}
		return
	}
	d.at[s.key] = len(d.Changes)
	d.Changes = append(d.Changes, reported(c, ch))
	last := &d.Changes[len(d.Changes)-1]
	last.Requests, last.Region = 1, "requests such as this one"
	last.Witness = credential.Call(last.Witness)
	last.Command = command(last.Witness)
}

// union returns the names of two lists, each once, in order of appearance.
func union(a, b []string) []string {
	out, seen := slices.Clone(a), map[string]bool{}
	for _, name := range a {
		seen[name] = true
	}
	for _, name := range b {
		if !seen[name] {
			out = append(out, name)
		}
	}
	return out
}

// Done puts the changes in order, the most severe first, and counts them.
func (d Differences) Done() *diff.Report {
	slices.SortStableFunc(d.Changes, func(a, b diff.ReportedChange) int {
		return slices.Index(diff.Kinds, a.Kind) - slices.Index(diff.Kinds, b.Kind)
	})
	d.Summary.Changes, d.Summary.Undecided = len(d.Changes), len(d.Undecided)
	return d.Report
}

// deciding are the fields behind the decisions about a call: that of the route, else the last that has any.
func deciding(t *simulate.Trace) []simulate.Place {
	var out []simulate.Place
	for _, s := range t.Hops[0].Steps {
		if len(s.Origins) == 0 {
			continue
		}
		if s.Stage == "route" {
			return s.Origins[:1]
		}
		out = s.Origins[:1]
	}
	return out
}

// command is how a call is traced.
func command(c simulate.Call) string {
	words := []string{"sem", "trace"}
	flag := "--from"
	if c.Proxy.Type == "gateway" {
		flag = "--gateway"
	}
	words = append(words, flag, quote.Shell(c.Proxy.Namespace+"/"+c.Proxy.Name))
	var labels []string
	for _, key := range slices.Sorted(maps.Keys(c.Proxy.Labels)) {
		labels = append(labels, key+"="+c.Proxy.Labels[key])
	}
	if len(labels) > 0 {
		words = append(words, "--labels", quote.Shell(strings.Join(labels, ",")))
	}
	for _, f := range []struct{ flag, value string }{
		{"--direction", c.Direction}, {"--dst-ip", c.Address}, {"--sni", c.SNI}, {"--alpn", c.ALPN}, {"--tls", c.TLS},
		{"--source", c.Source}, {"--principal", c.Principal}, {"-X", c.Method},
	} {
		if f.value != "" && !(f.flag == "-X" && f.value == "GET") {
			words = append(words, f.flag, quote.Shell(f.value))
		}
	}
	var names []string
	for name := range c.Headers {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, v := range c.Headers[name] {
			words = append(words, "-H", quote.Shell(name+": "+v))
		}
	}
	url := c.URL
	if url == "" {
		url = fmt.Sprintf("tcp://%s:%d", c.Address, c.Port)
	}
	return strings.Join(append(words, quote.Shell(url)), " ")
}
