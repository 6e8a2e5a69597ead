# SPDX-License-Identifier: Apache-2.0
# Each target does set-up and build first; what is done already takes a second or two.
.PHONY: help demo test build program setup bench clean
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
SHELL := /bin/bash

help:           ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

demo: program   ## run sweeps/quickstart.toml on two MPI ranks and write its report
	@jobs/launch -n 2 build/dovetail run sweeps/quickstart.toml --out results/quickstart --threads 1
	@build/dovetail report results/quickstart

test: build     ## all tests
	@ctest --test-dir build -j 2 --output-on-failure

build: setup    ## the program, build/dovetail, and its tests
	@jobs/build

program: setup  ## the program alone
	@jobs/build dovetail

setup:          ## Debian packages and .venv
	@jobs/setup

bench: build    ## speed of driver and store; of training, tuning and generation beside the peers
	@shopt -s nullglob; for bench in build/bench/*_bench; do "$$bench"; done
	@for what in training tuning generation; do .venv/bin/python bench/compare_$$what.py; done

clean:          ## remove what the build made; results and .venv stay
	rm -rf build build-dev build-asan
