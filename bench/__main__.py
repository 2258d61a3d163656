"""``make bench``: runs the measurements, prints a table, writes bench/results.json.

``python -m bench [--full] [PART …]`` runs some of them, or all at their full size.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import tempfile
import time
from pathlib import Path

from bench import imports
from bench.results import Result, table

RESULTS = Path(__file__).parent / "results.json"
PARTS = (
    "jobs",
    "sealed",
    "browser",
    "wire",
    "large",
    "imports",
    "desk",
    "carving",
    "worker_classes",
)
"""Modules of this package with a ``measure(folder) -> list[Result]``, in this order."""

_GIBIBYTE = 1024**3


def main() -> None:
    """Measure what was asked for; a goal that is missed is printed, and is no error."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--full", action="store_true", help="import 100,000 envelopes, too")
    asked = parser.parse_args()
    if asked.full:
        imports.SIZES = (*imports.SIZES, imports.FULL)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIBIBYTE
    print(f"{os.cpu_count()} cores, {memory:.0f} GiB; load {os.getloadavg()[0]:.1f} at the start")
    results: list[Result] = []
    for part in asked.parts or PARTS:
        begin = time.perf_counter()
        with tempfile.TemporaryDirectory(prefix="meldkluis-bench-") as folder:
            results += importlib.import_module(f"bench.{part}").measure(Path(folder))
        print(f"{part}: {time.perf_counter() - begin:.0f} s", flush=True)
    print(table(results))
    RESULTS.write_text(json.dumps([vars(each) for each in results], indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
