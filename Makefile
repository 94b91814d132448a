# The index of everything one may run here. `make help` prints it.
# Each target does its own set-up and may be repeated.

SHELL := /bin/bash
SWIFT := swift
PURR := .build/release/purr
PYTHON := /usr/bin/python3
SEEDS ?= 5000

# 60 asynchronous tests at once starve each other where some of them block on real servers.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH := 4
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: help
help:  ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup:  ## install what Debian 12 lacks (packages only; nothing is started)
	@scripts/setup

.PHONY: build
build: setup  ## build the release binary, .build/release/purr
	$(SWIFT) build -c release --product purr --static-swift-stdlib

.PHONY: demo
demo: build  ## watch a sender, ten prospects and real mail servers for two minutes
	demo/run

.PHONY: package
package: build  ## build the Debian package, in .build/package
	scripts/package

# At the end what mostly waits for servers runs beside what computes.
.PHONY: test
test: build test-units test-python test-hosts planted-bugs  ## run every test, real servers included
	$(MAKE) --no-print-directory --jobs=2 --output-sync=line simulate test-end-to-end

.PHONY: test-units
test-units: setup  ## only the Swift tests
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --parallel

.PHONY: test-python
test-python:  ## only the tests of the demo's own parts
	$(PYTHON) -m unittest discover -s demo -p 'test_*.py'

.PHONY: test-hosts
test-hosts: setup  ## only the mail host's own test
	scripts/mailhost selftest

.PHONY: test-end-to-end
test-end-to-end: build  ## only the built binary against real servers
	scripts/test-end-to-end

.PHONY: simulate
simulate: build  ## let the engine live through 5,000 simulated months (SEEDS=), one process per core
	scripts/simulate-seeds $(SEEDS)

.PHONY: seeds-long
seeds-long:  ## the same with 10,000
	$(MAKE) simulate SEEDS=10000

.PHONY: crashes
crashes: build  ## stop at every durable write and outside call of a simulated month (about ten minutes)
	STRIDE=1 scripts/simulate-seeds 10

.PHONY: planted-bugs
planted-bugs: setup  ## prove that the simulation finds each of the faults planted in the engine (debug build)
	$(SWIFT) build --product purr
	.build/debug/purr dev planted-bugs

.PHONY: bench
bench: build  ## measure speed side by side with what others would use
	bench/run

.PHONY: lint
lint:  ## check the format of all Swift sources
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests

.PHONY: format
format:  ## format all Swift sources in place
	$(SWIFT) format format --in-place --recursive Package.swift Sources Tests

.PHONY: fuzz
fuzz: setup  ## fuzz everything that reads bytes from outside, one minute each
	scripts/fuzz

.PHONY: clean
clean:  ## remove what was built
	rm -rf .build
