# SPDX-License-Identifier: Apache-2.0
# Each target does set-up and build first; what is done already takes a second or two.
# DOVETAIL=/path/to/dovetail makes `make demo` use that program and skip set-up and build.
.PHONY: help announce demo test build program setup bench soak fuzz clean
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
SHELL := /bin/bash
DOVETAIL ?= build/dovetail

help:           ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

demo: announce program  ## run sweeps/quickstart.toml on two MPI ranks and write its report
	@echo 'make demo: 3 of 3, sweeps/quickstart.toml on two ranks (500 jobs; its line says how long)' >&2
	@jobs/launch -n 2 '$(DOVETAIL)' run sweeps/quickstart.toml --out results/quickstart --threads 1

test: build     ## all tests
	@ctest --test-dir build -j 2 --output-on-failure

build: setup    ## the program, build/dovetail, and its tests
	@jobs/build

ifeq ($(DOVETAIL),build/dovetail)
announce:
	@echo 'make demo: 1 of 3 set-up, 2 of 3 build, 3 of 3 the sweep and its report' >&2

program: setup  ## the program alone
	@jobs/build dovetail
else
announce:
	@echo 'make demo: uses $(DOVETAIL), so set-up and build are skipped' >&2

program:
	@command -v '$(DOVETAIL)' >/dev/null || { echo 'DOVETAIL=$(DOVETAIL): no such program' >&2; exit 2; }
endif

setup:          ## Debian packages and .venv
	@jobs/setup

bench: build    ## speed of driver and store; of training, tuning and generation beside the peers
	@shopt -s nullglob; for bench in build/bench/*_bench; do "$$bench"; done; build/dovetail bench driver; build/dovetail bench store
	@for what in training tuning generation; do .venv/bin/python bench/compare_$$what.py; done

soak: build     ## 1,000 random faults on running sweeps: kills, full disks, damaged journals and others
	@FAKE_SWEEP=build/tests/faults/fake_sweep FAULTS=$(CURDIR)/build/tests/faults/libfaults.so \
	  DOVETAIL_SOURCE_DIR=$(CURDIR) .venv/bin/python tests/faults/soak.py

fuzz:           ## ten minutes of each fuzzer (FUZZ_SECONDS=60: one), built with clang
	@jobs/setup --fuzz
	@tests/fuzz/run

clean:          ## remove what the build made; results and .venv stay
	rm -rf build build-dev build-asan build-fuzz
