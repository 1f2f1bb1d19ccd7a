# .ci/run runs the target test; see CONTRIBUTING.md.
GO      ?= go
FUZZ    ?= 2s
VERSION ?= $(shell git describe --tags --always --abbrev=12 --dirty 2>/dev/null || echo dev)
BUILD    = CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w -X main.version=$(VERSION)"
# Other systems that CI compiles for, one for each operating system. make release builds for more.
CROSS    = windows/amd64 darwin/arm64
# Tests are compiled with the program's flags, apart from the race detector, so nothing is compiled twice.
export CGO_ENABLED = 0
export GOFLAGS := $(GOFLAGS) -trimpath
# lint vets everything, and these binaries need no debugging information.
QUICK      = -vet=off -ldflags=-w
# One package more than there are cores, since many tests wait for a browser, a database or a disk.
TESTFLAGS ?= -timeout 20m -p $(shell expr $$(nproc) + 1)

# The parts of make unit; see "Tests" in CONTRIBUTING.md.
PLAIN      = cmd/(backpack/report|conformance|release)|ui(/.*)?|vc/(bake|cose|did|jose|kept|ld|ob2|prose|receipt|sample|schema|standard|suite)|wallet/lock
TOGETHER   = TestConcurrent|TestTogether|TestBBSParallel
LONG       = TestThreat07MalformedFiles|TestThreat07MalformedBadges|TestThreat10BrowserBadges|TestThreat10BrowserFields|TestThreat10Pages|$(READS)
READS      = TestLargest|TestReadQRClean|TestReadQRPhotos|TestThreat15Guesses|TestThreat18OneListForAll|TestListsAreNeverStale|TestCheckEachReads|TestAttackRequests|TestLargeCLR|TestThreat29KilledAtEveryCall|TestThreat29KilledProcess|TestCases|TestThreat51RewrittenBadges|TestRatchet
UNWATCHED  = image/... compress/... hash/... text/template/parse golang.org/x/image/... github.com/makiuchi-d/gozxing/...
RACE       = -race $(UNWATCHED:%=-gcflags=%=-race=false)
# The packages of tests with the given names.
packages   = $(shell grep -rlE '^func ($(1))\b' --include='*_test.go' cmd server ui vc wallet | xargs -n 1 dirname | sort -u | sed 's,^,./,')
# All packages outside PLAIN, the longest first.
WATCHED    = ./server ./cmd/storybook ./wallet ./cmd/backpack $$($(GO) list ./... | grep -vE '^backpack/($(PLAIN))$$')

.PHONY: run test setup lint unit fuzz build cross release bench shots soak grammar load load-million sizing generate clean help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' Makefile | sed 's/:.*## /\t/'

run: ## start the backpack on http://localhost:8080
	$(GO) run ./cmd/backpack

test: setup lint unit fuzz build cross ## install missing tools, then check everything

setup: ## install the tools that tests use: browser, QR reader, PostgreSQL, Node peers and others
	@.ci/setup

lint: ## gofmt, vet, staticcheck, tidy modules
	@test -z "$$(gofmt -l cmd vc wallet server ui)" || { gofmt -l cmd vc wallet server ui; echo "gofmt differs"; exit 1; }
	$(GO) vet ./...
	$(GO) tool -modfile=tools.mod staticcheck ./...
	$(GO) mod tidy -diff

unit: ## run all tests, with the race detector where goroutines meet, and in a real browser
	CGO_ENABLED=1 $(GO) test $(QUICK) $(TESTFLAGS) $(RACE) -short -skip '^($(READS))$$' $(WATCHED)
	CGO_ENABLED=1 $(GO) test $(QUICK) $(TESTFLAGS) $(RACE) -run '^($(TOGETHER))$$' $(call packages,$(TOGETHER))
	$(GO) test $(QUICK) $(TESTFLAGS) $$($(GO) list ./... | grep -E '^backpack/($(PLAIN))$$')
	$(GO) test $(QUICK) $(TESTFLAGS) -run '^($(LONG))$$' $(call packages,$(LONG))

fuzz: ## run each fuzz target for FUZZ (default 2s)
	@.ci/fuzz $(FUZZ)

build: ## build the static binary bin/backpack, as the Dockerfile does
	$(BUILD) -o bin/backpack ./cmd/backpack

cross: ## compile the program for other operating systems
	@for t in $(CROSS); do echo "compile for $$t" && GOOS=$${t%/*} GOARCH=$${t#*/} $(GO) build -o /dev/null ./cmd/backpack || exit 1; done

release: ## build bin/release: binaries for all systems, SBOMs and checksums, reproducibly
	$(GO) run ./cmd/release --out bin/release --version "$(VERSION)"

bench: ## print the tables of ratios, side by side
	$(GO) test -run '^$$' -bench . -benchmem ./vc/... ./wallet/... ./server/... ./cmd/...

shots: ## take screenshots of every page and state, into bin/shots
	BACKPACK_TEST_SHOTS=$(CURDIR)/bin/shots $(GO) test -count=1 -run 'Browser|Journey|Story' ./server/... ./cmd/...

soak: ## run the long tests: ten minutes of fuzzing for each target, thousands of crashes
	BACKPACK_TEST_SOAK=1 $(GO) test -count=1 -timeout 3h -v -run 'TestThreat(29|30|31)' ./wallet/bolt ./wallet/postgres
	@.ci/fuzz 10m
	BACKPACK_TEST_SOAK=1 $(GO) test -count=1 -timeout 30m -run 'TestReplicas' ./cmd/backpack
	BACKPACK_TEST_SOAK=1 $(GO) test -count=1 -timeout 30m -run 'Threat10|Threat19|Threat33|Threat35' ./server ./wallet ./cmd/backpack

grammar: ## parse the PostgreSQL store's statements with CockroachDB's parser (building it takes minutes)
	cd wallet/postgres/testdata/grammar && $(GO) test ./...

# LOAD_TIME, LOAD_CLIENTS, LOAD_STORES, LOAD_WHAT and LOAD_LEARNERS choose what is measured, and for how long.
LOAD = LOAD_TIME="$(LOAD_TIME)" LOAD_CLIENTS="$(LOAD_CLIENTS)" LOAD_STORES="$(LOAD_STORES)" LOAD_WHAT="$(LOAD_WHAT)" LOAD_LEARNERS="$(LOAD_LEARNERS)"

load: ## measure requests per second, latency and memory under load, as a table (half an hour)
	$(LOAD) BACKPACK_TEST_LOAD=pages $(GO) test -count=1 -timeout 90m -run '^TestLoad$$' -v ./cmd/backpack

load-million: ## measure the same with a data file of 100,000 learners and a million badges
	$(LOAD) BACKPACK_TEST_LOAD=million $(GO) test -count=1 -timeout 60m -run '^TestLoadMillion$$' -v ./cmd/backpack

sizing: ## measure bytes and rows for each learner and badge, in both stores
	$(LOAD) BACKPACK_TEST_LOAD=sizing $(GO) test -count=1 -timeout 30m -run '^TestSizing$$' -v ./cmd/backpack

generate: ## copy the published contexts from their packages again
	$(GO) generate ./...

clean: ## remove built files
	rm -rf bin
