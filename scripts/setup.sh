#!/bin/sh
# Makes .venv exactly as the locks say, and the lexicon. Usage: scripts/setup.sh runtime|all|lexicon
#
# A stamp in .venv holds a checksum of everything that decides its content, this folder included (an editable
# install points at it), and is written last. So a second run costs nothing, and an interrupted run, a changed
# lock or a moved checkout starts again from an empty .venv. Of two set-ups at once, the second waits.
set -eu
cd "$(dirname "$0")/.."
python=.venv/bin/python
child=

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

trap stop INT TERM
case "${1:-}" in
    runtime) take_turn; runtime ;;
    all) take_turn; runtime; tools ;;
    lexicon) take_turn; runtime; lexicon ;;
    *) say 'Usage: scripts/setup.sh runtime|all|lexicon'; exit 2 ;;
esac
