# Node 24 is one of the npm packages; on Debian, HAProxy lies where only root's PATH leads.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH):/usr/sbin:/sbin

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-cluster test e2e conformance bench lint build install clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: setup ## run the main job on real parts, in under a minute (KEEP=1 leaves it running)
	@node scripts/demo/main.ts $(if $(KEEP),--keep)

demo-cluster: ## the same for pods in a real Kubernetes on this machine, as root (the first time, it is built: minutes)
	@scripts/setup.sh --with-cluster
	@node scripts/demo-cluster/main.ts $(if $(KEEP),--keep)

test: setup ## check types and style, and run the tests, with the real HAProxy and API server
	@npm --silent test

e2e: ## run the tests on a whole Kubernetes cluster of this machine (as root; the first time, it is built: minutes)
	@scripts/setup.sh --with-cluster
	@npm --silent run e2e

conformance: ## run Kubernetes' own tests for LoadBalancer Services, on such a cluster (as root; half an hour)
	@scripts/setup.sh --with-conformance
	@test/cluster/assets.sh --group core --group node --group conformance >/dev/null
	@node test/conformance/main.ts

lint: setup ## check types and style only
	@npm --silent run lint

bench: setup ## measure, beside what it is compared with (writes bench/RESULTS.md)
	@npm --silent run bench

build: ## bundle the programs into dist/ (needs npm, and no more)
	@scripts/setup.sh --to-build
	@npm --silent run build

install: ## put Homeport on this machine, with its services (DESTDIR=... for elsewhere)
	@scripts/setup.sh --to-run
	@npm --silent run build
	@scripts/install.sh

setup: ## get what the others need: npm packages, HAProxy, Mosquitto (they do it by themselves)
	@scripts/setup.sh

clean: ## remove what was built and installed here
	rm -rf dist coverage node_modules
