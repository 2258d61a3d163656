"""`meldkluis report`: sealed on the reporter's machine, stored as any other, or said why not."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from dropbox.cli import rooms
from dropbox.cli.reporter_site import UNKNOWN_STATUS
from dropbox.protocol import handed_in
from dropbox.protocol.handed_in import Answer
from tests.blind_server import rows
from tests.client_world import (
    MARKER,
    STORY,
    Wired,
    at_the_day,
    raw,
    run,
    telling,
    telltale,
    wired,
    words,
)
from tests.organisation import TODAY, Office, office
from tests.sealed_world import TABLES
from tests.site_client import World


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all tests be on one day."""
    at_the_day(monkeypatch)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Wired]:
    """Run a site with one channel of two readers."""
    with wired(World(tmp_path, (office(),))) as made:
        yield made


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wired]:
    """Run a site for all tests that store nothing."""
    with wired(World(tmp_path_factory.mktemp("lasting"), (office(),))) as made:
        yield made


@pytest.fixture
def empty(lasting: Wired) -> Wired:
    """Return a site at which nothing is, and which heard nothing."""
    lasting.heard.clear()
    lasting.instead.clear()
    assert stored(lasting) == 0
    return lasting


def answer(code: Answer) -> bytes:
    """Return the raw answer with a code."""
    return raw(handed_in.answer(code))


def stored(site: Wired) -> int:
    """Return how many reports are at the site."""
    return rows(site.world.server.store, "mailbox")


def test_report_reaches_its_readers_and_the_code_opens_its_mailbox(site: Wired) -> None:
    """The whole way of a report: compared, told, looked at, sealed, sent, and read by a handler."""
    ended = run("report", site.site, typed=telling())
    assert ended.exit_code == 0, ended.output
    card = site.world.offices[0].card()
    assert card.fingerprint in ended.output
    for handler in site.world.offices[0].handlers:
        assert site.world.report(handler).text == STORY
    opened = run("mailbox", site.site, typed=f"{words(ended.output)}\n\n")
    assert opened.exit_code == 0, opened.output
    assert "There is no answer yet." in opened.output


def test_rows_are_those_of_the_form(site: Wired, tmp_path: Path) -> None:
    """Whoever looks at the database cannot tell a report of this program from one of a page."""
    (tmp_path / "form").mkdir()
    form = World(tmp_path / "form", site.world.offices)
    form.file(text=STORY)
    run("report", site.site, typed=telling())
    assert shapes(site.world) == shapes(form)


def shapes(world: World) -> dict[str, list[list[object]]]:
    """Return for each table but that of forms what its rows are like: lengths and numbers."""
    found = {}
    for table in set(TABLES) - {"form_nonce"}:
        some = world.server.store.connection().execute(f"SELECT * FROM {table}").fetchall()
        found[table] = sorted(
            [("bytes", len(cell)) if isinstance(cell, bytes) else cell for cell in row]
            for row in some
        )
    assert found["envelope"]
    return found


def test_excluded_reader_gets_nothing_and_confidential_names_stay_sealed(site: Wired) -> None:
    """Who was excluded has no envelope; name and contact reach the other."""
    first, second = site.world.offices[0].handlers
    typed = telling(excluded="2", mode="y\nNoor\n")
    assert run("report", site.site, typed=typed).exit_code == 0
    report = site.world.report(first)
    assert (report.mode, report.name, report.contact) == ("confidential", "Noor", "")
    assert report.excluded == (second.handler_id,)
    assert site.world.envelopes(second) == []


def test_nothing_is_on_the_line_or_a_disk_in_clear(
    site: Wired, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the text nor a word of the code is in a request, a file, or the home folder."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(home)
    before = site.world.files()
    code = words(run("report", site.site, typed=telling()).output)
    run("mailbox", site.site, typed=f"{code}\n1\n{MARKER}\n.\ny\n\n")
    line = b"".join(site.heard)
    assert b"/sealed/message" in line
    for secret in (MARKER, "geschreeuwd", *telltale(code, before)):
        assert secret.encode() not in line
        assert secret.encode() not in site.world.files()
    assert list(home.iterdir()) == []
    heads = [one.partition(b"\r\n\r\n")[0].decode().split("\r\n") for one in site.heard]
    named = {line.partition(":")[0] for head in heads for line in head[1:]}
    assert named == {"Host", "Accept-Encoding", "Content-Type", "Content-Length"}


def test_other_fingerprint_is_refused(site: Wired) -> None:
    """A card that is not the poster's gets no word, named beforehand or compared by eye."""
    own, other = site.world.offices[0].card().fingerprint, office().card().fingerprint
    for line, typed in (
        (("--fingerprint", other), telling(channel="")),
        (("--channel", "meldpunt", "--fingerprint", other), telling(channel="")),
        (("--channel", "meldpunt"), telling(channel="n\n")),
    ):
        ended = run("report", site.site, *line, typed=typed)
        assert ended.exit_code == 1
        assert "The fingerprint is not that of this channel." in ended.output
    assert set(site.paths) == {"GET /cards"}
    spaced = own.replace(" ", "").lower()
    ended = run("report", site.site, "--fingerprint", spaced, typed=telling(channel=""))
    assert ended.exit_code == 0, ended.output


def test_lost_answer_stores_one_report_under_one_code(site: Wired) -> None:
    """Sent again as the very same bytes: it is there once, and the code is that of the first."""
    site.instead["/sealed/report"] = [site.store_and_break("/sealed/report")]
    ended = run("report", site.site, typed=telling() + "y\n")
    assert ended.exit_code == 0, ended.output
    assert "It may have arrived or not." in ended.output
    assert "was there already" in ended.output
    bodies = [one.partition(b"\r\n\r\n")[2] for one in site.heard if b"/sealed/report" in one]
    assert len(bodies) == 2
    assert bodies[0] == bodies[1]
    assert stored(site) == 1
    assert run("mailbox", site.site, typed=f"{words(ended.output)}\n\n").exit_code == 0


def test_unknown_outcome_is_said_and_has_a_status_of_its_own(site: Wired) -> None:
    """Who gives up after a lost answer gets the code, and hears that nobody knows."""
    site.instead["/sealed/report"] = [site.store_and_break("/sealed/report")]
    ended = run("report", site.site, typed=telling() + "n\n")
    assert ended.exit_code == UNKNOWN_STATUS
    assert "It is not known whether your report arrived." in ended.output
    assert run("mailbox", site.site, typed=f"{words(ended.output)}\n\n").exit_code == 0


def test_refusal_after_a_lost_answer_is_not_believed_when_the_report_is_there(site: Wired) -> None:
    """The first try had arrived; what the second met is no reason to say that nothing did."""
    site.instead["/sealed/report"] = [
        site.store_and_break("/sealed/report"),
        lambda _body: answer(Answer.CHANNEL_CLOSED),
    ]
    ended = run("report", site.site, typed=telling() + "y\n")
    assert ended.exit_code == 0, ended.output
    assert words(ended.output)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (Answer.CHANNEL_CLOSED, "This channel cannot receive anything"),
        (Answer.MALFORMED, "The site did not take this."),
        (Answer.TOO_OLD, "Nobody could open this any more."),
        (Answer.MAILBOX_FULL, "Your mailbox is full"),
        (Answer.UNKNOWN_MAILBOX, "This code opens no mailbox."),
        (Answer.MAILBOX_CHANGED, "The mailbox changed"),
        (Answer.NOT_NOW, "The site cannot take more at this moment."),
        (Answer.FAILING, "This does not work at the moment."),
    ],
)
def test_every_refusal_has_words_and_shows_no_code(empty: Wired, code: Answer, said: str) -> None:
    """What the site refuses is not there, and no code pretends otherwise."""
    empty.instead["/sealed/report"] = [lambda _body: answer(code)]
    ended = run("report", empty.site, typed=telling() + "n\n")
    assert ended.exit_code == 1
    assert said in ended.output
    assert "reply code. Write" not in ended.output
    assert stored(empty) == 0


def test_busy_site_gets_the_same_bytes_later(site: Wired) -> None:
    """After "not now" nothing is typed again."""
    site.instead["/sealed/report"] = [lambda _body: answer(Answer.NOT_NOW)]
    ended = run("report", site.site, typed=telling() + "y\n")
    assert ended.exit_code == 0, ended.output
    assert stored(site) == 1


def test_changed_readers_are_shown_and_asked_about(site: Wired) -> None:
    """A new card in between: the new readers are shown before it is sealed anew to them."""
    before = site.honest("GET", "/cards", b"")
    shop = site.world.offices[0]
    newcomer = office("nieuwkomer").handlers[0]
    shop.handlers[:] = [shop.handlers[0], newcomer]
    site.world.server.shelf.add(shop.card_bytes(2), TODAY)
    site.instead["/cards"] = [lambda _body: before]
    ended = run("report", site.site, typed=telling() + "y\n")
    assert ended.exit_code == 0, ended.output
    first, second = ended.output.split("The readers of this channel changed", 1)
    assert "nieuwkomer" not in first
    assert "nieuwkomer" in second
    assert site.world.report(newcomer).text == STORY


def test_card_that_is_rolled_back_is_refused(site: Wired) -> None:
    """Within one run no older card is taken after a newer one."""
    old = site.honest("GET", "/cards", b"")
    site.world.server.shelf.add(site.world.offices[0].card_bytes(2), TODAY)
    site.instead["/sealed/report"] = [lambda _body: answer(Answer.READERS_CHANGED)]
    new = site.honest("GET", "/cards", b"")
    site.instead["/cards"] = [lambda _body: new, lambda _body: old]
    ended = run("report", site.site, typed=telling() + "y\n")
    assert ended.exit_code == 1
    assert "A newer version of this channel card" in ended.output
    assert stored(site) == 0


def framed(*cards: bytes) -> bytes:
    """Return cards as the site hands them out."""
    return raw(b"".join(len(card).to_bytes(4, "big") + card for card in cards))


def hostile_cards() -> list[tuple[bytes | None, str]]:
    """Return what may come in the place of cards, and what is said of it."""
    good = office().card_bytes()
    forged = good[:-1] + bytes((good[-1] ^ 1,))
    twice = Office(office().handlers).card_bytes()
    return [
        (framed(forged), "A signature is not valid."),
        (framed(good[:-1]), "malformed"),
        (framed(office().card_bytes(days=-1)), "expired"),
        (framed(office().card_bytes(days=90, today=TODAY + timedelta(30))), "valid for too long"),
        (framed(good, twice), "contradict each other"),
        (raw(b""), "No channel of this site"),
        (raw(b"<!doctype html><p>hello"), "These are not the channel cards"),
        (raw(b"", "302 Found", "Location: http://127.0.0.1:9/"), "is not the site"),
        (raw(b"busy", "503 Service Unavailable"), "cannot answer now"),
        (raw(good)[:-9], "the line broke"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + bytes(5_000_000), "is not the site"),
        (b"nonsense\r\n\r\n", "the line broke"),
        (None, "the line broke"),
    ]


@pytest.mark.parametrize(
    ("came", "said"), [pytest.param(*each, id=str(at)) for at, each in enumerate(hostile_cards())]
)
def test_cards_that_are_not_in_order_get_no_word(
    empty: Wired, came: bytes | None, said: str
) -> None:
    """Forged, expired, contradicting, cut, endless, a page, another address: refused, and why."""
    empty.instead["/cards"] = [lambda _body: came]
    ended = run("report", empty.site, typed="n\n")
    assert ended.exit_code == 1
    assert said in ended.output
    assert empty.paths == ["GET /cards"]


def test_one_bad_card_closes_no_other_channel(site: Wired) -> None:
    """A damaged card is named; the channel beside it can be used."""
    good = site.world.offices[0].card_bytes()
    site.instead["/cards"] = [lambda _body: framed(b"x" * 100, good)]
    ended = run("report", site.site, typed=telling())
    assert "A channel card is refused:" in ended.output
    assert ended.exit_code == 0, ended.output


@pytest.mark.parametrize("answered", [b"<html>", b"MKAN\x01\x63", b"MKAN\x01", b"x" * 100_000])
def test_answer_that_is_none_is_unknown(empty: Wired, answered: bytes) -> None:
    """A page, a code of tomorrow, a cut answer, a flood: nothing is taken for a yes or a no."""
    empty.instead["/sealed/report"] = [lambda _body: raw(answered)]
    ended = run("report", empty.site, typed=telling() + "n\n")
    assert ended.exit_code == UNKNOWN_STATUS, ended.output


def test_clock_that_is_wrong_by_days_is_told(empty: Wired, monkeypatch: pytest.MonkeyPatch) -> None:
    """What its readers would refuse for its day is not sealed at all."""
    cards = empty.honest("GET", "/cards", b"").partition(b"\r\n\r\n")[2]
    there = "Date: Wed, 25 Nov 2026 08:00:00 GMT"
    empty.instead["/cards"] = [lambda _body: raw(cards, "200 OK", there)]
    ended = run("report", empty.site)
    assert ended.exit_code == 1
    assert "2026-11-21" in ended.output
    assert "2026-11-25" in ended.output
    late = rooms.now() + timedelta(days=400)
    monkeypatch.setattr(rooms, "now", lambda: late)
    assert "This computer says that it is" in run("report", empty.site).output


def test_file_is_the_very_record_and_needs_no_network(site: Wired, tmp_path: Path) -> None:
    """Sealed from cards that were fetched before, handed in later; never over another file."""
    cards, out = tmp_path / "cards", tmp_path / "letter.meldkluis"
    cards.write_bytes(site.honest("GET", "/cards", b"").partition(b"\r\n\r\n")[2])
    line = ("report", "--cards", str(cards), "--out", str(out))
    ended = run(*line, typed=telling())
    assert ended.exit_code == 0, ended.output
    assert site.heard == []
    assert out.stat().st_mode & 0o777 == 0o600
    code = words(ended.output)
    refused = run("mailbox", site.site, typed=f"{code}\nn\n")
    assert "This code opens no mailbox." in refused.output
    taken = site.honest("POST", "/sealed/report", out.read_bytes())
    assert taken.endswith(handed_in.answer(Answer.DONE))
    assert run("mailbox", site.site, typed=f"{code}\n\n").exit_code == 0
    content = out.read_bytes()
    again = run(*line, typed=telling())
    assert "is there already" in again.output
    assert out.read_bytes() == content


def test_text_may_come_from_a_file_and_must_be_one(site: Wired, tmp_path: Path) -> None:
    """A story from a file is the same; blank, too long or unreadable ones are refused."""
    file = tmp_path / "story.txt"
    file.write_text(STORY, "utf-8")
    line = ("report", site.site, "--text", str(file))
    typed = telling().replace(f"{STORY}\n.\n", "")
    assert run(*line, typed=typed).exit_code == 0
    assert site.world.report(site.world.offices[0].handlers[0]).text == STORY
    for content, said in (
        (b" \n", "Write what you want to tell."),
        (b"x" * 20_001, "The text is too long"),
        (b"\xff", "cannot be read"),
    ):
        file.write_bytes(content)
        ended = run(*line, typed=typed)
        assert ended.exit_code == 1
        assert said in ended.output


def test_person_may_stop_at_every_step(empty: Wired) -> None:
    """No channel, no agreement, or the end of what is typed: nothing is sent, and it is said so."""
    stops = ("\n", telling(send="n"), "1\ny\n", "1\ny\n\nhello")
    for typed in stops:
        ended = run("report", empty.site, typed=typed)
        assert ended.exit_code == 1, ended.output
    assert set(empty.paths) == {"GET /cards"}
    assert "Nothing was sent." in run("report", empty.site, typed="\n").output


def test_signs_of_a_card_do_nothing_to_the_terminal(
    empty: Wired,
) -> None:
    """A hostile role moves no cursor and colours nothing."""
    shop = Office(office("boos\u202e\x1b[2Jwicht", "b").handlers)
    empty.instead["/cards"] = [lambda _body: framed(shop.card_bytes())]
    ended = run("report", empty.site, typed="1\ny\n")
    assert "\x1b" not in ended.output
    assert "\u202e" not in ended.output


def test_onion_address_needs_a_proxy() -> None:
    """No name server is asked for an onion address."""
    ended = run("report", "http://" + "a" * 56 + ".onion")
    assert ended.exit_code == 1
    assert ended.output


def test_address_must_be_named() -> None:
    """Without an address and without cards there is nothing to seal to."""
    assert run("report").exit_code == 2
