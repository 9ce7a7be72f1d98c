# make demo   the Kubernetes docs' example on a real cluster, started here
# make test   every test: unit, integration, the lab's own, and end to end on both versions of Kubernetes
# make e2e    the end-to-end tests against the cluster of KUBECONFIG
# make ci     what .ci/run calls: test, formatting, lints, licences, generated files
# make help   the rest
#
# Needs Linux, Rust, Go and root on Debian or Ubuntu; apt packages are installed here.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help build release demo demo-stop test unit lab-test e2e e2e-lab fmt clippy deny generate check-generated ci packages lab

NEWEST := 1.37.1
OLDEST := 1.30.14
# Packages of Debian and Ubuntu: a C compiler for ring, and what runs containers.
PACKAGES := gcc libc6-dev ca-certificates containerd runc containernetworking-plugins busybox-static bash-static iproute2 bsdutils

TARGET := $(or $(CARGO_TARGET_DIR),target)
PLUGIN := $(abspath $(TARGET))/debug
LAB := $(abspath $(TARGET))/lab/lab
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

## The demo

demo: packages build lab
	$(call say,starting Kubernetes $(NEWEST) (the first time it is built: about 9 minutes on 2 cores))
	@$(LAB) up --version $(NEWEST) >/dev/null
	@tests/demo.sh $(LAB) $(PLUGIN)

demo-stop: lab
	@$(LAB) down

## The tests

test: packages unit lab-test e2e-lab

unit:
	$(call say,unit and integration tests)
	@$(CARGO) test --locked --workspace

lab-test: lab
	$(call say,building Kubernetes $(NEWEST) and $(OLDEST) (the first time: about 15 minutes on 2 cores))
	@$(LAB) build --version $(NEWEST) --version $(OLDEST) --kwok
	$(call say,the lab's own tests: clusters that are stopped and killed in every way (about 3 minutes))
	@cd tests/lab && go vet -tags lab ./... && go test -count=1 -tags lab -timeout 30m .

# Mostly the tests wait for pods, so both versions go side by side; each line tells which one it is of.
e2e-lab: build lab
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

generate: build
	@tests/generate.sh $(PLUGIN)/kubectl-indexedjob .

check-generated: build
	$(call say,generated files)
	@new=$$(mktemp -d); trap 'rm -rf "$$new"' EXIT; tests/generate.sh $(PLUGIN)/kubectl-indexedjob "$$new"; \
	diff -r completions "$$new/completions" && diff docs/reference.md "$$new/docs/reference.md" \
	  || { echo 'error: generated files are not up to date' >&2; echo 'hint: make generate, and commit' >&2; exit 1; }

ci: packages fmt clippy check-generated deny test
