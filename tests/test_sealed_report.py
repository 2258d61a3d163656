"""The report's page in browser mode: what it asks, shows, sends, and leaves behind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from dropbox.reporter import hints
from tests.filling import STORY, Filling, filling, more, refused, two_channels
from tests.organisation import Handler, Office
from tests.site_client import World

STORED = """JSON.stringify([localStorage.length, sessionStorage.length, document.cookie,
    history.state]) """
DATABASES = "Promise.all([indexedDB.databases(), caches.keys()]).then(JSON.stringify)"
EVERYTHING = {
    "mode": "confidential",
    "name": "Merkteken-tapuit",
    "contact": "\u200b",
    "excluded": ["OTHER"],
    "conduct": ["intimidation", "racism"],
    "grounds": ["race"],
    "unit": "north",
    "period": "2026-Q4",
    "works_with_subject": "yes",
    "supporter": "no",
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Make a site with two channels."""
    return two_channels(tmp_path_factory.mktemp("world"))


@pytest.fixture
def visit(browser: Browser, origin: str) -> Iterator[Filling]:
    """Begin a visit on a phone."""
    with filling(browser, origin, viewport={"width": 390, "height": 844}) as found:
        yield found


def fill(page: Page, fields: dict[str, object]) -> None:
    """Put answers into the form; what is not named becomes empty."""
    page.evaluate(
        """fields => { for (const field of document.querySelector("#report").elements) {
            const value = fields[field.name], given = [].concat(value ?? []);
            if (!field.matches("input:not([type=hidden]), textarea, select")) continue;
            if (field.matches("[type=checkbox], [type=radio]"))
                field.checked = given.length ? given.includes(field.value) : !field.value;
            else field.value = given[0] ?? "";
        } }""",
        fields,
    )


def all_of(world: World) -> dict[str, object]:
    """Return every answer that the form knows, with the second handler excluded."""
    other = world.offices[0].handlers[1].handler_id.hex()
    return EVERYTHING | {"text": STORY, "excluded": [other]}


def test_report_is_the_one_that_the_server_would_seal(visit: Filling, world: World) -> None:
    """Every answer reaches the handler as in the server's mode; who is excluded gets nothing."""
    reader, other = world.offices[0].handlers
    before = [one.report for one in world.reports(reader)]
    code = world.file(lang="nl", **all_of(world))
    (by_server,) = (one.report for one in world.reports(reader) if one.report not in before)
    visit.open()
    fill(visit.page, all_of(world))
    visit.press_review()
    visit.act("seal")
    words = visit.code()
    assert len(words) == len(code.split())
    reports = [one.report for one in world.reports(reader)]
    assert reports.count(by_server) == 2
    assert by_server not in [one.report for one in world.reports(other)]
    assert world.open(" ".join(words)).status_code == HTTPStatus.OK


def test_nothing_that_was_typed_leaves_in_clear_or_stays(visit: Filling) -> None:
    """No request holds a word of the story or the code; nothing is stored; one origin is asked."""
    visit.open()
    visit.check()
    visit.act("seal")
    words = visit.code()
    sent = b"".join(one.url.encode() + (one.post_data_buffer or b"") for one in visit.asked)
    sent += json.dumps([one.headers for one in visit.asked]).encode()
    for trace in ("tapuit", "geschreeuwd", " ".join(words[:2]), "+".join(words[:2]), words[0]):
        assert trace.encode() not in sent, trace
    assert all(one.url.startswith(visit.origin) for one in visit.asked)
    assert visit.page.evaluate(STORED) == '[0,0,"",null]'
    assert visit.page.evaluate(DATABASES) == "[[],[]]"
    assert visit.page.context.cookies() == []
    assert "tapuit" not in visit.page.content()
    assert [one.method for one in visit.posts()] == ["POST"]


def test_review_shows_what_the_servers_review_shows(visit: Filling, world: World) -> None:
    """The same rows in the same words, and the fingerprint of the card beside the button."""
    for lang in ("nl", "en"):
        fields = all_of(world)
        typed = world.filled(lang=lang, **fields)
        theirs = world.post(f"/{lang}/report/meldpunt", typed | {"step": "review"}).text
        visit.open(lang)
        fill(visit.page, fields)
        visit.press_review()
        ours = visit.page.locator("dl.review").inner_html()
        expected = theirs.partition('<dl class="review">')[2].partition("</dl>")[0]
        assert "".join(ours.split()) == "".join(expected.split())
        shown = visit.page.locator("#review-fingerprint").inner_text()
        assert shown == world.offices[0].card().fingerprint
        left_out = visit.page.locator("p.hint[data-slot=left-out]").inner_text()
        assert not left_out or left_out in theirs


PERSON = {"mode": "confidential", "name": "x", "contact": ""}
WRONG: list[dict[str, object]] = [
    {"text": ""},
    {"text": " \u200b\ufe0f\u3164\U000e0100\n"},
    {"text": "é" * 20_001},
    {"text": "\U0001f600" * 16_011},
    {"mode": "confidential"},
    {"name": "Iemand", "contact": "hier"},
    PERSON | {"name": "\U0001f600" * 101},
    PERSON | {"contact": "a" * 301},
    {"excluded": "ALL"},
    {"text": "", "name": "Iemand", "excluded": "ALL"},
    {"text": "\U0001f600" * 15_000},
    PERSON | {"name": "\U0001f600" * 100, "contact": "a" * 300},
]


def test_what_is_wrong_is_said_as_the_server_says_it(visit: Filling, world: World) -> None:
    """For every wrong answer the same sentences, with links to the fields; nothing is sent."""
    everybody = [handler.handler_id.hex() for handler in world.offices[0].handlers]
    for lang in ("nl", "en"):
        visit.open(lang)
        for case in WRONG:
            fields = {"text": STORY, "mode": "anonymous"} | case
            if fields.get("excluded") == "ALL":
                fields["excluded"] = everybody
            fill(visit.page, fields)
            visit.press_review()
            links = visit.page.locator(".summary a")
            assert links.all_inner_texts() == refused(world, lang, fields), case
            for link in links.all():
                target = visit.page.locator(link.get_attribute("href") or "")
                assert target.count() == 1
            if not links.count():
                visit.act("change")
        assert visit.posts() == []


def test_errors_are_tied_to_their_fields_and_go_again(visit: Filling) -> None:
    """The field is marked and described, the summary has the focus; a right answer clears it."""
    visit.open("en")
    visit.press_review()
    text = visit.page.locator("#text")
    expect(text).to_have_attribute("aria-invalid", "true")
    assert "text-problem" in (text.get_attribute("aria-describedby") or "")
    assert visit.page.evaluate("document.activeElement.className") == "summary"
    assert visit.page.title().startswith("Error: ")
    visit.check()
    visit.act("change")
    assert visit.page.locator("#text-problem, [aria-invalid], .summary").count() == 0
    assert not visit.page.title().startswith("Error: ")
    assert text.get_attribute("aria-describedby") == "text-hint"


CONTACTS = (
    *(
        "bel 06 12345678",
        "bel 0612345678x",
        "+31 (0)20-123 45 67",
        "00 31 20 1234567",
        "x0612345678",
    ),
    *("op 01-02-2024", "op 01-02-2024 06 12345678", "op 1/2/24 12:30 gebeld", "NL12 3456 7890 12"),
    *("1234567890", "kamer 0123", "\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669"),
    *("a@b.nl", "jan.de-vries+x@gemeente.voorbeeld.nl", "a@b", "@b.nl", "é@ü.nl", "a @ b.nl"),
    *("01-02-2024 03-04-2025", "0612345678 0612345679", "20 2011-12-13 0201234567", "0612345678é"),
)


def test_hints_are_those_of_the_server(visit: Filling) -> None:
    """What looks like an address or a number does so in both modes, and nothing else does."""
    visit.open("en")
    for text in CONTACTS:
        visit.check(text)
        found = visit.page.locator("[data-slot=found]").all_inner_texts()
        said = (found or [""])[0]
        assert ("e-mail" in said) == hints.has_email(text), text
        assert ("phone" in said) == hints.has_phone(text), text
        visit.act("change")


def test_name_is_no_anonymous_hint(visit: Filling) -> None:
    """A confidential report may hold a phone number: nothing is said of it."""
    visit.open()
    fill(visit.page, {"text": "06 12345678", "mode": "confidential", "name": "Ik"})
    visit.press_review()
    expect(visit.page.locator("dl.review")).to_be_visible()
    assert visit.page.locator("[data-slot=hint]").count() == 0


def test_same_bytes_are_sent_again_when_the_answer_is_lost(visit: Filling, world: World) -> None:
    """Stored, and the line broke: once more gives the very same, one report, and the code."""
    reader = world.offices[0].handlers[0]
    before = len(world.reports(reader))
    lost: list[int] = []

    def lose(route: Route) -> None:
        if lost:
            route.fallback()
            return
        lost.append(route.fetch().status)
        route.abort()

    visit.page.route("**/sealed/report", lose)
    visit.open()
    visit.check()
    visit.act("seal")
    visit.page.wait_for_selector("#problem")
    assert visit.problem() == "Lost"
    assert visit.page.locator("#words li").count() == 0
    visit.act("change")
    visit.press_review()
    visit.act("seal")
    visit.code()
    assert lost == [200]
    assert len(set(visit.sealed())) == 1
    assert len(visit.sealed()) == 2
    assert len(world.reports(reader)) == before + 1


def test_refusal_after_a_lost_answer_does_not_say_that_nothing_came(visit: Filling) -> None:
    """The first try may be stored, whatever is said of the second."""
    visit.answers(None, 6)
    visit.open("en")
    visit.check()
    for reason in ("Lost", "ChannelClosed"):
        visit.act("seal")
        visit.page.wait_for_selector(f"#problem[data-reason={reason}]")
    assert "An earlier try may have arrived" in visit.page.locator("#problem").inner_text()
    assert len(set(visit.sealed())) == 1


def test_two_clicks_send_once(visit: Filling) -> None:
    """A second press while it is locked and sent does nothing more."""
    visit.open()
    visit.check()
    visit.page.locator("[data-act=seal]").dblclick()
    visit.code()
    assert len(visit.sealed()) == 1


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (6, "ChannelClosed"),
        (7, "NotNow"),
        *more((8, "Malformed"), (9, "StoreFailed"), (3, "Malformed")),
    ],
)
def test_refused_report_stays_on_the_page(visit: Filling, code: int, reason: str) -> None:
    """Each answer has its words and the focus; the text is there, and no code is shown."""
    visit.answers(code, wait=300)
    visit.open("en")
    visit.check()
    visit.act("seal")
    visit.page.wait_for_selector("#problem")
    assert visit.problem() == reason
    assert visit.page.evaluate("document.activeElement.id") == "problem"
    assert ("5 minutes" in visit.page.locator("#problem").inner_text()) == (code == 7)
    assert visit.page.locator("#words li").count() == 0
    assert visit.page.locator("#problem button[formaction]").count() == (code == 6)
    visit.act("change")
    assert visit.page.locator("textarea").input_value() == STORY


@pytest.mark.parametrize(
    "body", [b"<!doctype", *more(b"", b"MKAN\x01", b"MKAN\x01\x0b", b"MKAN\x02\x00")]
)
def test_an_answer_that_is_none_gives_no_code(visit: Filling, body: bytes) -> None:
    """Whatever a server or a hotel's network says instead: nobody knows, and it can go again."""
    visit.page.route("**/sealed/report", lambda route: route.fulfill(body=body))
    visit.open()
    visit.check()
    visit.act("seal")
    visit.page.wait_for_selector("#problem")
    assert visit.problem() == "Lost"


def test_new_readers_are_shown_before_anything_goes_to_them(visit: Filling, world: World) -> None:
    """Answer 5 brings the new card and the review again; only then the report can be sent."""
    office = world.offices[0]
    visit.open("en")
    visit.check()
    visit.answers(5)
    office_then = list(office.handlers)
    later = Office([*office_then, Handler("nieuweling")], office.slug, office.seed)
    world.server.shelf.add(later.card_bytes(2), world.today)
    try:
        visit.act("seal")
        visit.page.wait_for_selector("[role=status] >> text=has changed")
        assert "nieuweling" in visit.page.locator("dl.review").inner_text()
        assert STORY.split("\n")[0] in visit.page.locator("dl.review").inner_text()
        visit.act("seal")
        visit.code()
        assert len(set(visit.sealed())) == 2
    finally:
        world.server.shelf.add(replace(office).card_bytes(3), world.today)
