package diag

import (
	"cmp"

	"sem.example/internal/source"
)

// Input lists the checks of what comes before any meaning: files, syntax, and the outline of an object.
var Input = []*Check{
	Unreadable, tooLarge, notText, syntax, tabIndent, template, duplicateKey, badAnchor, tooComplex, noJSON, notObject,
	noKind, noDocument, notConcrete, conflict, twoReadings, UnknownKind, Undecodable, badSuppression, UnknownSetting,
	uselessSuppression, BadTest, holdsTests, folderLink, BadSettings, NewerThanRelease, WithoutEffect,
}

// Unreadable and the checks beside it are those of the file as such. Their examples are not YAML, and so they have none.
var (
	Unreadable = &Check{
		ID: "SEM001", Title: "file cannot be read", Severity: Error, Stage: NoStage,
		Why: "A file or folder that was named, or that was met in a folder, does not exist or may not be read. Whatever it holds is not part of the answer.",
		Fix: "Check the path and the permissions. A symbolic link must lead to a file that exists.",
	}
	tooLarge = &Check{
		ID: "SEM002", Title: "file is too large", Severity: Error, Stage: NoStage,
		Why: "A file of this size is not configuration that was written for a mesh, and reading it whole would take more memory than it is worth. Kubernetes itself takes objects of at most some 3 MiB.",
		Fix: "Split the file, or name the files that matter instead of the folder.",
	}
	folderLink = &Check{
		ID: "SEM035", Title: "link is not followed", Severity: Info, Stage: NoStage,
		Why: "A folder is read with everything below it, but symbolic links to other folders, and to files outside of the folder, are not followed: they may lead anywhere, and in circles. What the link leads to is not part of the answer.",
		Fix: "Name the link as an argument of its own if what it leads to belongs to the mesh. With --follow-links, links to files are followed.",
	}
	notText = &Check{
		ID: "SEM003", Title: "file is not UTF-8 text", Severity: Error, Stage: NoStage,
		Why: "YAML, JSON and CUE are text in UTF-8. A binary file, or one in another encoding, cannot be read.",
		Fix: "Save the file as UTF-8, or leave it out.",
	}
)

// The checks of syntax.
var (
	syntax = &Check{
		ID: "SEM004", Title: "text is not valid YAML, JSON or CUE", Severity: Error, Stage: NoStage,
		Why:   "The document cannot be parsed, so kubectl cannot apply it, and nothing in it is part of the mesh. The other documents of the file are read all the same.",
		Fix:   "Mend the text at the place that is shown. Values that begin with one of *&!@%` or hold \": \" belong in quotes.",
		Wrong: "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: edge}\nspec:\n  servers:\n  - hosts: [a.example.com\n    port: {number: 80, name: http, protocol: HTTP}\n",
		Right: "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: edge}\nspec:\n  servers:\n  - hosts: [a.example.com]\n    port: {number: 80, name: http, protocol: HTTP}\n",
	}
	tabIndent = &Check{
		ID: "SEM005", Title: "YAML is indented with tabs", Severity: Error, Stage: NoStage,
		Why:   "YAML forbids tabs as indentation, because nobody can say how wide they are. The document cannot be parsed.",
		Fix:   "Indent with spaces.",
		Wrong: "apiVersion: v1\nkind: Service\nmetadata:\n\tname: web\n",
		Right: "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n",
	}
	template = &Check{
		ID: "SEM006", Title: "template was not rendered", Severity: Error, Stage: NoStage,
		Why:   "The file is the source of a template, as a Helm chart holds them, and not configuration. What it would become depends on values that are not here.",
		Fix:   "Render it first and check the result, for example with: helm template CHART | sem validate -",
		Wrong: "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Values.name }}\n",
		Right: "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n",
	}
	duplicateKey = &Check{
		ID: "SEM007", Title: "key is set twice", Severity: Error, Stage: NoStage,
		Why:   "A map holds each key once. Of two entries for a key the later one silently wins, so that a whole block above it may be lost. Recent versions of kubectl refuse such a document.",
		Fix:   "Merge the two entries, or remove one.",
		Wrong: "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  labels: {app: web}\n  labels: {team: shop}\n",
		Right: "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  labels: {app: web, team: shop}\n",
	}
	badAnchor = &Check{
		ID: "SEM008", Title: "anchor, alias or merge key is wrong", Severity: Error, Stage: NoStage,
		Why:   "An alias (*name) stands for the value that was marked with an anchor (&name) further up, and the merge key << takes the entries of a map. Without the anchor, or with an anchor around its own alias, there is no such value.",
		Fix:   "Set the anchor before the alias. A value that is meant to begin with * belongs in quotes, such as \"*.example.com\".",
		Wrong: "apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: default}\nspec:\n  egress:\n  - hosts: *common\n",
		Right: "apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: default}\nspec:\n  egress:\n  - hosts: &common [\"./*\"]\n  - hosts: *common\n    port: {number: 80, name: http, protocol: HTTP}\n",
	}
	tooComplex = &Check{
		ID: "SEM009", Title: "document is too deep or unfolds without end", Severity: Error, Stage: NoStage,
		Why:   "The document is nested deeper than any configuration needs, or its aliases stand for aliases that stand for aliases, so that a few lines become millions of values. Kubernetes refuses both.",
		Fix:   "Write the values out, or split the document.",
		Wrong: "apiVersion: v1\nkind: ConfigMap\na: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]\nf: [*e, *e, *e, *e, *e, *e, *e, *e, *e, *e]\n",
		Right: "apiVersion: v1\nkind: ConfigMap\ndata: {a: x}\n",
	}
	noJSON = &Check{
		ID: "SEM010", Title: "key or value has no JSON form", Severity: Error, Stage: NoStage,
		Why:   "Kubernetes turns every document into JSON. JSON has no infinite numbers, and its keys are strings: a map, a list or null as a key is lost, and the document is refused.",
		Fix:   "Put the key or value in quotes, or mend the indentation that made it one.",
		Wrong: "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  annotations:\n    ~: x\n",
		Right: "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  annotations:\n    \"null\": x\n",
	}
)

// The checks of the outline of a document.
var (
	notObject = &Check{
		ID: "SEM011", Title: "document is not an object", Severity: Error, Stage: NoStage,
		Why:   "Kubernetes objects are maps with apiVersion, kind and metadata. A list or a lone value at the top of a document is not one, and kubectl refuses it.",
		Fix:   "Make each item a document of its own, separated by ---, or put the items under a List.",
		Wrong: "- apiVersion: v1\n  kind: Service\n  metadata: {name: web}\n",
		Right: "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Service\n  metadata: {name: web}\n",
	}
	noKind = &Check{
		ID: "SEM012", Title: "object has no kind or apiVersion", Severity: Error, Stage: NoStage,
		Why:   "Without both fields nobody can tell what the object is, and the API server refuses it. A map that has nothing of an object is only reported in a file that was named; in a folder it is taken for some other kind of YAML.",
		Fix:   "Add the missing field at the top of the document.",
		Wrong: "apiVersion: networking.istio.io/v1\nmetadata: {name: web}\nspec: {hosts: [web]}\n",
		Right: "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: web}\nspec: {hosts: [web]}\n",
	}
	noDocument = &Check{
		ID: "SEM013", Title: "file holds no document", Severity: Warning, Stage: NoStage,
		Why:   "The file is empty, or all of it is comments. Nothing of it reaches the mesh, which may be a generator that failed or a path that is wrong.",
		Fix:   "Remove the file, or fill it.",
		Wrong: "# apiVersion: v1\n# kind: Service\n",
		Right: "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n",
	}
	notConcrete = &Check{
		ID: "SEM014", Title: "CUE value is not concrete", Severity: Error, Stage: NoStage,
		Why: "Configuration is data. A CUE file that leaves a value open, such as a type without a value, cannot be exported to Kubernetes.",
		Fix: "Give the field a value, or make it a definition or a hidden field if it only serves others.",
	}
	conflict = &Check{
		ID: "SEM034", Title: "CUE values contradict each other", Severity: Error, Stage: NoStage,
		Why: "Two places of the CUE files give a value that cannot be both, or a value does not meet a constraint that the files put on it, such as a policy that every service must obey. There is no document then to apply.",
		Fix: "Change the value, or the constraint if that is wrong: both places are shown.",
	}
	twoReadings = &Check{
		ID: "SEM015", Title: "scalar reads differently in YAML 1.1 and 1.2", Severity: Warning, Stage: NoStage,
		Why:   "Kubernetes reads YAML 1.1, where a plain on, yes or y is true, and a number that begins with 0 is octal. Many editors and tools read YAML 1.2, where the first are strings and the last is decimal. As a key, y silently becomes \"true\".",
		Fix:   "Put a string in quotes, and write a number without leading zeros.",
		Wrong: "apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: default, labels: {y: \"1\"}}\nspec: {}\n",
		Right: "apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: default, labels: {\"y\": \"1\"}}\nspec: {}\n",
	}
	badSuppression = &Check{
		ID: "SEM018", Title: "suppression comment is not understood", Severity: Warning, Stage: NoStage,
		Why:   "A comment that begins with sem: is meant for sem, and this one names no check, or is no suppression at all. It suppresses nothing.",
		Fix:   "Write \"# sem:ignore SEM140 -- reason\" at the end of the line or on a line of its own above it, or \"# sem:ignore-file SEM140 -- reason\".",
		Wrong: "# sem:ignored SEM140\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n",
		Right: "# sem:ignore-file SEM140 -- all hosts of this file are probed\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n",
	}
)

// uselessSuppression has no example: whether a finding is drawn is known when all checks have run.
var uselessSuppression = &Check{
	ID: "SEM299", Title: "suppression suppresses nothing", Severity: Warning, Stage: NoStage,
	Why: "A comment or annotation suppresses a check that reports nothing there. What it was about has been mended, or it stands at the wrong line; left behind, it would hide the next mistake of the kind.",
	Fix: "Remove it, or move it to the line of the finding or directly above.",
}

// holdsTests is told of a file that was named: in a folder, request tests are passed by.
var holdsTests = &Check{
	ID: "SEM297", Title: "file holds request tests", Severity: Info, Stage: NoStage,
	Why: "A file named NAME_test.yaml holds request tests, which say what becomes of requests. It is no configuration: nothing of it reaches the mesh.",
	Fix: "Run the tests with 'sem test FILE', and name the files that hold configuration here.",
}

// The checks about an older release of Istio, which package pipeline reports. They have no example, as the release is a
// setting.
var (
	NewerThanRelease = &Check{
		ID: "SEM062", Title: "not admitted by this release of Istio", Severity: Error, Stage: NoStage,
		Why: "The release that --istio names is older than the field or value. Its API server and webhook refuse the document, or drop the field.",
		Fix: "Remove the field or value, or upgrade Istio first. docs/releases.md lists what each release added.",
	}
	WithoutEffect = &Check{
		ID: "SEM098", Title: "without effect in this release of Istio", Severity: Warning, Stage: NoStage,
		Why: "The release that --istio names admits the field, and does nothing with it. A later release acts on it.",
		Fix: "Remove the field, or upgrade Istio. docs/releases.md lists what each release added.",
	}
)

// BadSettings is the check of the settings file, which is no configuration of the mesh; the command line reports it.
var BadSettings = &Check{
	ID: "SEM039", Title: "settings file is not accepted", Severity: Error, Stage: NoStage,
	Why: "Whoever proposes a change can write the settings file. It may set what is read, how findings are judged and how output looks; it may not run a program, write a file or hide the answer. A key that is unknown or not allowed is ignored, and so the run is not what its author asked for.",
	Fix: "Remove the key, or give the flag on the command line. 'sem config --help' lists the keys of a settings file.",
}

// BadTest is the check of files of request tests, which are no configuration; package suite reports it.
var BadTest = &Check{
	ID: "SEM298", Title: "request test is malformed", Severity: Error, Stage: NoStage,
	Why: "A file of request tests holds something that sem test does not understand, such as a field that no request or no trace has. The test is not run, so that it proves nothing.",
	Fix: "Correct the field. docs/tests.md describes the files, and 'sem trace -o json' prints the document that expectations speak of.",
}

// The checks of decoding, which package config reports.
var (
	UnknownKind = &Check{
		ID: "SEM016", Title: "Istio has no such kind or version", Severity: Error, Stage: NoStage, Aliases: []string{"IST0106"},
		Why:   "The apiVersion belongs to Istio, but Istio defines no such kind, or not in this version. The API server refuses the object.",
		Fix:   "Correct the spelling of kind and apiVersion. The routing kinds are in networking.istio.io, the policies in security.istio.io.",
		Wrong: "apiVersion: networking.istio.io/v1\nkind: VirtualServices\nmetadata: {name: web}\nspec: {hosts: [web]}\n",
		Right: "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: web}\nspec: {hosts: [web]}\n",
	}
	Undecodable = &Check{
		ID: "SEM017", Title: "field does not fit its kind", Severity: Error, Stage: NoStage, Aliases: []string{"IST0106"},
		Why:   "The value is of another type than the field, so that the object cannot be decoded. It is left out of the mesh.",
		Fix:   "Give the field a value of its type.",
		Wrong: "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  ports:\n  - {name: http, port: eighty}\n",
		Right: "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  ports:\n  - {name: http, port: 80}\n",
	}
	UnknownSetting = &Check{
		ID: "SEM019", Title: "mesh has no such setting", Severity: Warning, Stage: NoStage,
		Why:   "The settings of the mesh hold a field that Istio's MeshConfig does not have. Istiod ignores it, so that the default stays in force.",
		Fix:   "Correct the spelling or the place of the field.",
		Wrong: "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: mesh}\nspec:\n  meshConfig:\n    outboundTraficPolicy: {mode: REGISTRY_ONLY}\n",
		Right: "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: mesh}\nspec:\n  meshConfig:\n    outboundTrafficPolicy: {mode: REGISTRY_ONLY}\n",
	}
)

// checks are the checks of each trouble of the source package.
var checks = map[source.Trouble]*Check{
	source.Unreadable: Unreadable, source.TooLarge: tooLarge, source.NotText: notText, source.Syntax: syntax,
	source.TabIndent: tabIndent, source.Template: template, source.DuplicateKey: duplicateKey, source.BadAnchor: badAnchor,
	source.TooComplex: tooComplex, source.NoJSON: noJSON, source.NotObject: notObject, source.NoKind: noKind,
	source.NoDocument: noDocument, source.NotConcrete: notConcrete, source.Conflict: conflict, source.TwoReadings: twoReadings,
	source.BadSuppression: badSuppression, source.HoldsTests: holdsTests, source.Link: folderLink,
}

// refused are the checks whose findings make the API server refuse the document.
var refused = map[*Check]bool{
	syntax: true, tabIndent: true, template: true, badAnchor: true, tooComplex: true, noJSON: true, notObject: true, noKind: true, conflict: true,
}

// Problems makes findings of what was wrong with the input.
func Problems(problems []source.Problem) List {
	var found List
	for _, p := range problems {
		d := Diagnostic{Check: checks[p.Trouble], Message: p.Message, Help: p.Help, At: source.Place{File: p.File, Exact: p.Range}}
		if refused[d.Check] {
			d.Admission = Rejected
		}
		if p.Minor {
			d.Severity, d.Admission = Info, ""
		}
		for _, m := range p.Related {
			d.Related = append(d.Related, Related{Place: source.Place{File: cmp.Or(m.File, p.File), Exact: m.Range}, Note: m.Note})
		}
		found = append(found, d)
	}
	return found
}
