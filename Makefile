# The commands of the project. `make` alone builds; `make test` is what a change must pass.

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

# The packages whose goldens -update rewrites: those that declare the flag.
GOLDEN = $(sort $(dir $(shell grep -rl --include='*_test.go' 'flag.Bool."update"' .)))

# sem never loads plugins of kustomize. Code that could load Go plugins would make the linker keep every exported function: 99 MB
# instead of 76, and a link through gcc that takes three times as long.
export GOFLAGS := $(shell go env GOFLAGS) -tags=kustomize_disable_go_plugin_support

.PHONY: build test fuzz golden bench profile envoy envoys interception editor conform lint release

build:
	go build -o bin/sem ./cmd/sem

# How long the tests of one package may take. The default of ten minutes is too short for a slow or busy machine.
TIMEOUT = 40m

# The packages that CI tests for data races: those that start goroutines, or share what goroutines read. A test holds the list to
# the sources.
RACE = ./internal/compile ./internal/compile/outbound ./internal/config ./internal/lazy ./internal/lsp ./internal/mcp ./internal/mesh ./internal/output ./internal/serve \
	./internal/parallel ./internal/pipeline ./internal/realenvoy/upstream ./internal/source ./internal/subprocess \
	./internal/suite ./render ./schema ./validate

# Tests that ask a real Envoy are skipped where it cannot be had, except in CI.
test:
	@$(MAKE) --no-print-directory $(if $(CI),envoys,envoy) || echo "make test: going on without Envoy"
	@test -z "$$CI" || $(MAKE) --no-print-directory interception || echo "make test: going on without real interception"
	@test -z "$$CI" || $(MAKE) --no-print-directory editor || echo "make test: going on without an editor"
	@test -z "$$CI" || $(MAKE) --no-print-directory lint fuzz
	go test -timeout $(TIMEOUT) ./...
	@test -z "$$CI" || go test -short -race -timeout $(TIMEOUT) $(RACE)
	@test -z "$$SEM_ORACLE" || go test -count=1 -v -run '^TestOracleScore$$' ./cmd/sem

# Each fuzz target for as long as FUZZTIME, in which a slow machine also runs the seeds; CI runs them with the tests. A test holds
# the list to the sources. To minimize a new input must not take the time of the others, as it does where a run is slow.
FUZZTIME = 30s
FUZZ = internal/automaton:FuzzMatches internal/config:FuzzMessage internal/convert:FuzzStrings internal/explain:FuzzCompare internal/envoy:FuzzLoad internal/fix:FuzzFix \
	internal/callgen:FuzzMatching internal/mcp:FuzzAnswer internal/realenvoy/upstream:FuzzPeekHello internal/mesh:FuzzBuild \
	internal/output:FuzzEscapeJSON internal/output:FuzzFormats internal/patch:FuzzPatch internal/request:FuzzAccessLog internal/request:FuzzCurl \
	internal/request:FuzzJSON internal/source:FuzzCUE internal/source:FuzzFastReader internal/source:FuzzRead \
	internal/suite:FuzzRead schema:FuzzAgree schema:FuzzDecode simulate:FuzzResources simulate:FuzzTrace

fuzz:
	@for target in $(FUZZ); do \
		go test ./$${target%%:*} -run '^$$' -fuzz "^$${target##*:}$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x || exit 1; \
	done

golden:
	go test $(GOLDEN) -update

bench:
	go test -run '^$$' -bench . -benchmem ./...

# Where validate, trace, render or diff spends its time: go tool pprof -http=: validate.out
WHAT = validate

profile:
	go test -run '^$$' -bench '^BenchmarkProfile$$/^$(WHAT)$$' -benchtime 5s -cpuprofile $(WHAT).out ./cmd/sem

# Installs the Envoy that judges sem into the ignored folder .envoy/, once.
envoy:
	@go run ./internal/envoytest/install

# Installs the Envoys of the older releases as well, each some 110 MB.
envoys:
	@go run ./internal/envoytest/install -all

# Installs what the test of real interception needs beside root, from the packages of a Debian.
interception:
	@command -v nft >/dev/null && command -v ip >/dev/null || { apt-get update -qq && apt-get install -y -qq nftables iproute2; }

# Installs the editor whose client tests the language server, from the packages of a Debian.
editor:
	@command -v nvim >/dev/null || { apt-get update -qq && apt-get install -y -qq neovim; }

# Meshes of tests, but for those that Envoy refuses whole because a test wanted them so.
MESHES = $(filter-out %/http_rules.txtar %/gateway_tls.txtar %/inbound_policies.txtar, \
	$(wildcard internal/compile/testdata/scenario/*.txtar internal/compile/testdata/listener/*.txtar internal/envoytest/conform/testdata/*.txtar))

# How many meshes are made up beside them.
RANDOM_MESHES = 60

# How many calls each proxy gets at most, and how long all of it may take.
CALLS = 400
CONFORM_TIME = 30m

# Holds traces against Envoy with calls made out of the configuration of each example, of the meshes of tests, of some
# that are made up, and of each mesh of the folder that SEM_ORACLE names, for half an hour at most. Each disagreement is
# shrunk and becomes a test. ISTIO=1.30 compares that release with its own Envoy and prints the report.
conform: $(if $(ISTIO),envoys,envoy)
	go run ./internal/envoytest/conform $(if $(ISTIO),-istio $(ISTIO) -o /dev/stdout,-o docs/fidelity.md) -time $(CONFORM_TIME) -random $(RANDOM_MESHES) -limit $(CALLS) -shrink internal/envoytest/conform/testdata \
		examples/*/ $(MESHES) $(if $(SEM_ORACLE),$(SEM_ORACLE)/cases/*/)

# SA1019: istiod and Envoy still read and write deprecated fields, so sem has to. ST1005: some errors begin with Envoy's name.
lint:
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$unformatted" || { echo "gofmt: $$unformatted"; exit 1; }
	go vet ./...
	go run $(STATICCHECK) -checks inherit,-SA1019,-ST1005 ./...

# Archives for all platforms with checksums and SBOMs, into dist/. SEM_RELEASE=linux/amd64 go test ./internal/archive shows that
# two builds give the same bytes.
VERSION = $(shell git describe --tags --always --dirty)

release:
	go run ./internal/archive -version $(VERSION)
