// Command sem checks, renders and traces service mesh configuration, offline. Each file of this package is one command:
// flags in, one call, exit code out.
package main

import "os"

func main() {
	if serves() {
		return
	}
	collectLate()
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
