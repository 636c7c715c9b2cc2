// Command structure measures how far the packages of this module are divided: the largest circle of files that use each
// other's names, and the types with the most methods. A file uses another one when it names something that the other
// declares at package level, or calls a method that the other declares. Files in a circle cannot be read one after the
// other, so a package needs few of them.
//
//	go run ./internal/structure            # a line for each package
//	go run ./internal/structure -v ./simulate   # with the files of the circle
//
// A test keeps the limits, without exceptions.
package main
