"""`meldkluis mailbox`: opened on the reporter's machine, believed as far as signatures go."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from dropbox.cli import rooms
from dropbox.cli.reporter_site import UNKNOWN_STATUS
from dropbox.protocol import handed_in, keys, mailbox_page, reply_code
from dropbox.protocol.handed_in import Answer
from dropbox.protocol.mailbox_page import PAGE_BYTES, MailboxPage
from tests.blind_server import rows
from tests.client_world import MARKER, Wired, at_the_day, raw, run, wired
from tests.organisation import SITE_ID, TODAY, Office, office
from tests.site_client import Desk, World

MAILBOX = "/sealed/mailbox"
MESSAGE = "/sealed/message"
WITHDRAWAL = "/sealed/withdrawal"
SAY = "1\nNog iets.\n.\ny\n"


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all tests be on one day."""
    at_the_day(monkeypatch)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Wired]:
    """Run a site with two channels."""
    shops = (office(), Office(office().handlers, slug="hotline"))
    with wired(World(tmp_path, shops)) as made:
        yield made


@pytest.fixture
def code(site: Wired) -> str:
    """Return the code of a report that is there."""
    return filed_at(site)


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wired]:
    """Run a site for all tests that change nothing."""
    with wired(World(tmp_path_factory.mktemp("lasting"), (office(),))) as made:
        yield made


@pytest.fixture(scope="module")
def known(lasting: Wired) -> str:
    """Return a code that opens a mailbox there."""
    return filed_at(lasting)


def filed_at(site: Wired) -> str:
    """File a report; return its code."""
    return " ".join(reply_code.words(site.world.server.file(text=MARKER).key, "en"))


def kinds(site: Wired) -> list[tuple[str, str]]:
    """Return kind and text of the messages that the first handler can read."""
    handler = site.world.offices[0].handlers[0]
    return [(one.message.kind, one.message.text) for one in site.world.messages(handler)]


def test_whole_thread_from_a_terminal(site: Wired, code: str) -> None:
    """Read, write, pause, resume, withdraw: each reaches the handlers; then the code is dead."""
    Desk(site.world, code).reply(site.world.offices[0].handlers[0], "Wat zou je helpen?")
    ended = run("mailbox", site.site, typed=f"{code}\n{SAY}2\n2\n\n")
    assert ended.exit_code == 0, ended.output
    for said in (
        "Channel: Meldpunt Voorbeeld",
        "Your report is received.",
        "Receipt is confirmed.",
        "Reply of 2026-11-21, adviseur.",
        "│ Wat zou je helpen?",
        "Your message is sent.",
        "Your report is paused.",
        "Nobody takes a step until you resume.",
        "Your report is resumed.",
    ):
        assert said in ended.output, said
    assert MARKER not in ended.output
    assert code not in ended.output
    assert kinds(site) == [("message", "Nog iets."), ("hold", ""), ("resume", "")]
    gone = run("mailbox", site.site, typed=f"{code}\n3\nwithdraw\n")
    assert gone.exit_code == 0, gone.output
    assert rows(site.world.server.store, "mailbox") == 0
    assert "This code opens no mailbox." in run("mailbox", site.site, typed=f"{code}\n").output


def test_dutch_mailbox_asks_for_a_dutch_word(
    site: Wired, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Withdrawing needs the word in the language of the terminal, and any other does nothing."""
    assert run("mailbox", site.site, typed=f"{code}\n3\nyes\n\n").exit_code == 0
    assert rows(site.world.server.store, "mailbox") == 1
    monkeypatch.setenv("MELDKLUIS_LANG", "nl")
    ended = run("mailbox", site.site, typed=f"{code}\n\n")
    assert "Er is nog geen antwoord." in ended.output


def test_mistyped_code_is_asked_again_and_goes_nowhere(site: Wired, code: str) -> None:
    """A word too few, a word of no list, a wrong word: told on this machine alone."""
    short, strange = code.rsplit(" ", 1)[0], code.replace(code.split()[0], "xxxxxx", 1)
    ended = run("mailbox", site.site, typed=f"{short}\n{strange}\n{code}\n\n")
    assert ended.exit_code == 0, ended.output
    assert "A reply code has ten words. You typed 9." in ended.output
    assert "Word 1 is in no word list." in ended.output
    assert site.paths.count(f"POST {MAILBOX}") == 1


def test_forged_reply_is_counted_and_not_shown(site: Wired, code: str) -> None:
    """What the server puts in or changes is said to be damaged or forged."""
    Desk(site.world, code).reply(site.world.offices[0].handlers[0], "Echt.")
    there = page_of(site, code)
    (reply,) = there.replies
    forged = (reply[:-1] + bytes((reply[-1] ^ 1,)), there.memo, b"x" * 5000)
    packed = mailbox_page.pack(replace(there, replies=forged))
    site.instead[MAILBOX] = [lambda _body: raw(packed)]
    ended = run("mailbox", site.site, typed=f"{code}\n\n")
    assert ended.exit_code == 0, ended.output
    assert "3 replies do not open." in ended.output
    assert "Echt." not in ended.output


def asked(code: str) -> bytes:
    """Return what asks for the first page of a code's mailbox."""
    return keys.token(SITE_ID, reply_code.parse(code)) + bytes(1)


def page_of(site: Wired, code: str) -> MailboxPage:
    """Return the first page of a code's mailbox."""
    content = site.honest("POST", MAILBOX, asked(code)).partition(b"\r\n\r\n")[2]
    found = mailbox_page.unpack(content)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("came", "said"),
    [
        (raw(bytes(PAGE_BYTES - 1)), "is not the site"),
        (raw(b"\x01\x00" + b"\xff" * (PAGE_BYTES - 2)), "The mailbox page is malformed."),
        (raw(bytes(PAGE_BYTES))[:-1000], "the line broke"),
        (raw(bytes(PAGE_BYTES + 1)), "is not the site"),
        (raw(b"<html>"), "is not the site"),
        (raw(b"", "301 Moved", "Location: http://127.0.0.1:9/"), "is not the site"),
        (raw(b"down", "502 Bad Gateway"), "cannot answer now"),
        (raw(handed_in.answer(Answer.FAILING)), "This does not work at the moment."),
        (raw(bytes(PAGE_BYTES)), "This code opens no mailbox."),
    ],
    ids=range(9),
)
def test_answer_that_is_no_page_opens_nothing(
    lasting: Wired, known: str, came: bytes, said: str
) -> None:
    """Cut, too long, a page of the web, another address, an unknown mailbox: one line says it."""
    lasting.instead[MAILBOX] = [lambda _body: came]
    ended = run("mailbox", lasting.site, typed=f"{known}\nn\n")
    assert ended.exit_code == 1
    assert said in ended.output


def test_lost_answer_to_a_message_stores_it_once(site: Wired, code: str) -> None:
    """The same bytes again: one message. Given up, the status says that nobody knows."""
    site.instead[MESSAGE] = [site.store_and_break(MESSAGE)]
    ended = run("mailbox", site.site, typed=f"{code}\n{SAY}y\n\n")
    assert ended.exit_code == 0, ended.output
    assert kinds(site) == [("message", "Nog iets.")]
    site.instead[MESSAGE] = [site.store_and_break(MESSAGE)]
    ended = run("mailbox", site.site, typed=f"{code}\n{SAY}n\n")
    assert ended.exit_code == UNKNOWN_STATUS
    assert "It is not known whether that arrived." in ended.output


def test_message_that_was_collected_after_a_lost_answer_is_not_doubled(
    site: Wired, code: str
) -> None:
    """The first try arrived and the second meets "changed": the mailbox shows that it is there."""
    changed = raw(handed_in.answer(Answer.MAILBOX_CHANGED))
    site.instead[MESSAGE] = [site.store_and_break(MESSAGE), lambda _body: changed]
    ended = run("mailbox", site.site, typed=f"{code}\n{SAY}y\n\n")
    assert ended.exit_code == 0, ended.output
    assert "Your message is sent." in ended.output
    assert kinds(site) == [("message", "Nog iets.")]


def test_mailbox_that_changed_is_read_and_sealed_anew(site: Wired, code: str) -> None:
    """A pause from another window in between: the message goes in behind it, and keeps it."""

    def first_the_other(body: bytes) -> bytes:
        site.world.act(code, "hold")
        return site.honest("POST", MESSAGE, body)

    site.instead[MESSAGE] = [first_the_other]
    ended = run("mailbox", site.site, typed=f"{code}\n{SAY}\n")
    assert ended.exit_code == 0, ended.output
    assert kinds(site) == [("hold", ""), ("message", "Nog iets.")]
    assert "You paused your report." in ended.output


def test_refused_message_leaves_the_mailbox_open(site: Wired, code: str) -> None:
    """After refusals the person can still read, and withdraw."""
    refusals = (Answer.MAILBOX_FULL, Answer.CHANNEL_CLOSED, Answer.MALFORMED)
    site.instead[MESSAGE] = [
        lambda _body, each=each: raw(handed_in.answer(each)) for each in refusals
    ]
    ended = run("mailbox", site.site, typed=f"{code}\n{SAY * 3}3\nWITHDRAW\n")
    assert ended.exit_code == 0, ended.output
    assert kinds(site) == []
    assert rows(site.world.server.store, "mailbox") == 0


def test_lost_answer_to_a_withdrawal_is_cleared_up(site: Wired, code: str) -> None:
    """Withdrawn, answer lost, sent again: the tombstone's very bytes are a yes."""
    site.instead[WITHDRAWAL] = [site.store_and_break(WITHDRAWAL)]
    ended = run("mailbox", site.site, typed=f"{code}\n3\nwithdraw\ny\n")
    assert ended.exit_code == 0, ended.output
    assert "Your report is withdrawn" in ended.output


def test_question_about_another_channel_can_be_refused(site: Wired, code: str) -> None:
    """The other channel is shown from its own card; no is sent, and is not possible in a pause."""
    other = site.world.offices[1]
    asker = site.world.offices[0].handlers[0]
    Desk(site.world, code).reply(asker, "Mag het meldpunt meelezen?", transfer=other.channel_pk)
    paused = run("mailbox", site.site, typed=f"{code}\n2\n\n")
    assert paused.output.count("No, do not pass it on") == 1
    ended = run("mailbox", site.site, typed=f"{code}\n2\n3\n\n")
    assert ended.exit_code == 0, ended.output
    assert "may another channel read? Meldpunt Voorbeeld" in ended.output
    assert "nothing is passed on" in ended.output
    assert [kind for kind, _text in kinds(site)] == ["hold", "resume", "refusal"]


def test_older_replies_come_when_asked(site: Wired, code: str) -> None:
    """More replies than a page holds: the rest is one number away, and nothing is said missing."""
    desk = Desk(site.world, code)
    handler = site.world.offices[0].handlers[0]
    for number in range(1, 8):
        desk.reply(handler, f"Antwoord {number}.", number=number, turn=number + 1)
    ended = run("mailbox", site.site, typed=f"{code}\n3\n\n")
    assert ended.exit_code == 0, ended.output
    first, _, second = ended.output.partition("Show older replies")
    assert "Antwoord 1." not in first
    assert "Antwoord 1." in second
    assert "missing" not in second


def test_words_of_a_handler_do_nothing_to_the_terminal(site: Wired, code: str) -> None:
    """Colours, a bell and a reversed line are shown as marks, behind the gutter."""
    text = "Dag\x1b[31m\x07\u202e\nChannel: nep"
    Desk(site.world, code).reply(site.world.offices[0].handlers[0], text)
    ended = run("mailbox", site.site, typed=f"{code}\n\n")
    assert not set(ended.output) & {"\x1b", "\x07", "\u202e"}
    assert "\nChannel: nep" not in ended.output


def test_overdue_dates_are_said_as_on_the_page(
    site: Wired, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After ten days without an answer the mailbox says that it is not right."""
    late = rooms.now() + timedelta(days=10)
    monkeypatch.setattr(rooms, "now", lambda: late)
    ended = run("mailbox", site.site, typed=f"{code}\n\n")
    owed = (TODAY + timedelta(days=7)).isoformat()
    assert f"Receipt was owed on {owed}." in ended.output
