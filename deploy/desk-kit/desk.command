#!/bin/sh
# Starts the desk on macOS, and installs it the first time. Without a network.
exec "$(dirname "$0")/desk.sh" "$@"
