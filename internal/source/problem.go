package source

// Trouble is a kind of thing that can be wrong with an input before anybody asks what it means.
type Trouble uint8

// The kinds of trouble.
const (
	Unreadable     Trouble = iota // the file system refuses it
	TooLarge                      // more bytes than sem reads of one file
	NotText                       // a binary file, or text that is not UTF-8
	Syntax                        // not YAML, JSON or CUE
	TabIndent                     // indented with tabs
	Template                      // a template that was not rendered
	DuplicateKey                  // a key that its map already has
	BadAnchor                     // an alias without anchor, or one that contains itself
	TooComplex                    // nested too deep, or aliases that unfold without end
	NoJSON                        // a key or value that has no JSON form
	NotObject                     // a document that is not a map
	NoKind                        // an object without kind or apiVersion
	NoDocument                    // a file without any document
	NotConcrete                   // CUE that leaves a value open
	TwoReadings                   // a scalar that YAML 1.1 and 1.2 read differently
	BadSuppression                // a suppression comment that sem does not understand
	Conflict                      // CUE whose values or constraints contradict each other
	Link                          // a link to a folder or out of the folder, a pipe or a device, met in a folder
	NotBuilt                      // a kustomization that cannot be built, or a part of one
	HoldsTests                    // request tests, which are not configuration, in a file that was named
	NotGiven                      // what a cluster did not give to the user who read it
)

// A Problem is one trouble and its place. Package diag makes it a finding.
type Problem struct {
	Trouble Trouble
	File    *File
	Range   Range
	Message string // what is wrong; no full stop
	Help    string // what to do in this case; "" where the general advice will do
	Related []FileRange
	Minor   bool // worth knowing, and no mistake
	Missing bool // an argument that does not exist
}

// A FileRange is a further place.
type FileRange struct {
	File  *File // nil: that of the problem
	Range Range
	Note  string
}
