package recipe

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	cueerrors "cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/token"

	"sem.example/internal/lazy"
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
// that have a default may be left out. Where there are mistakes there is no output.
func (r *Recipe) Fill(values map[string]string) (*Output, []Mistake) {
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
		if words := p.wrong(v, said); words != "" {
			wrong = append(wrong, Mistake{Param: p, Value: said, Words: words})
		}
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return r.output(v), nil
}

// Check returns what is wrong with the value of one parameter, or nil.
func (r *Recipe) Check(p *Param, value string) error {
	if value == "" {
		return Mistake{Param: p}
	}
	if words := p.wrong(p.set(r.load(), value), value); words != "" {
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

// definition is the type of the parameter; a parameter with values of its own has none, and takes any text here.
func (p *Param) definition(recipe cue.Value) cue.Value {
	if p.kind == "" {
		return recipe.Context().CompileString("string")
	}
	return recipe.LookupPath(cue.MakePath(cue.Def(p.kind)))
}

// set gives a parameter of a recipe its value.
func (p *Param) set(recipe cue.Value, said string) cue.Value {
	return recipe.FillPath(p.path(), p.value(recipe, said))
}

// value reads what was said as the type of the parameter wants it. What is not of that type stays text, for CUE to reject.
func (p *Param) value(recipe cue.Value, said string) cue.Value {
	var x ast.Expr = ast.NewString(said)
	_, noNumber := strconv.Atoi(said)
	on, noSwitch := strconv.ParseBool(said)
	switch kind := p.definition(recipe).IncompleteKind(); {
	case kind == cue.ListKind:
		list := &ast.ListLit{}
		for item := range strings.SplitSeq(said, ",") {
			list.Elts = append(list.Elts, ast.NewString(strings.TrimSpace(item)))
		}
		x = list
	case kind&cue.NumberKind != 0 && noNumber == nil:
		x = ast.NewLit(token.INT, said)
	case kind == cue.BoolKind && noSwitch == nil:
		x = ast.NewBool(on)
	}
	return recipe.Context().BuildExpr(x)
}

// wrong returns what the parameter must be and is not, or nothing. Its definition speaks first, for the default may come from
// another parameter, whose constraints speak here as well.
func (p *Param) wrong(recipe cue.Value, said string) string {
	err := recipe.LookupPath(p.path()).Validate(cue.Concrete(true), cue.Final())
	if err == nil {
		return ""
	}
	if len(p.Values) > 0 {
		return "must be one of " + strings.Join(p.Values, ", ")
	}
	if own := p.definition(recipe).Unify(p.value(recipe, said)).Validate(cue.Concrete(true), cue.Final()); own != nil {
		err = own
	}
	return words(err)
}

// worded is an error of the schema: the check that it belongs to, and words that follow the name and the value.
var worded = lazy.Regexp(`SEM\d+: (.*)`)

// words are those of the first constraint that has some.
func words(err error) string {
	all := cueerrors.Errors(err)
	for _, e := range all {
		if found := worded().FindStringSubmatch(e.Error()); found != nil {
			return found[1]
		}
	}
	format, args := all[len(all)-1].Msg()
	return "does not fit: " + fmt.Sprintf(format, args...)
}
