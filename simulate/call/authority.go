package call

import (
	"strconv"
	"strings"
)

// SplitPort takes the port off an authority. IPv6 addresses lose their brackets.
func SplitPort(authority string) (string, uint32) {
	host := authority
	var port uint32
	if i := PortStart(authority); i >= 0 {
		if n, err := strconv.ParseUint(authority[i+1:], 10, 16); err == nil {
			host, port = authority[:i], uint32(n)
		}
	}
	return strings.Trim(host, "[]"), port
}

// PortStart returns where the ":port" of an authority begins, or -1.
func PortStart(authority string) int {
	i := strings.LastIndexByte(authority, ':')
	if i >= 0 && strings.LastIndexByte(authority, ']') > i {
		return -1
	}
	return i
}

// HostOf is an authority without its port.
func HostOf(authority string) string {
	host, _ := SplitPort(authority)
	return host
}
