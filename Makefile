# Everything here is also what .ci/run does; see CONTRIBUTING.md.
GO      ?= go
FUZZ    ?= 2s
VERSION ?= $(shell git describe --tags --always 2>/dev/null || echo dev)
BUILD    = CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w -X main.version=$(VERSION)"
# All is compiled as the program is, but for the race detector: so nothing is compiled twice.
export CGO_ENABLED = 0
export GOFLAGS := $(GOFLAGS) -trimpath
# lint has vetted everything, and nobody debugs these binaries.
QUICK      = -vet=off -ldflags=-w
# One package more at a time than there are cores: many tests wait for a browser, a database or a disk.
TESTFLAGS ?= -timeout 20m -p $(shell expr $$(nproc) + 1)

# What runs with the race detector, and what without: CONTRIBUTING.md, "Tests".
PLAIN      = cmd/conformance|ui(/.*)?|vc/(bake|cose|did|jose|kept|ld|ob2|prose|receipt|sample|schema|standard|suite)|wallet/lock
TOGETHER   = TestConcurrent|TestTogether|TestBBSParallel
TOGETHERIN = ./vc/ld ./vc/standard ./vc/suite
LONG       = TestThreat07MalformedFiles|TestThreat07MalformedBadges|TestThreat10BrowserBadges|TestThreat10BrowserFields|TestThreat10Pages|$(READS)
READS      = TestLargest|TestReadQRClean|TestReadQRPhotos|TestThreat15Guesses|TestThreat18OneListForAll|TestListsAreNeverStale|TestCheckEachReads|TestAttackRequests|TestLargeCLR|TestThreat29KilledAtEveryCall|TestThreat29KilledProcess|TestCases|TestThreat51RewrittenBadges|TestRatchet
LONGIN     = ./server ./wallet ./wallet/bolt ./wallet/inspect ./vc/intake ./cmd/backpack
UNWATCHED  = image/... compress/... hash/... text/template/parse golang.org/x/image/... github.com/makiuchi-d/gozxing/...
RACE       = -race $(UNWATCHED:%=-gcflags=%=-race=false)
# The packages but PLAIN ones, those that take longest first.
WATCHED    = ./server ./cmd/storybook ./wallet ./cmd/backpack $$($(GO) list ./... | grep -vE '^backpack/($(PLAIN))$$')

.PHONY: run test setup lint unit fuzz build bench shots soak grammar load load-million sizing generate clean help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' Makefile | sed 's/:.*## /\t/'

run: ## start the backpack on http://localhost:8080
	$(GO) run ./cmd/backpack

test: setup lint unit fuzz build ## install what is missing, then check everything

setup: ## install the browser, the QR reader and the Node peers that tests use
	@.ci/setup

lint: ## gofmt, vet, staticcheck, tidy modules
	@test -z "$$(gofmt -l cmd vc wallet server ui)" || { gofmt -l cmd vc wallet server ui; echo "gofmt differs"; exit 1; }
	$(GO) vet ./...
	$(GO) tool -modfile=tools.mod staticcheck ./...
	$(GO) mod tidy -diff

unit: ## all tests, with the race detector where goroutines meet, and in a real browser
	CGO_ENABLED=1 $(GO) test $(QUICK) $(TESTFLAGS) $(RACE) -short -skip '^($(READS))$$' $(WATCHED)
	CGO_ENABLED=1 $(GO) test $(QUICK) $(TESTFLAGS) $(RACE) -run '^($(TOGETHER))$$' $(TOGETHERIN)
	$(GO) test $(QUICK) $(TESTFLAGS) $$($(GO) list ./... | grep -E '^backpack/($(PLAIN))$$')
	$(GO) test $(QUICK) $(TESTFLAGS) -run '^($(LONG))$$' $(LONGIN)

fuzz: ## each fuzz target for FUZZ (default 2s)
	@.ci/fuzz $(FUZZ)

build: ## the static binary, as the Dockerfile builds it
	$(BUILD) -o bin/backpack ./cmd/backpack

bench: ## the tables of ratios, side by side
	$(GO) test -run '^$$' -bench . -benchmem ./vc/... ./wallet/... ./server/... ./cmd/...

shots: ## screenshots of every page and state, in bin/shots
	BACKPACK_TEST_SHOTS=$(CURDIR)/bin/shots $(GO) test -count=1 -run 'Browser|Journey|Story' ./server/... ./cmd/...

soak: ## long runs: fuzzing for ten minutes a target, crashes by the thousand
	BACKPACK_TEST_SOAK=1 $(GO) test -count=1 -timeout 3h -v -run 'TestThreat(29|30|31)' ./wallet/bolt ./wallet/postgres
	@.ci/fuzz 10m
	BACKPACK_TEST_SOAK=1 $(GO) test -count=1 -timeout 30m -run 'TestReplicas' ./cmd/backpack
	BACKPACK_TEST_SOAK=1 $(GO) test -count=1 -timeout 30m -run 'Threat10|Threat19|Threat33|Threat35' ./server ./wallet ./cmd/backpack

grammar: ## CockroachDB's parser reads the PostgreSQL store's statements (builds it first: minutes)
	cd wallet/postgres/testdata/grammar && $(GO) test ./...

# What is measured, and for how long: LOAD_TIME, LOAD_CLIENTS, LOAD_STORES, LOAD_WHAT, LOAD_LEARNERS.
LOAD = LOAD_TIME="$(LOAD_TIME)" LOAD_CLIENTS="$(LOAD_CLIENTS)" LOAD_STORES="$(LOAD_STORES)" LOAD_WHAT="$(LOAD_WHAT)" LOAD_LEARNERS="$(LOAD_LEARNERS)"

load: ## requests per second, latency and memory under load, as a table (half an hour)
	$(LOAD) BACKPACK_TEST_LOAD=pages $(GO) test -count=1 -timeout 90m -run '^TestLoad$$' -v ./cmd/backpack

load-million: ## the same with a data file of 100,000 learners and a million badges
	$(LOAD) BACKPACK_TEST_LOAD=million $(GO) test -count=1 -timeout 60m -run '^TestLoadMillion$$' -v ./cmd/backpack

sizing: ## bytes and rows for each learner and badge, in both stores
	$(LOAD) BACKPACK_TEST_LOAD=sizing $(GO) test -count=1 -timeout 30m -run '^TestSizing$$' -v ./cmd/backpack

generate: ## take the published contexts from their packages again
	$(GO) generate ./...

clean: ## remove what was built
	rm -rf bin
