// Package sharing finds out what proxies have in common by what was read of them. A builder records the questions that it asks
// about the proxy that it works for, and serves every other proxy that answers all of them alike. Nobody lists what matters to
// a result: what was not asked did not matter.
package sharing

import (
	"slices"
	"sync"
	"weak"

	"sem.example/internal/mesh"
)

// A Group is the proxies that see the same services and rules: only these can have anything in common. A builder lives for as
// long as a member that uses it.
type Group[B any] struct {
	new func(recorded *mesh.View) B

	mu  sync.Mutex
	all []weak.Pointer[builder[B]]
}

// A builder has a recorded view, whose reads grow with everything that it builds.
type builder[B any] struct {
	value B
	view  *mesh.View
}

// NewGroup returns a group whose builders are made by a function, each for a recorded view.
func NewGroup[B any](new func(recorded *mesh.View) B) *Group[B] { return &Group[B]{new: new} }

// find returns a builder that has read nothing by which the proxy of a view differs, and how much it has read.
func (g *Group[B]) find(view *mesh.View) (*builder[B], int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.all = slices.DeleteFunc(g.all, func(p weak.Pointer[builder[B]]) bool { return p.Value() == nil })
	for _, p := range g.all {
		if b := p.Value(); b != nil {
			if n, ok := mesh.ReadsOf(b.view).Agree(view, 0); ok {
				return b, n
			}
		}
	}
	view = mesh.Record(view)
	b := &builder[B]{g.new(view), view}
	g.all = append(g.all, weak.Make(b))
	return b, 0
}

// A Member is one proxy of a group.
type Member[B any] struct {
	view  *mesh.View
	group *Group[B]

	mu   sync.Mutex
	used []*builder[B] // the last one is in use, the others have read something by which the proxy differs
	read int           // how many reads of the last one are known to be true of the proxy
}

// Join returns the proxy of a view as a member of the group.
func (g *Group[B]) Join(view *mesh.View) *Member[B] { return &Member[B]{view: view, group: g} }

// Build has something built for a member. The builder may read something by which the proxy differs while it works; then
// another one builds it.
func Build[B, V any](m *Member[B], build func(B) V) V {
	for {
		b := m.current()
		if v := build(b.value); m.uses(b) {
			return v
		}
	}
}

// Reads returns what the builder in use has read.
func (m *Member[B]) Reads() *mesh.Reads { return mesh.ReadsOf(m.current().view) }

// Used returns the builders that built something for the member, the one in use first.
func (m *Member[B]) Used() []B {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []B
	for _, b := range slices.Backward(m.used) {
		out = append(out, b.value)
	}
	return out
}

// current returns a builder that has read nothing by which the proxy differs.
func (m *Member[B]) current() *builder[B] {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.used) > 0 && m.agrees() {
		return m.used[len(m.used)-1]
	}
	b, n := m.group.find(m.view)
	m.used, m.read = append(m.used, b), n
	return b
}

// uses reports whether a builder is in use and has read nothing by which the proxy differs.
func (m *Member[B]) uses(b *builder[B]) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.used[len(m.used)-1] == b && m.agrees()
}

func (m *Member[B]) agrees() bool {
	n, ok := mesh.ReadsOf(m.used[len(m.used)-1].view).Agree(m.view, m.read)
	if ok {
		m.read = n
	}
	return ok
}
