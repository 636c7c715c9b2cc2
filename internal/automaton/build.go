package automaton

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
)

// A builder makes the states of an automaton out of the sets of instructions at which an expression can be.
type builder struct {
	prog  *syntax.Prog
	out   Language
	sets  [][]uint32 // of each state
	ids   map[string]int
	steps int
	marks []int // the last set that an instruction was put in
	round int
}

func (b *builder) build() (*Language, error) {
	if slices.ContainsFunc(b.prog.Inst, looksAround) {
		return nil, ErrUnsupported
	}
	b.marks = make([]int, len(b.prog.Inst))
	b.out.classes = classesOf(b.prog)
	if b.steps -= len(b.marks) + len(b.out.classes); b.steps < 0 {
		return nil, ErrTooLarge
	}
	b.out.states, b.sets = []state{{}}, [][]uint32{nil}
	b.state([]uint32{uint32(b.prog.Start)}, syntax.EmptyBeginText|syntax.EmptyBeginLine)
	for at := Start; at < len(b.sets); at++ {
		next := make([]int, len(b.out.classes))
		for i, r := range b.out.classes {
			if next[i] = b.state(b.behind(b.sets[at], r), 0); b.steps < 0 {
				return nil, ErrTooLarge
			}
		}
		b.out.states[at].next = next
	}
	if !slices.ContainsFunc(b.out.states, func(s state) bool { return s.match }) {
		return nil, ErrUnsupported
	}
	b.out.left.Store(compareSteps)
	return &b.out, nil
}

// looksAround reports whether an instruction asks for the characters on both sides of a place.
func looksAround(in syntax.Inst) bool {
	return in.Op == syntax.InstEmptyWidth && syntax.EmptyOp(in.Arg)&(syntax.EmptyWordBoundary|syntax.EmptyNoWordBoundary) != 0
}

// behind are the instructions to which those of a set lead by a character.
func (b *builder) behind(set []uint32, r rune) []uint32 {
	var out []uint32
	for _, pc := range set {
		b.steps--
		switch in := &b.prog.Inst[pc]; in.Op {
		case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
			if in.MatchRune(r) {
				out = append(out, in.Out)
			}
		}
	}
	return out
}

// state is the state of a set, which is made where it is new.
func (b *builder) state(from []uint32, here syntax.EmptyOp) int {
	set := b.closure(from, here)
	if len(set) == 0 {
		return Dead
	}
	key := make([]byte, 0, 4*len(set))
	for _, pc := range set {
		key = binary.LittleEndian.AppendUint32(key, pc)
	}
	id, known := b.ids[string(key)]
	if !known {
		id = len(b.sets)
		b.ids[string(key)] = id
		b.sets = append(b.sets, set)
		b.out.states = append(b.out.states, state{match: b.matches(set, here)})
		b.steps -= len(b.out.classes)
	}
	return id
}

// matches reports whether a text that ends in a set matches.
func (b *builder) matches(set []uint32, here syntax.EmptyOp) bool {
	return slices.ContainsFunc(b.closure(set, here|syntax.EmptyEndText|syntax.EmptyEndLine), func(pc uint32) bool {
		return b.prog.Inst[pc].Op == syntax.InstMatch
	})
}

// closure adds to instructions those to which they lead without a character, and keeps those that ask for a character, for the end of
// the text, or match. What is at the place decides which assertions are met.
func (b *builder) closure(from []uint32, here syntax.EmptyOp) []uint32 {
	b.round++
	var out []uint32
	todo := slices.Clone(from)
	for len(todo) > 0 {
		pc := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if b.marks[pc] == b.round {
			continue
		}
		b.marks[pc] = b.round
		b.steps--
		switch in := &b.prog.Inst[pc]; in.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			todo = append(todo, in.Out, in.Arg)
		case syntax.InstCapture, syntax.InstNop:
			todo = append(todo, in.Out)
		case syntax.InstEmptyWidth:
			if wants := syntax.EmptyOp(in.Arg); wants&^here == 0 {
				todo = append(todo, in.Out)
			} else if wants&(syntax.EmptyEndText|syntax.EmptyEndLine) != 0 {
				out = append(out, pc)
			}
		case syntax.InstFail:
		default:
			out = append(out, pc)
		}
	}
	slices.Sort(out)
	return out
}

// Size is about how many instructions an expression takes, in which repetitions are written out. It is known before they are.
func Size(tree *syntax.Regexp) int {
	n := 1 + len(tree.Rune)
	for _, sub := range tree.Sub {
		n += Size(sub)
	}
	if tree.Op == syntax.OpRepeat {
		n *= max(tree.Min, tree.Max, 1)
	}
	return min(n, 1<<30)
}
