"""The pages read sensibly from top to bottom: Chromium's accessibility tree, as it is spoken."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests import live
from tests.live import LiveSite
from tests.reading_order import faults, place, reading
from tests.visitor import Chromium, Visits

pytestmark = pytest.mark.parametrize("visits", ["chromium"], indirect=True, scope="module")

PAGES = ("", "routes", "report", "report/integriteitspunt", "mailbox", "keys", "no-such-page")
TEXTS = {
    "nl": (
        "Wat wil je vertellen?",
        "Er klopt nog iets niet",
        "Controleer je melding",
        "Je antwoordcode",
    ),
    "en": ("What do you want to tell?", "There is a problem", "Check your report", "reply code"),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """Run the demonstration."""
    with live.live_site(tmp_path_factory.mktemp("live")) as running:
        yield running


@pytest.fixture
def page(visits: Visits) -> Iterator[Page]:
    """Open a visit."""
    with visits.visit() as visitor:
        assert isinstance(visitor, Chromium)
        yield visitor.page


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_page_reads_sensibly(page: Page, site: LiveSite, language: str) -> None:
    """A way past the top, one main heading first, no level skipped, every control named."""
    for path in PAGES:
        page.goto(f"{site.origin}/{language}/{path}")
        assert faults(reading(page)) == [], path


@pytest.mark.parametrize("language", ["nl", "en"])
def test_form_is_read_in_the_order_in_which_it_is_filled_in(
    page: Page, site: LiveSite, language: str
) -> None:
    """Who reads comes before the story, its hint with it, and the button after everything."""
    story, _problem, check, _code = TEXTS[language]
    page.goto(f"{site.origin}/{language}/report/integriteitspunt")
    read = reading(page)
    order = [
        place(read, "banner", ""),
        place(read, "main", ""),
        place(read, "heading", ""),
        place(read, "textbox", story),
        place(read, "radio", ""),
        place(read, "checkbox", ""),
        place(read, "combobox", ""),
        max(n for n, each in enumerate(read) if each.role == "button" and check in each.name),
        place(read, "contentinfo", ""),
    ]
    assert order == sorted(order), "\n".join(map(str, read))
    assert read[order[3]].description


@pytest.mark.parametrize("language", ["nl", "en"])
def test_problem_is_announced_and_named_at_its_field(
    page: Page, site: LiveSite, language: str
) -> None:
    """What is missing stands in an alert before the form, has the focus, and is at the field."""
    story, problem, _check, _code = TEXTS[language]
    page.goto(f"{site.origin}/{language}/report/integriteitspunt")
    page.locator("main button[value=review], form#report button.main").first.click()
    page.wait_for_selector("[role=alert]")
    read = reading(page)
    assert faults(read) == []
    at = place(read, "alert", "")
    assert read[at].focused
    assert at < place(read, "heading", problem) < place(read, "textbox", story)
    assert len(read[place(read, "textbox", story)].description) > len(problem)


def test_what_reads_badly_is_found(page: Page) -> None:
    """A page without landmarks, with a skipped level and a field without a name."""
    page.set_content("<h2>x</h2><h4>y</h4><input><button></button>")
    found = "\n".join(faults(reading(page)))
    for part in ("no name: textbox", "no name: button", "skips a level: y", "main", "landmarks"):
        assert part in found
