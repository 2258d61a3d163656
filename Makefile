# Every target stands on `scripts/setup.sh`, which makes .venv from the locks and costs nothing when it is there.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
VAR ?= var
PORT ?= 8000
# Test processes side by side: as many as a small build server has cores.
WORKERS ?= 2

CATALOGUES := $(patsubst %.po,%.mo,$(wildcard dropbox/locale/*/LC_MESSAGES/messages.po))
LEXICON := dropbox/export/data/lexicon.bin
# A labelled set that is not part of this checkout; make bench-redaction goes without where it is absent.
LABELLED ?= ../shared/redaction
LOCK := $(BIN)/python -m piptools compile --quiet --upgrade --generate-hashes --allow-unsafe \
	--strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options

.PHONY: help
help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: environment lexicon tools browser-tools ## Do all of the set-up: .venv, translations, scripts, lexicon, tools, programs.
	@$(BIN)/python scripts/programs.py --install >/dev/null || \
		echo 'Everything else is set up: make run works, make test waits for these.' >&2

.PHONY: environment
environment: runtime $(CATALOGUES) bundle ## Do the set-up of a server: .venv with what runs, translations, the site's scripts.

.PHONY: desk
desk: runtime $(CATALOGUES) lexicon ## Do the set-up of a desk, which needs the lexicon and no scripts of the site.

.PHONY: lexicon
lexicon: $(LEXICON) ## Compile what `meldkluis redact` needs; for a desk, not for a server.

.PHONY: run
run: environment ## Run the demonstration: site on http://127.0.0.1:8000, and a desk (PORT=… VAR=… choose).
	@VAR='$(VAR)' PORT='$(PORT)' $(BIN)/meldkluis demo prepare
	@VAR='$(VAR)' PORT='$(PORT)' exec $(BIN)/meldkluis demo serve

.PHONY: demo
demo: environment ## Walk the whole loop by itself, over real HTTP, and print each step.
	@$(BIN)/meldkluis demo walk

.PHONY: test
test: check programs lexicon ## Check everything, then run all tests, those with browsers, nginx and the like included.
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(TESTS)

.PHONY: soak
soak: check programs lexicon ## Run the long tests at their full size, which make test shortens.
	@$(BIN)/python scripts/programs.py --install --soak >/dev/null
	@$(BIN)/python -m pytest -m soak $(TESTS)

.PHONY: check
check: environment tools browser-tools ## Check format, lint and types, without running anything.
	@$(BIN)/ruff format --check --quiet || { echo 'Run make format.' >&2; exit 1; }
	@$(BIN)/ruff check --quiet
	@$(BIN)/mypy
	@cd browser && for part in tsconfig.json tsconfig.node.json; do \
		../$(BIN)/node node_modules/typescript/bin/tsc --project $$part || exit 1; done

.PHONY: format
format: environment tools ## Put the code in its format and mend what can be mended by machine.
	@$(BIN)/ruff check --quiet --fix-only
	@$(BIN)/ruff format

.PHONY: bench
bench: environment tools programs ## Measure speed and memory.
	@$(BIN)/python -m bench

.PHONY: sbom
sbom: environment tools ## Write the list of what the site is made of, in CycloneDX, to build/sbom.cdx.json.
	@$(BIN)/python scripts/sbom.py build/sbom.cdx.json

.PHONY: verify-browser
verify-browser: runtime ## Make the site's scripts anew from the lock, and compare: served, published, made.
	@scripts/setup.sh verify-browser

.PHONY: publish-browser
publish-browser: runtime ## Make the site's scripts anew, and write their sums to dropbox/program.json.
	@scripts/setup.sh publish-browser

.PHONY: desk-kit
desk-kit: desk ## Write build/desk-kit, a folder that installs the desk without a network.
	@$(BIN)/python scripts/desk_kit.py build/desk-kit

.PHONY: screenshots
screenshots: desk tools programs ## Take pictures of the desk's pages: the guide's, and all in build/screenshots.
	@$(BIN)/python -m scripts.screenshots build/screenshots

.PHONY: bench-redaction
bench-redaction: desk ## Measure what redaction finds and leaves, on the labelled sets that are there.
	@$(BIN)/python -m bench.redaction '$(LABELLED)'

.PHONY: catalogue
catalogue: environment ## Bring the translations in step with the texts, and name what is not translated.
	@$(BIN)/python scripts/catalogue.py

.PHONY: lock
lock: environment tools ## Pin the newest versions of all dependencies, with hashes.
	@CUSTOM_COMPILE_COMMAND='make lock' $(LOCK) --output-file requirements.lock requirements.in
	@CUSTOM_COMPILE_COMMAND='make lock' $(LOCK) --output-file requirements-dev.lock requirements-dev.in
	@CUSTOM_COMPILE_COMMAND='make lock' $(LOCK) --output-file requirements-lexicon.lock requirements-lexicon.in
	@CUSTOM_COMPILE_COMMAND='make lock' $(LOCK) --output-file requirements-browser.lock requirements-browser.in

.PHONY: clean
clean: ## Remove what set-up made; data in VAR stays.
	@rm -rf .venv build *.egg-info browser/node_modules browser/protocol/words.data.js* dropbox/site/static/*.js $(CATALOGUES) $(LEXICON)
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The steps below are for the targets above.

.PHONY: runtime bundle tools browser-tools programs
runtime:
	@scripts/setup.sh runtime

bundle: runtime
	@scripts/setup.sh browser

tools: runtime
	@scripts/setup.sh all

browser-tools: runtime
	@scripts/setup.sh browser-tools

programs: runtime
	@$(BIN)/python scripts/programs.py --install >/dev/null

$(LEXICON): scripts/lexicon.py dropbox/export/lexicon.py requirements-lexicon.lock $(wildcard dropbox/export/data/*.txt) | runtime
	@scripts/setup.sh lexicon

$(CATALOGUES): %.mo: %.po | runtime
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@
