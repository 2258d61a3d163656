"""Says what this Python lacks for Meldkluis, and exits with 1 if it lacks anything.

Runs under whatever Python is found, so it keeps to what an old Python 3 also reads.
"""

import importlib.util
import sys

PYTHON = (3, 11)
SQLITE = (3, 37)  # The first with STRICT tables.

try:
    import sqlite3
except ImportError:
    sqlite3 = None


def missing():
    """Return what is missing, as a list of phrases."""
    lacks = []
    if sys.version_info[:2] < PYTHON:
        lacks.append(f"it is Python {sys.version_info[0]}.{sys.version_info[1]}, not 3.11 or newer")
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        lacks.append("it has no venv module (Debian: apt install python3-venv)")
    if sqlite3 is None:
        lacks.append("it has no SQLite")
    elif sqlite3.sqlite_version_info[:2] < SQLITE:
        lacks.append(f"its SQLite is {sqlite3.sqlite_version}, not 3.37 or newer")
    return lacks


if __name__ == "__main__":
    print("; ".join(missing()))
    sys.exit(1 if missing() else 0)
