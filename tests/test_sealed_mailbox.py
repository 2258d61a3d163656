"""The mailbox in browser mode says what the server's own mode says, and opens it here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from dropbox.protocol import keys, reply_code
from tests import live
from tests.accessible import violations
from tests.filling import two_channels
from tests.opening import Opening, opening
from tests.organisation import SITE_ID, TODAY
from tests.site_client import Desk, World

REPLY = "Dank je wel, merkteken-roerdomp.\n\n  Ingesprongen <b>regel</b>."
MAIN = "document.querySelector('main').innerText"
OWN = """() => {
    for (const extra of document.querySelectorAll("[data-extra]")) extra.remove();
    return document.querySelector("section#mailbox").innerText;
}"""
ONLY_SERVER = {
    "en": "Ready? Close this page or leave it. Nothing stays open: you type the code each time.",
    "nl": "Klaar? Sluit of verlaat deze pagina. Er blijft niets open staan: je typt de code elke "
    "keer opnieuw.",
}
"""What the server's mode says and this one does not, which closes by itself and by a button."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Make a site with two channels."""
    return two_channels(tmp_path_factory.mktemp("world"))


@pytest.fixture
def visit(browser: Browser, origin: str) -> Iterator[Opening]:
    """Begin a visit on a phone."""
    with opening(browser, origin, viewport={"width": 390, "height": 844}) as found:
        yield found


def desk_of(world: World, code: str) -> Desk:
    """Return the desk of a mailbox; all desks of a world deliver in one row."""
    found = Desk(world, code)
    found.serials = _SERIALS.setdefault(str(world.folder), found.serials)
    return found


_SERIALS: dict[str, dict[bytes, int]] = {}


def empty(world: World) -> str:
    """No reply yet."""
    return world.file()


def answered(world: World) -> str:
    """Two handlers wrote; the last one closed it, with an outcome."""
    code = world.file()
    desk, (first, second) = desk_of(world, code), world.offices[0].handlers
    desk.reply(first, REPLY)
    desk.reply(second, "Er was een gesprek.", turn=3, state="closed", outcome="conversation")
    return code


def counted(world: World) -> str:
    """A reply is missing, a later text was not seen, and one reply is for a later day."""
    code = world.file()
    desk, handler = desk_of(world, code), world.offices[0].handlers[0]
    known = {one.envelope_id for one in world.reports(handler)}
    desk.reply(handler, "Deze is nummer drie.", number=3, turn=4, seen=tuple(known)[:32])
    world.act(code, "message", text="Nog iets.")
    world.act(code, "message", text="En nog iets.")
    desk.reply(handler, "Later.", number=4, turn=5, not_before=TODAY + timedelta(days=9))
    return code


def paused(world: World) -> str:
    """The reporter paused, and a question waits."""
    code = asked(world)
    world.act(code, "hold")
    return code


def asked(world: World) -> str:
    """A handler asks whether another channel may read."""
    code = world.file()
    handler = world.offices[0].handlers[0]
    other = world.offices[1].channel_pk
    desk_of(world, code).reply(handler, "Mag een ander lezen?", transfer=other)
    return code


def refused(world: World) -> str:
    """The reporter said no to that."""
    code = asked(world)
    world.act(code, "refuse", page="0", reply=_question(world, code))
    return code


def _question(world: World, code: str) -> str:
    page = world.open(code).text
    return page.partition('name="reply" value="')[2].partition('"')[0]


def gone(world: World) -> str:
    """The question is about a channel that this site does not know."""
    code = world.file()
    handler = world.offices[0].handlers[0]
    desk_of(world, code).reply(handler, "Mag een ander lezen?", transfer=b"\x07" * 32)
    return code


def broken(world: World) -> str:
    """One of two replies was damaged on the server."""
    code = world.file()
    desk, handler = desk_of(world, code), world.offices[0].handlers[0]
    desk.reply(handler, "Heel.", number=1)
    desk.reply(handler, "Kapot.", number=2)
    connection = world.server.store.connection()
    rows = "SELECT id, body FROM envelope WHERE direction = 2 AND mailbox = ? AND position = 2"
    name, body = connection.execute(rows, (_mailbox(world, code),)).fetchone()
    damaged = body[:-1] + bytes((body[-1] ^ 1,))
    connection.execute("UPDATE envelope SET body = ? WHERE id = ?", (damaged, name))
    return code


def forgetful(world: World) -> str:
    """The memo was damaged on the server."""
    code = answered(world)
    connection, name = world.server.store.connection(), _mailbox(world, code)
    rows = connection.execute("SELECT memo FROM mailbox WHERE id = ?", (name,))
    memo = rows.fetchone()[0]
    damaged = memo[:-1] + bytes((memo[-1] ^ 1,))
    connection.execute("UPDATE mailbox SET memo = ? WHERE id = ?", (damaged, name))
    return code


def _mailbox(world: World, code: str) -> bytes:
    key = reply_code.parse(code)
    own = keys.reporter_keys(SITE_ID, world.offices[0].channel_pk, key)
    return own.mailbox_id


KINDS: tuple[Callable[[World], str], ...] = (
    *(empty, answered, counted, paused, asked, refused, gone, broken, forgetful),
)


def by_server(visit: Opening, code: str, lang: str) -> str:
    """Return what the server's own mode says of a mailbox."""
    context = visit.page.context.browser
    assert context
    plain = live.without_script(context)
    page = plain.new_page()
    page.goto(f"{visit.origin}/{lang}/mailbox")
    page.locator("#code").fill(code)
    page.locator("main button[value=open]").click()
    page.wait_for_selector("section.group")
    found: str = page.evaluate(MAIN)
    plain.close()
    assert ONLY_SERVER[lang] in found
    return found.replace(ONLY_SERVER[lang], "").rstrip()


def by_browser(visit: Opening, code: str, lang: str) -> str:
    """Return what this browser's own mode says of a mailbox."""
    visit.open(code, lang)
    found: str = visit.page.evaluate(OWN)
    return found.rstrip()


@pytest.mark.parametrize("lang", ["en", "nl"])
def test_mailbox_says_what_the_servers_mode_says(visit: Opening, world: World, lang: str) -> None:
    """Every kind of mailbox, word for word, but for what is said about closing it."""
    for kind in KINDS:
        code = kind(world)
        assert by_browser(visit, code, lang) == by_server(visit, code, lang), kind.__doc__


@pytest.mark.parametrize("later", [7, 8, 95, 120])
def test_dates_that_were_kept_and_missed_are_said_alike(
    browser: Browser, origin: str, world: World, later: int
) -> None:
    """On the last day, after it, and when the channel's card has expired, too."""
    code, day = empty(world), TODAY + timedelta(days=later)
    world.today, today = day, world.today
    try:
        with opening(browser, origin, day=day) as visit:
            assert by_browser(visit, code, "en") == by_server(visit, code, "en")
    finally:
        world.today = today


@pytest.mark.parametrize("lang", ["en", "nl"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_view(
    browser: Browser, origin: str, world: World, lang: str, scheme: str
) -> None:
    """The form, its errors, a mailbox with a question, a problem, the withdrawal, and its end."""
    code = asked(world)
    with opening(
        browser, origin, viewport={"width": 320, "height": 700}, color_scheme=scheme
    ) as one:
        one.enter(lang)
        assert clean(one)
        one.type("zoo zoo")
        assert clean(one)
        one.type(code)
        one.page.wait_for_selector("#state")
        assert clean(one)
        one.act("message")
        assert clean(one)
        one.answers(None)
        one.write("Er is nog iets.")
        one.page.wait_for_selector("[data-act=again]")
        assert clean(one)
        one.page.locator("#message-text").fill("")
        for act in ("withdraw", "withdraw-now"):
            one.act(act)
            assert clean(one)
        one.enter(lang)
        one.type(code)
        assert clean(one)


def clean(one: Opening) -> bool:
    """See that axe-core finds nothing and that nothing is wider than the screen."""
    assert violations(one.page) == []
    assert one.page.evaluate("document.documentElement.scrollWidth") <= 320
    assert one.page.locator("h1").count() == 1
    return True
