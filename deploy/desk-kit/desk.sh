#!/bin/sh
# Starts the desk on Linux, and installs it the first time. Without a network.
here=$(dirname "$0")
for candidate in ${PYTHON:-python3.14 python3.13 python3.12 python3.11 python3}; do
    "$candidate" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' \
        2>/dev/null && exec "$candidate" "$here/start.py" "$@"
done
echo 'Er is geen Python 3.11 tot en met 3.14 met venv. Zie LEESMIJ.txt.' >&2
echo 'There is no Python 3.11 up to 3.14 with venv. See README.txt.' >&2
exit 1
