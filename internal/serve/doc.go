// Package serve shows a page to the browser of the user who runs the program, and to nobody else: on the loopback interface, below a
// path that cannot be guessed, and only if the browser names the server as the page's origin. It follows changes of files.
package serve
