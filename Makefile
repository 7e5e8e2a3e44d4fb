# Two commands do all the set-up: `make demo` and `make test`.

export CGO_ENABLED = 0
GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS  = -s -w -X main.version=$(VERSION)

.PHONY: bench-relay demo build test peers lint unit race docs clean

demo: build                ## run the guard with sample mails, no config, no root
	bin/sekisho demo

build:                     ## one static binary: bin/sekisho
	$(GO) build -mod=readonly -trimpath -ldflags '$(LDFLAGS)' -o bin/sekisho ./cmd/sekisho

test: peers lint unit race ## everything CI runs

peers:                     ## install Postfix, PostgreSQL, tesseract and gcc when root; else say what is missing
	@.ci/peers

lint:                      ## formatting, vet, staticcheck (pinned in .ci/tools)
	@test -z "$$(gofmt -l cmd config policy proxy quarantine)" || { gofmt -l cmd config policy proxy quarantine; echo "lint: run gofmt -w on these"; exit 1; }
	$(GO) vet -mod=readonly ./...
	$(GO) tool -modfile=.ci/tools/go.mod staticcheck -checks 'all,-ST1003,-ST1005,-ST1016,-ST1020,-ST1021,-ST1022,-ST1023' ./...

unit:                      ## all tests, the built program against real peers among them
	SEKISHO_SCREENSHOTS=$(CURDIR)/bin/screenshots $(GO) test -mod=readonly -timeout 20m ./...

# SQLite is C made into Go, the PDF engine is compiled from WebAssembly, rules are read by a
# generated parser: their accesses are not ours to watch, and watching them doubles the time.
unwatched = modernc.org github.com/tetratelabs/wazero github.com/antlr4-go
race:                      ## the same packages under the race detector (needs gcc)
	@if command -v gcc >/dev/null; then CGO_ENABLED=1 $(GO) test -mod=readonly -race $(foreach them,$(unwatched),-gcflags='$(them)/...=-race=false') -short -timeout 20m ./...; \
	elif [ "$$CI" = true ]; then echo "race: gcc is missing"; exit 1; \
	else echo "race: skipped, gcc is missing"; fi

bench-relay:               ## speed beside Postfix and others, interleaved (root; about ten minutes)
	proxy/bench/run.sh

bench-detect:              ## detectors beside Go regexp, go-re2, ripgrep and Hyperscan, as ratios
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! { command -v rg >/dev/null && [ -e /usr/include/hs/hs.h ]; }; then \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ripgrep libhyperscan-dev gcc >/dev/null; fi
	cd .ci/bench && $(GO) run .

eval-pii:                  ## precision and recall per type, way of writing and look-alike
	$(GO) test -mod=readonly -count=1 -v -run 'TestEvalPII|TestSamples|TestGenerated|TestStrange|TestUnseen|TestOutside|TestSealed' ./policy/detect

docs:                      ## write the generated pages: config, rules, findings, commands
	$(GO) run ./cmd/sekisho docs docs packaging

bench-scan:                ## speed and memory of reading: per mail, per format, beside other MIME readers
	$(GO) test ./policy/mime -run '^$$' -bench Readers
	$(GO) test ./policy/standard -run '^$$' -bench CleanMail -benchmem
	$(GO) test ./policy/extract -run '^$$' -bench 'PDFPage|Formats/pdf' -benchmem
	SEKISHO_FIGURES=1 $(GO) test ./policy/standard -run TestFigures -count=1 -v

clean:
	rm -rf bin data
