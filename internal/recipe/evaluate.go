package recipe

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	cueerrors "cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/token"

	"sem.example/schema"
)

// A Mistake is a parameter that does not fit its recipe.
type Mistake struct {
	Param *Param
	Value string // what was said; "" where nothing was said and something has to be
	Words string // what is allowed, such as "must be a port number, 1 to 65535"
}

func (m Mistake) Error() string {
	if m.Value == "" {
		return fmt.Sprintf("--%s is required: %s", m.Param.Name, m.Param.Plain())
	}
	return fmt.Sprintf("--%s %s %s", m.Param.Name, m.Value, m.Words)
}

// Fill evaluates the recipe with values as they are typed on a command line, by the name of their parameter. Parameters
// that have a default may be left out. Where there are mistakes there is no draft.
func (r *Recipe) Fill(values map[string]string) (*Draft, []Mistake) {
	v := r.load()
	for i := range r.Params {
		p := &r.Params[i]
		if said, ok := values[p.Name]; ok {
			v = p.set(v, said)
		}
	}
	var wrong []Mistake
	for i := range r.Params {
		p := &r.Params[i]
		said, ok := values[p.Name]
		if !ok && !p.Required {
			continue // a default is right, unless it comes from a parameter that is wrong
		}
		if words := p.wrong(v); words != "" {
			wrong = append(wrong, Mistake{Param: p, Value: said, Words: words})
		}
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return r.draft(v), nil
}

// Check returns what is wrong with the value of one parameter, or nil.
func (r *Recipe) Check(p *Param, value string) error {
	if value == "" {
		return Mistake{Param: p}
	}
	if words := p.wrong(p.set(r.load(), value)); words != "" {
		return errors.New(words)
	}
	return nil
}

// load returns the recipe as a CUE value.
func (r *Recipe) load() cue.Value {
	var ctx *build.Context
	ctx = build.NewContext(build.Loader(func(_ token.Pos, path string) *build.Instance {
		if path != "sem.example/schema" {
			return nil // a package of CUE's own
		}
		return schema.Instance(ctx)
	}))
	inst := ctx.NewInstance("", nil)
	for _, file := range []string{r.Name + ".cue", shared} {
		if err := inst.AddFile(file, mustRead(file)); err != nil {
			panic(err)
		}
	}
	if err := inst.Complete(); err != nil {
		panic(err)
	}
	v := cuecontext.New().BuildInstance(inst)
	if err := v.Err(); err != nil {
		panic(err)
	}
	return v
}

// set gives a parameter of a recipe its value.
func (p *Param) set(recipe cue.Value, said string) cue.Value {
	return recipe.FillPath(p.path(), recipe.Context().BuildExpr(p.expression(recipe, said)))
}

// wrong says what the parameter must be and is not, or nothing.
func (p *Param) wrong(recipe cue.Value) string {
	err := recipe.LookupPath(p.path()).Validate(cue.Concrete(true), cue.Final())
	if err == nil {
		return ""
	}
	return p.allowed(err)
}

func (p *Param) path() cue.Path { return cue.MakePath(cue.Str("params"), cue.Str(p.field)) }

// expression reads a value as the type of the parameter wants it. What is not of that type stays text, for CUE to reject.
func (p *Param) expression(recipe cue.Value, said string) ast.Expr {
	constraint := p.path()
	if p.Required {
		constraint = cue.MakePath(cue.Str("params"), cue.Str(p.field).Required())
	}
	kind := recipe.LookupPath(constraint).IncompleteKind()
	if kind == cue.ListKind {
		list := &ast.ListLit{}
		for item := range strings.SplitSeq(said, ",") {
			list.Elts = append(list.Elts, ast.NewString(strings.TrimSpace(item)))
		}
		return list
	}
	if _, err := strconv.Atoi(said); err == nil && kind&cue.NumberKind != 0 {
		return ast.NewLit(token.INT, said)
	}
	if on, err := strconv.ParseBool(said); err == nil && kind == cue.BoolKind {
		return ast.NewBool(on)
	}
	return ast.NewString(said)
}

// worded is an error of the schema: the check that it belongs to, and words that follow the name and the value.
var worded = regexp.MustCompile(`SEM\d+: (.*)`)

// allowed words what the parameter may be. Of several constraints the last is its own; those before are of parameters that
// its default comes from.
func (p *Param) allowed(err error) string {
	if len(p.Values) > 0 {
		return "must be one of " + strings.Join(p.Values, ", ")
	}
	all := cueerrors.Errors(err)
	format, args := all[len(all)-1].Msg()
	words := "does not fit: " + fmt.Sprintf(format, args...)
	for _, e := range all {
		if found := worded.FindStringSubmatch(e.Error()); found != nil {
			words = found[1]
		}
	}
	return words
}
