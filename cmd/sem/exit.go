package main

import "errors"

// The exit codes, the same for every command and format.
const (
	exitClean  = 0 // the answer is yes
	exitNo     = 1 // the result is negative: findings, a failing expectation, a difference
	exitFailed = 2 // the job could not be done
)

// errNo says that the result is negative and has been printed already.
var errNo = errors.New("the result is negative")

// errReported says that the job could not be done, or not all of it, and that the output says why.
var errReported = errors.New("the command failed")
