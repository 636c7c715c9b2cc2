package validate

import (
	"fmt"

	networking "istio.io/api/networking/v1alpha3"

	"google.golang.org/protobuf/proto"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/source"
)

var _ = register(diag.Check{
	ID:       "SEM098",
	Title:    "rule is never used",
	Severity: diag.Warning,
	Why: `The first rule that matches decides. A rule after one without conditions, or one whose conditions all stand in earlier rules, never
gets a request.`,
	Fix: `Move the more specific rule to the front, or remove the one that is not used.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: db, namespace: shop}
spec:
  hosts: [db]
  tcp: [{route: [{destination: {host: db}}]}, {match: [{port: 5432}], route: [{destination: {host: db2}}]}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: db, namespace: shop}
spec:
  hosts: [db]
  tcp: [{match: [{port: 5432}], route: [{destination: {host: db2}}]}, {route: [{destination: {host: db}}]}]
`,
	Aliases: []string{"IST0130", "IST0131"},
}, unusedRules)

func unusedRules(s *Scope, r *reporter) {
	each(s, "VirtualService", func(o *config.Object, spec *networking.VirtualService) {
		var prefixes []prefixMatch
		u := unused{reporter: r, at: func(rule int) string { return source.Index("spec.http", rule) }, object: o}
		u.look(len(spec.Http), func(rule int) []proto.Message { return nameless(spec.Http[rule].GetMatch()) }, func(rule, match int) {
			if p, ok := prefixOf(spec.Http[rule].Match[match], rule, match); ok {
				prefixes = append(prefixes, p)
			}
		})
		coveredPrefixes(u, prefixes)
		u = unused{reporter: r, at: func(rule int) string { return source.Index("spec.tls", rule) }, object: o}
		u.look(len(spec.Tls), func(rule int) []proto.Message { return messagesOf(spec.Tls[rule].GetMatch()) }, nil)
		u = unused{reporter: r, at: func(rule int) string { return source.Index("spec.tcp", rule) }, object: o}
		u.look(len(spec.Tcp), func(rule int) []proto.Message { return messagesOf(spec.Tcp[rule].GetMatch()) }, nil)
	})
}

// messagesOf returns conditions as messages.
func messagesOf[M proto.Message](matches []M) []proto.Message {
	var all []proto.Message
	for _, m := range matches {
		all = append(all, m)
	}
	return all
}

// nameless returns conditions without their names, which do not match anything.
func nameless(matches []*networking.HTTPMatchRequest) []proto.Message {
	var all []proto.Message
	for _, m := range matches {
		c := proto.CloneOf(m)
		c.Name = ""
		all = append(all, c)
	}
	return all
}

// An unused looks through one list of rules.
type unused struct {
	*reporter
	object *config.Object
	at     func(rule int) string
}

func (u unused) rule(i int) place { return place{u.object, u.at(i)} }

func (u unused) match(rule, match int) place {
	return place{u.object, source.Index(u.at(rule)+".match", match)}
}

// look reports rules after one that matches everything, and conditions that an earlier rule has, too. It calls effective for each
// other condition.
func (u unused) look(rules int, matches func(rule int) []proto.Message, effective func(rule, match int)) {
	seen := map[string]place{}
	catchAll := -1
	for i := range rules {
		conditions := matches(i)
		if catchAll >= 0 {
			u.reporter.at(u.rule(i), "the rule is never used").related(u.rule(catchAll), "this rule has no conditions and takes everything").warned()
		}
		if len(conditions) == 0 {
			catchAll = i
			continue
		}
		if catchAll >= 0 {
			continue
		}
		for j, m := range conditions {
			if first, twice := seen[digest(m)]; twice {
				u.reporter.at(u.match(i, j), "the condition is never used").related(first, "the same condition stands here").warned()
				continue
			}
			seen[digest(m)] = u.match(i, j)
			if effective != nil {
				effective(i, j)
			}
		}
	}
}

// digest is the same for equal messages.
func digest(m proto.Message) string {
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		return fmt.Sprint(m)
	}
	return string(data)
}
