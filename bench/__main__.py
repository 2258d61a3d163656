"""``make bench``: runs the measurements, prints a table, writes bench/results.json."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from bench import jobs
from bench.results import Result, table

RESULTS = Path(__file__).parent / "results.json"


def main() -> None:
    """Measure everything; a goal that is missed is printed, and is no error."""
    with tempfile.TemporaryDirectory(prefix="meldkluis-bench-") as folder:
        results: list[Result] = jobs.measure(Path(folder))
    print(table(results))
    RESULTS.write_text(json.dumps([vars(each) for each in results], indent=1) + "\n", "utf-8")


main()
