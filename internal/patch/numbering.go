package patch

import (
	"slices"
	"strconv"
	"strings"

	"sem.example/internal/envoy"
)

// A numbering is how lists are ordered whose members patches have added, removed or moved. Origins are kept under the addresses that the
// members had before; added ones are numbered after them.
type numbering map[envoy.Addr][]int

// before is the address under which the origins of a part are kept.
func (o numbering) before(at envoy.Addr) envoy.Addr {
	return o.moved(at, func(numbers []int, i int) (int, bool) {
		if i < 0 || i >= len(numbers) {
			return i, true
		}
		return numbers[i], true
	})
}

// after is the address of a part that had another before; "" of one that is gone.
func (o numbering) after(at envoy.Addr) envoy.Addr {
	return o.moved(at, func(numbers []int, number int) (int, bool) {
		i := slices.Index(numbers, number)
		return i, i >= 0 || number < 0
	})
}

// moved is an address with the number of the member of a list replaced.
func (o numbering) moved(at envoy.Addr, number func(numbers []int, i int) (int, bool)) envoy.Addr {
	if len(o) == 0 {
		return at
	}
	for end := range len(at) {
		numbers, ordered := o[at[:end]]
		if at[end] != '/' || !ordered {
			continue
		}
		text, rest, deeper := strings.Cut(string(at[end+1:]), "/")
		i, err := strconv.Atoi(text)
		if err != nil {
			return at
		}
		n, kept := number(numbers, i)
		if !kept {
			return ""
		}
		out := at[:end+1] + envoy.Addr(strconv.Itoa(n))
		if deeper {
			out += envoy.Addr("/" + rest)
		}
		return out
	}
	return at
}
