package diag

import (
	"cmp"

	"sem.example/internal/source"
)

// Input lists the checks of what comes before any meaning: files, syntax, and the outline of an object.
var Input = []*Check{
	Unreadable, tooLarge, notText, syntax, tabIndent, Template, duplicateKey, badAnchor, tooComplex, noJSON, notObject,
	noKind, noDocument, notConcrete, conflict, twoReadings, UnknownKind, Undecodable, badSuppression, UnknownSetting,
	UselessSuppression, BadTest, holdsTests, folderLink, BadSettings, NewerThanRelease, WithoutEffect, ReleaseDisagrees, VariableNotModelled,
	notBuilt, NotGiven,
}

// Unreadable and the checks beside it are those of the file as such. Their examples are not YAML, and so they have none.
var (
	Unreadable = &Check{
		ID: "SEM001", Title: "file cannot be read", Severity: Error, Stage: NoStage,
		Why: "A file or folder does not exist or is not readable. Its contents are not part of the result.",
		Fix: "Check the path and the permissions; a symbolic link must lead to a file that exists.",
	}
	tooLarge = &Check{
		ID: "SEM002", Title: "file is too large", Severity: Error, Stage: NoStage,
		Why: "A file of this size is unlikely to be mesh configuration, and reading it needs a lot of memory. Kubernetes accepts objects of at most about 3 MiB.",
		Fix: "Split the file, or pass the files that matter instead of the folder.",
	}
	folderLink = &Check{
		ID: "SEM035", Title: "link, pipe or device in a folder is not read", Severity: Info, Stage: NoStage,
		Why: "Symbolic links to folders, and to files outside the folder that is read, are not followed: they can lead anywhere, also in circles. The target of the link is not part of the result. Pipes, sockets and devices in a folder are not opened: reading one can last forever.",
		Fix: "Pass the link, pipe or device as a separate argument if it belongs to the mesh, or use --follow-links to follow links to files.",
	}
	notText = &Check{
		ID: "SEM003", Title: "file is not UTF-8 text", Severity: Error, Stage: NoStage,
		Why: "YAML, JSON and CUE files are UTF-8 text. A binary file, or one in another encoding, cannot be read.",
		Fix: "Save the file as UTF-8, or exclude it.",
	}
)

// The checks of syntax.
var (
	syntax = &Check{
		ID: "SEM004", Title: "text is not valid YAML, JSON or CUE", Severity: Error, Stage: NoStage,
		Why:   "The document cannot be parsed, so kubectl cannot apply it, and it is not part of the mesh. The other documents of the file are still read.",
		Fix:   "Fix the text at the position shown; quote values that start with one of *&!@%` or contain \": \".",
		Wrong: "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: edge}\nspec:\n  servers:\n  - hosts: [a.example.com\n    port: {number: 80, name: http, protocol: HTTP}\n",
		Right: "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: edge}\nspec:\n  servers:\n  - hosts: [a.example.com]\n    port: {number: 80, name: http, protocol: HTTP}\n",
	}
	tabIndent = &Check{
		ID: "SEM005", Title: "YAML is indented with tabs", Severity: Error, Stage: NoStage,
		Why:   "YAML does not allow tabs for indentation. The document cannot be parsed.",
		Fix:   "Indent with spaces.",
		Wrong: "apiVersion: v1\nkind: Service\nmetadata:\n\tname: web\n",
		Right: "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n",
	}
	// Template is for text that a tool fills in before it is configuration.
	Template = &Check{
		ID: "SEM006", Title: "template was not rendered", Severity: Error, Stage: NoStage,
		Why:   "The file is a template, for example of a Helm chart: it has {{ … }}, ${NAME}, $(NAME) or <NAME> in place of a value. The resources that it produces depend on values that are not in the input.",
		Fix:   "Render it first and validate the output, for example: helm template CHART | sem validate -",
		Wrong: "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Values.name }}\n",
		Right: "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n",
	}
	duplicateKey = &Check{
		ID: "SEM007", Title: "key is set twice", Severity: Error, Stage: NoStage,
		Why:   "A map has each key once. The later of two duplicate keys silently takes precedence, so the whole block under the first can be lost. Recent versions of kubectl reject such a document.",
		Fix:   "Merge the two keys, or remove one.",
		Wrong: "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  labels: {app: web}\n  labels: {team: shop}\n",
		Right: "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  labels: {app: web, team: shop}\n",
	}
	badAnchor = &Check{
		ID: "SEM008", Title: "anchor, alias or merge key is wrong", Severity: Error, Stage: NoStage,
		Why:   "An alias (*name) repeats the value of an anchor (&name) defined earlier, and the merge key << copies the keys of a map. The anchor is missing, or it contains its own alias.",
		Fix:   "Define the anchor before the alias; quote values that start with *, such as \"*.example.com\".",
		Wrong: "apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: default}\nspec:\n  egress:\n  - hosts: *common\n",
		Right: "apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: default}\nspec:\n  egress:\n  - hosts: &common [\"./*\"]\n  - hosts: *common\n    port: {number: 80, name: http, protocol: HTTP}\n",
	}
	tooComplex = &Check{
		ID: "SEM009", Title: "document is nested too deeply or too large when evaluated", Severity: Error, Stage: NoStage,
		Why:   "The document is nested deeper than any configuration needs, or its aliases expand a few lines to millions of values. Kubernetes rejects both. For CUE: its evaluation needs more memory or time than --cue-limit allows.",
		Fix:   "Write the values without aliases, or split the document.",
		Wrong: "apiVersion: v1\nkind: ConfigMap\na: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]\nf: [*e, *e, *e, *e, *e, *e, *e, *e, *e, *e]\n",
		Right: "apiVersion: v1\nkind: ConfigMap\ndata: {a: x}\n",
	}
	noJSON = &Check{
		ID: "SEM010", Title: "key or value has no JSON form", Severity: Error, Stage: NoStage,
		Why:   "Kubernetes converts every document to JSON. JSON has no infinite numbers, and its keys are strings: a map, a list or null cannot be a key, so the document is rejected.",
		Fix:   "Quote the key or value, or fix the indentation.",
		Wrong: "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  annotations:\n    ~: x\n",
		Right: "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  annotations:\n    \"null\": x\n",
	}
)

// The checks of the outline of a document.
var (
	notObject = &Check{
		ID: "SEM011", Title: "document is not an object", Severity: Error, Stage: NoStage,
		Why:   "Kubernetes objects are maps with apiVersion, kind and metadata. A single value or a list of other things at the top of a document is not an object, and kubectl rejects it.",
		Fix:   "Write the document as a map with apiVersion, kind and metadata; a list is read if its items are objects.",
		Wrong: "- name: web\n  port: 80\n",
		Right: "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Service\n  metadata: {name: web}\n",
	}
	noKind = &Check{
		ID: "SEM012", Title: "object has no kind or apiVersion", Severity: Error, Stage: NoStage,
		Why:   "The API server needs both fields to identify the type and rejects the object without them. A map that does not look like an object is only reported in a file that was passed by name; in a folder it is skipped as other YAML.",
		Fix:   "Add the missing field at the top of the document.",
		Wrong: "apiVersion: networking.istio.io/v1\nmetadata: {name: web}\nspec: {hosts: [web]}\n",
		Right: "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: web}\nspec: {hosts: [web]}\n",
	}
	noDocument = &Check{
		ID: "SEM013", Title: "file has no resources", Severity: Warning, Stage: NoStage,
		Why:   "The file is empty, has only comments or has only an empty List. A generator may have failed, or the path may be wrong.",
		Fix:   "Remove the file, or add resources to it.",
		Wrong: "# apiVersion: v1\n# kind: Service\n",
		Right: "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n",
	}
	notConcrete = &Check{
		ID: "SEM014", Title: "CUE value is not concrete", Severity: Error, Stage: NoStage,
		Why: "A CUE field that has a type but no concrete value cannot be exported to Kubernetes.",
		Fix: "Give the field a value, or make it a definition (#name) or a hidden field (_name) if other fields use it.",
	}
	conflict = &Check{
		ID: "SEM034", Title: "CUE values contradict each other", Severity: Error, Stage: NoStage,
		Why: "Two places in the CUE files set conflicting values, or a value does not meet a constraint. CUE produces no resource to apply.",
		Fix: "Change the value or the constraint; both places are shown.",
	}
	twoReadings = &Check{
		ID: "SEM015", Title: "scalar reads differently in YAML 1.1 and 1.2", Severity: Warning, Stage: NoStage,
		Why:   "Kubernetes reads YAML 1.1, where an unquoted on, yes or y is true, and a number that starts with 0 is octal. Many editors and tools read YAML 1.2, where the first are strings and the last is decimal. As a key, y silently becomes \"true\".",
		Fix:   "Quote strings, and write numbers without leading zeros.",
		Wrong: "apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: default, labels: {y: \"1\"}}\nspec: {}\n",
		Right: "apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: default, labels: {\"y\": \"1\"}}\nspec: {}\n",
	}
	badSuppression = &Check{
		ID: "SEM018", Title: "suppression comment is malformed", Severity: Warning, Stage: NoStage,
		Why:   "Comments that start with sem: are suppressions. This one names no check or is malformed, so it suppresses nothing.",
		Fix:   "Write \"# sem:ignore SEM140 -- reason\" at the end of the line or on a separate line above it, or \"# sem:ignore-file SEM140 -- reason\".",
		Wrong: "# sem:ignored SEM140\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n",
		Right: "# sem:ignore-file SEM140 -- all hosts of this file are probed\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n",
	}
)

// UselessSuppression has no example: whether a finding is drawn is known when all checks have run.
var UselessSuppression = &Check{
	ID: "SEM299", Title: "unused suppression", Severity: Warning, Stage: NoStage, Fixable: true,
	Why: "A comment or annotation suppresses a check that reports nothing at that place. The cause was fixed, or the comment is at the wrong line. Left in place, it would hide the next finding of the check.",
	Fix: "Remove it, or move it to the line of the finding or the line above.",
}

// notBuilt has no example: it needs several files.
var notBuilt = &Check{
	ID: "SEM346", Title: "kustomization cannot be built", Severity: Error, Stage: NoStage,
	Why: "A kustomization is built offline, from the files of the folder that is read. Remote resources are not fetched, charts are not rendered and plugins are not run; such parts are left out. If kustomize reports an error, kubectl apply -k fails as well. The files of a kustomization that cannot be built are checked as they are.",
	Fix: "Correct the kustomization, or, if it needs what is not in the folder, build it first: kustomize build FOLDER | sem validate -",
}

// NotGiven has no example: it is about a cluster.
var NotGiven = &Check{
	ID: "SEM347", Title: "resources of the cluster could not be read", Severity: Warning, Stage: NoStage,
	Why: "The input was read from a cluster with kubectl, and some of its resources could not be read: the user may not list them, or the API server could not serve them. Results do not take them into account, so they can differ from what the cluster does. No finding reports a resource as missing because of it.",
	Fix: "Use a user who may list the resource in all namespaces, or add the resources as files.",
}

// holdsTests is told of a file that was named: in a folder, request tests are passed by.
var holdsTests = &Check{
	ID: "SEM297", Title: "file contains request tests", Severity: Info, Stage: NoStage,
	Why: "A file named NAME_test.yaml contains request tests. It is not configuration, so it is not part of the mesh.",
	Fix: "Run the tests with 'sem test FILE', and pass only configuration files here.",
}

// The checks about an older release of Istio, which package pipeline reports. They have no example, as the release is a
// setting.
var (
	NewerThanRelease = &Check{
		ID: "SEM062", Title: "field or value is newer than the Istio release", Severity: Error, Stage: NoStage,
		Why: "The Istio release is older than the field or value. Its API server and webhook reject the resource, or drop the field.",
		Fix: "Remove the field or value, or upgrade Istio first. docs/releases.md lists what each release added.",
	}
	WithoutEffect = &Check{
		ID: "SEM098", Title: "field has no effect in this Istio release", Severity: Warning, Stage: NoStage,
		Why: "The Istio release accepts the field and ignores it. A later release uses it.",
		Fix: "Remove the field, or upgrade Istio. docs/releases.md lists what each release added.",
	}
)

// ReleaseDisagrees is the check of what the input says of the Istio that is installed.
var ReleaseDisagrees = &Check{
	ID: "SEM331", Title: "Istio release is ambiguous or not modelled", Severity: Warning, Stage: NoStage,
	Why: "Releases of Istio differ in the fields that they know and in what istiod sends to proxies. The result is for one release. Here the input names another one than --istio or another part of the input, one that sem does not model, or a setting of istiod that cannot be read.",
	Fix: "Name the release that the mesh runs: --istio 1.30, or istio: \"1.30\" in the settings file. Validate each release by itself where a mesh runs several.",
}

// VariableNotModelled is the check of the environment of istiod.
var VariableNotModelled = &Check{
	ID: "SEM348", Title: "setting of istiod is not modelled", Severity: Info, Stage: NoStage,
	Why: "An environment variable of istiod changes what proxies are sent or what is admitted, and sem does not follow it: results are those of the default. A name that istiod does not have changes nothing.",
	Fix: "Keep the variable in mind when you read results, or correct its name. docs/releases.md lists the variables that are modelled.",
}

// BadSettings is the check of the settings file, which is not a configuration of the mesh; the command line reports it.
var BadSettings = &Check{
	ID: "SEM039", Title: "settings file is not accepted", Severity: Error, Stage: NoStage,
	Why: "Anyone who proposes a change can edit the settings file. It can set what is read, how findings are judged and how output looks. It cannot run a program, write a file or hide the result. An unknown or forbidden key is ignored.",
	Fix: "Remove the key, or set the flag on the command line. 'sem config --help' lists the keys of a settings file.",
}

// BadTest is the check of files of request tests, which are not configuration; package suite reports it.
var BadTest = &Check{
	ID: "SEM298", Title: "request test is malformed", Severity: Error, Stage: NoStage,
	Why: "A request test has a field or value that sem test does not know. The test is not run.",
	Fix: "Correct the field. docs/tests.md describes the files, and 'sem trace -o json' prints the fields that expectations can use.",
}

// The checks of decoding, which package config reports.
var (
	UnknownKind = &Check{
		ID: "SEM016", Title: "unknown Istio kind or version", Severity: Error, Stage: NoStage, Aliases: []string{"IST0106"},
		Why:   "The apiVersion is an Istio API group, but Istio does not define this kind or version, or no longer does. The API server rejects the resource.",
		Fix:   "Correct the spelling of kind and apiVersion, or replace a kind of an old release: the routing kinds are in networking.istio.io, the policies in security.istio.io.",
		Wrong: "apiVersion: networking.istio.io/v1\nkind: VirtualServices\nmetadata: {name: web}\nspec: {hosts: [web]}\n",
		Right: "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: web}\nspec: {hosts: [web]}\n",
	}
	Undecodable = &Check{
		ID: "SEM017", Title: "value cannot be decoded", Severity: Error, Stage: NoStage, Aliases: []string{"IST0106"},
		Why:   "The value of a field of Kubernetes or MeshConfig has the wrong type. A resource that cannot be decoded is not part of the mesh.",
		Fix:   "Write a value of the type that the message names.",
		Wrong: "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  ports:\n  - {name: http, port: eighty}\n",
		Right: "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  ports:\n  - {name: http, port: 80}\n",
	}
	UnknownSetting = &Check{
		ID: "SEM019", Title: "unknown MeshConfig field", Severity: Warning, Stage: NoStage,
		Why:   "The field does not exist in Istio's MeshConfig. istiod ignores it, so the default applies.",
		Fix:   "Correct the spelling, or move the field to the right level.",
		Wrong: "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: mesh}\nspec:\n  meshConfig:\n    outboundTraficPolicy: {mode: REGISTRY_ONLY}\n",
		Right: "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: mesh}\nspec:\n  meshConfig:\n    outboundTrafficPolicy: {mode: REGISTRY_ONLY}\n",
	}
)

// checks are the checks of each trouble of the source package.
var checks = map[source.Trouble]*Check{
	source.Unreadable: Unreadable, source.TooLarge: tooLarge, source.NotText: notText, source.Syntax: syntax,
	source.TabIndent: tabIndent, source.Template: Template, source.DuplicateKey: duplicateKey, source.BadAnchor: badAnchor,
	source.TooComplex: tooComplex, source.NoJSON: noJSON, source.NotObject: notObject, source.NoKind: noKind,
	source.NoDocument: noDocument, source.NotConcrete: notConcrete, source.Conflict: conflict, source.TwoReadings: twoReadings,
	source.BadSuppression: badSuppression, source.HoldsTests: holdsTests, source.Link: folderLink, source.NotBuilt: notBuilt,
	source.NotGiven: NotGiven,
}

// refused are the checks whose findings make the API server refuse the document.
var refused = map[*Check]bool{
	syntax: true, tabIndent: true, Template: true, badAnchor: true, tooComplex: true, noJSON: true, notObject: true, noKind: true, conflict: true,
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
