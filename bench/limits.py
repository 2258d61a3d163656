"""Other limits for a site under measurement: the usual ones would refuse its reports."""

from __future__ import annotations

import re
from pathlib import Path

UNLIMITED = {
    "reports_at_once": 1_000_000,
    "reports_per_hour": 1_000_000,
    "mib_at_once": 100_000,
    "mib_per_hour": 100_000,
}


def set_limits(site_toml: Path, **figures: int) -> None:
    """Write figures of ``[limits]`` into a site.toml, before its site starts."""
    text = site_toml.read_text("utf-8")
    for name, figure in figures.items():
        text, found = re.subn(rf"^{name} = \d+$", f"{name} = {figure}", text, flags=re.MULTILINE)
        if found != 1:
            raise ValueError(name)
    site_toml.write_text(text, "utf-8")
