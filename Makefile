# make demo   the Kubernetes docs' example on a real cluster, started here
# make test   every test: unit, integration, the lab's own, and end to end on both versions of Kubernetes
# make e2e    the end-to-end tests against the cluster of KUBECONFIG
# make ci     what .ci/run calls: test, formatting, lints, licences, generated files, workflows, the oldest Rust
# make dist   the archive of a release for Linux, with its sum
# make help   the rest
#
# Needs Linux, Rust, Go and root on Debian or Ubuntu; apt packages are installed here.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help build release demo demo-stop dist dist-test test unit lab-test e2e e2e-lab fmt clippy deny advisories msrv workflows generate check-generated screens ci packages lab tools

NEWEST := 1.37.1
OLDEST := 1.30.14
# Packages of Debian and Ubuntu: C compilers for ring, what runs containers, what reads manual pages, and the shells whose
# completion is tested; GNU parallel, which reads our job log.
PACKAGES := gcc libc6-dev musl-tools ca-certificates containerd runc containernetworking-plugins busybox-static bash-static iproute2 bsdutils mandoc git bash zsh fish parallel

TARGET := $(or $(CARGO_TARGET_DIR),target)
PLUGIN := $(abspath $(TARGET))/debug
LAB := $(abspath $(TARGET))/lab/lab
TOOLS := $(abspath $(TARGET))/tools
# A static program, which runs on every Linux.
STATIC := $(shell uname -m)-unknown-linux-musl
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
MSRV := $(shell sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
CARGO := cargo
say = @printf '\n== %s\n' "$(1)"

help:
	@sed -n 's/^# \{0,1\}//p; /^$$/q' Makefile

build:
	$(call say,building the plugin (about 3 minutes the first time))
	@$(CARGO) build --locked

release:
	$(call say,building the release binary (about 5 minutes the first time))
	@$(CARGO) build --locked --release
	@ls -l $(TARGET)/release/kubectl-indexedjob

## The machine

# containerd and runc may come from elsewhere, as with Docker, whose packages are never removed for those of Debian.
packages:
	@fail() { echo "error: $$1" >&2; echo "hint: $${2:-against any cluster: KUBECONFIG=... make e2e}" >&2; exit 1; }; \
	[ "$$(uname -s)" = Linux ] || fail 'the lab runs on Linux only'; \
	[ "$$(id -u)" = 0 ] || fail 'the lab needs root: it starts containers' 'sudo env "PATH=$$PATH" make ..., or against any cluster: KUBECONFIG=... make e2e'; \
	for program in go cargo; do command -v $$program >/dev/null || fail "$$program is not on the PATH" 'under sudo: sudo env "PATH=$$PATH" make ...; or against any cluster: KUBECONFIG=... make e2e'; done; \
	missing=$$(for p in $(PACKAGES); do \
	  case $$p in containerd|runc) command -v $$p >/dev/null && continue;; esac; \
	  dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
	  command -v apt-get >/dev/null || fail "no apt-get here; install these by hand: $$(echo $$missing)"; \
	  printf '\n== installing %s\n' "$$(echo $$missing)"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-remove --no-install-recommends $$missing >/dev/null; \
	fi

lab: packages
	$(call say,building the lab program)
	@mkdir -p $(dir $(LAB))
	@cd tests/lab && CGO_ENABLED=0 go build -trimpath -buildvcs=false -o $(LAB) .

tools: packages
	$(call say,building krew and the linter of workflows)
	@mkdir -p $(TOOLS)
	@cd tests/tools && go build -trimpath -buildvcs=false -o $(TOOLS)/ tool

# Rust's own library for the static program; rustup may have to fetch it.
is_static := rustc --print target-libdir --target $(STATIC) 2>/dev/null | xargs -I{} test -d {}
define have_static
	@$(is_static) || rustup target add $(STATIC) \
	  || { echo 'error: there is no Rust library for $(STATIC)' >&2; echo 'hint: rustup target add $(STATIC)' >&2; exit 1; }
endef

## Releases

dist: packages
	$(call say,building the archive of v$(VERSION) for $(STATIC) (about 7 minutes the first time))
	$(have_static)
	@release/archive.sh $(STATIC) $(TARGET)/dist
	@ls -l $(TARGET)/$(STATIC)/release/kubectl-indexedjob
	@[ "$$(stat -c %s $(TARGET)/$(STATIC)/release/kubectl-indexedjob)" -le 12000000 ] || { echo 'error: the program is larger than 12 MB' >&2; exit 1; }

# Where there is no rustup, or it cannot fetch, that is said, and the tests with krew are skipped.
dist-test: packages
	$(call say,two builds of the archive in two places (about 6 minutes the first time))
	@$(is_static) || rustup target add $(STATIC) || { echo 'NOT RUN: there is no Rust library for $(STATIC)'; exit 0; }; \
	tests/reproducible.sh $(STATIC) $(TARGET)/dist-test

## The demo

demo: packages build lab
	$(call say,starting Kubernetes $(NEWEST) (the first time it is built: about 9 minutes on 2 cores))
	@$(LAB) up --version $(NEWEST) >/dev/null
	@tests/demo.sh $(LAB) $(PLUGIN)

demo-stop: lab
	@$(LAB) down

## The tests

test: packages unit lab-test dist-test e2e-lab

unit:
	$(call say,unit and integration tests)
	@$(CARGO) test --locked --workspace

lab-test: lab
	$(call say,building Kubernetes $(NEWEST) and $(OLDEST) (the first time: about 15 minutes on 2 cores))
	@$(LAB) build --version $(NEWEST) --version $(OLDEST) --kwok
	$(call say,the lab's own tests: clusters that are stopped and killed in every way (about 3 minutes))
	@cd tests/lab && go vet -tags lab ./... && go test -count=1 -tags lab -timeout 30m .

# Mostly the tests wait for pods, so both versions go side by side; each line tells which one it is of.
e2e-lab: export INDEXEDJOB_E2E_ARCHIVE = $(abspath $(TARGET))/dist-test/one/dist/kubectl-indexedjob-$(STATIC).tar.gz
e2e-lab: export INDEXEDJOB_E2E_TOOLS = $(TOOLS)
e2e-lab: build lab tools dist-test
	$(call say,building the end-to-end tests)
	@$(CARGO) test --locked --features e2e --test e2e --no-run
	@of() { set -o pipefail; tests/e2e/on-lab.sh $(LAB) "$$1" "$$2" 2>&1 | (trap '' INT TERM; sed -u "s/^/$$1: /"); }; \
	set -m; of $(OLDEST) 0 & oldest=$$!; trap 'kill -- -'$$oldest' 2>/dev/null || true' EXIT; set +m; \
	ended=0; of $(NEWEST) 10 || ended=1; wait $$oldest || ended=1; exit $$ended

e2e:
	@[ -n "$${KUBECONFIG:-}" ] || { echo 'error: KUBECONFIG is not set; the tests use no cluster that they are not told to' >&2; echo 'hint: KUBECONFIG=$$HOME/.kube/config make e2e' >&2; exit 2; }
	$(call say,end-to-end tests against the cluster of KUBECONFIG)
	@INDEXEDJOB_E2E_KUBECONFIG="$$KUBECONFIG" $(CARGO) test --locked --features e2e --test e2e

## The rest of .ci/run

fmt:
	$(call say,formatting)
	@$(CARGO) fmt --all --check
	@cd tests/lab && [ -z "$$(gofmt -l .)" ] || { gofmt -l .; exit 1; }

clippy:
	$(call say,clippy)
	@$(CARGO) clippy --locked --workspace --all-targets --features e2e -- -D warnings

deny:
	$(call say,licences and bans and sources (installs cargo-deny the first time: about 6 minutes))
	@command -v cargo-deny >/dev/null || $(CARGO) install --locked cargo-deny@0.20.2
	@$(CARGO) deny --locked --offline check licenses bans sources

# These two need the advisory database, which comes from the network; the workflow `ci` runs them each week, too.
advisories:
	$(call say,advisories of the RustSec database)
	@command -v cargo-deny >/dev/null || $(CARGO) install --locked cargo-deny@0.20.2
	@command -v cargo-audit >/dev/null || $(CARGO) install --locked cargo-audit@0.22.2
	@$(CARGO) deny --locked check advisories
	@$(CARGO) audit --deny warnings

msrv:
	$(call say,the oldest Rust that Cargo.toml promises: $(MSRV))
	@rustup run $(MSRV) rustc --version 2>/dev/null || rustup toolchain install $(MSRV) --profile minimal \
	  || { echo 'NOT RUN: Rust $(MSRV) is not here, and rustup cannot fetch it'; exit 0; }; \
	CARGO_TARGET_DIR=$(TARGET)/msrv rustup run $(MSRV) cargo check --locked --workspace

workflows: tools
	$(call say,workflows)
	@$(TOOLS)/actionlint
	@! grep -nE '^ *-? *uses: ' .github/workflows/*.yml | grep -vE '@[0-9a-f]{40} # v[0-9]' \
	  || { echo 'error: an action that is not pinned to a commit' >&2; exit 1; }

# The picture of the README, from a cluster that is started for it. Not checked: every run has other times.
screens: build lab
	$(call say,the picture of the README)
	@command -v tmux >/dev/null || apt-get install -y -qq --no-install-recommends tmux >/dev/null
	@tests/screens.sh $(LAB) $(PLUGIN) docs/screens.svg

generate: build
	@tests/generate.sh $(PLUGIN)/kubectl-indexedjob .

check-generated: packages build
	$(call say,generated files)
	@new=$$(mktemp -d); trap 'rm -rf "$$new"' EXIT; tests/generate.sh $(PLUGIN)/kubectl-indexedjob "$$new"; \
	diff -r --exclude=kubectl_complete-indexedjob completions "$$new/completions" && diff docs/reference.md "$$new/docs/reference.md" && diff -r man "$$new/man" && diff krew-manifest.yaml "$$new/krew-manifest.yaml" \
	  || { echo 'error: generated files are not up to date' >&2; echo 'hint: make generate, and commit' >&2; exit 1; }
	@mandoc -T lint -W error man/*.1

ci: packages fmt clippy check-generated workflows deny msrv test
