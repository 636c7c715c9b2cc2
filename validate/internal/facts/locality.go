package facts

import "strings"

// LocalityCovers reports whether every place of a locality is one of a wider locality. eu is the same as eu/*.
func LocalityCovers(wide, narrow string) bool {
	wide = strings.TrimSuffix(strings.TrimSuffix(wide, "*"), "/")
	return wide == "" || wide == strings.TrimSuffix(narrow, "/*") || strings.HasPrefix(narrow, wide+"/")
}
