"""No field that somebody writes in is kept by a browser, on any page of site and desk."""

import re
from pathlib import Path

import pytest

from dropbox.config import TEMPLATES_DIR

PAGES = sorted(
    path for folder in ("site", "desk") for path in (TEMPLATES_DIR / folder).rglob("*.html")
)
FIELD = re.compile(r"<(?:textarea|select)\b(?:[^>{]|\{\{.*?\}\}|\{%.*?%\})*>", re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}-{page.name}")
def test_no_session_of_a_browser_keeps_a_text(page: Path) -> None:
    """Firefox writes texts and choices into its session unless the field itself says not to."""
    fields = FIELD.findall(page.read_text("utf-8"))
    assert [field for field in fields if 'autocomplete="off"' not in field] == []
