"""The page where a letter's file is handed in, from any browser, with and without mistakes."""

import io
import logging
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from dropbox.errors import StoreFull
from dropbox.filing import WAITING_DAYS
from dropbox.mailbox import Mailboxes
from dropbox.protocol import certificate, channel_card, handed_in
from dropbox.protocol.channel_card import CardDraft
from dropbox.site.admission import RETRY_AFTER_SECONDS, NotNow
from dropbox.site.limits import MAX_UPLOAD_BYTES, UPLOAD_TYPE, files
from tests.blind_server import new_report, rows
from tests.organisation import SITE_ID, TEXTS, TODAY, Handler, Office, office
from tests.sealed_world import count, written
from tests.site_client import ORIGIN, World

DROP = "/en/drop"
DONE = "Your letter is handed in"
KEEP = "Nothing was stored. Keep the file until you have handed it in."
NAME = "zeldzame-naam.meldkluis"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a site with one channel."""
    return World(tmp_path, (office(),))


def drop(world: World, *contents: bytes, lang: str = "en", name: str = NAME) -> TestResponse:
    """Choose files and press the button, as a browser does."""
    chosen = [(io.BytesIO(content), name) for content in contents] or [(io.BytesIO(), "")]
    return world.client.post(
        f"/{lang}/drop", data={"file": chosen}, content_type=UPLOAD_TYPE, headers=ORIGIN
    )


def test_letter_is_handed_in_and_opens_a_mailbox(world: World) -> None:
    """The file is stored as a report is, and the page says what comes next."""
    filed = new_report(world.offices[0], text="Thuis geschreven.")
    answer = drop(world, written(filed))
    assert answer.status_code == 200
    assert DONE in answer.text
    assert "Open your mailbox" in answer.text
    assert world.report(world.offices[0].handlers[0]).text == "Thuis geschreven."
    assert world.server.page(filed) is not None


def test_letter_handed_in_before_is_a_success(world: World) -> None:
    """Twice, or here and by a browser: stored once, and nobody is frightened."""
    filed = new_report(world.offices[0])
    drop(world, written(filed))
    before = count(world)
    again = drop(world, written(filed))
    assert again.status_code == 200
    assert DONE in again.text
    assert "We received this letter before." in again.text
    assert count(world) == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "This file is empty."),
        (b"\xef\xbb\xbf\n<!DOCTYPE html><title>Letter</title>", "This is the page in which you"),
        (b"<html><body>", "This is the page in which you wrote"),
        (b"%PDF-1.7 a letter of another kind", "This is not a letter."),
        (b"MKRP\x01 cut off", "This letter is damaged."),
        (b"MKRP\x02", "made by another version"),
    ],
)
def test_file_that_is_no_letter_is_named(world: World, content: bytes, said: str) -> None:
    """Each likely mistake has words of its own, and nothing is stored."""
    answer = drop(world, content)
    assert answer.status_code == 400
    assert said in answer.text
    assert KEEP in answer.text
    assert rows(world.server.store, "mailbox") == 0


def test_nothing_chosen_and_two_chosen_are_told_apart(world: World) -> None:
    """Without a file, and with more than one, the page asks for one."""
    assert "Choose the file of your letter first." in drop(world).text
    assert "Choose one file at a time." in drop(world, b"MKRP", b"MKRP").text


def test_damaged_letter_is_refused_wherever_it_is_damaged(world: World) -> None:
    """A cut file and a changed header are damaged letters."""
    whole = written(new_report(world.offices[0]))
    for wrong in (whole[:-1], whole + b"x", whole[:120]):
        answer = drop(world, wrong)
        assert "This letter is damaged." in answer.text
    assert rows(world.server.store, "mailbox") == 0


def test_letter_for_another_site_is_named(world: World) -> None:
    """A channel that is not here is another site's."""
    answer = drop(world, written(new_report(office())))
    assert answer.status_code == 404
    assert "This letter is for another site." in answer.text


def test_file_that_is_too_large_is_explained(world: World) -> None:
    """The page in which somebody wrote is larger than any letter."""
    answer = drop(world, b"<!doctype html>".ljust(MAX_UPLOAD_BYTES, b"x"))
    assert answer.status_code == 413
    assert "not the page in which you wrote" in answer.text
    assert KEEP in answer.text


def test_largest_letter_fits(world: World) -> None:
    """The bound leaves room for what a browser puts around the largest letter."""
    filed = new_report(world.offices[0], text="x" * 20_000)
    largest = written(filed).ljust(handed_in.MAX_REPORT_BYTES, b"x")
    answer = drop(world, largest, name="n" * 255)
    assert "This letter is damaged." in answer.text


def test_busy_site_asks_to_come_back(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A refusal for want of room and a failing disk keep the person's file, and say so."""
    letter = written(new_report(world.offices[0]))
    for error, logged in ((NotNow, []), (StoreFull, ["StoreFull"])):

        def refuse(*_args: object, kind: type[Exception] = error) -> None:
            raise kind

        monkeypatch.setattr(Mailboxes, "hand_in", refuse)
        with caplog.at_level(logging.DEBUG):
            answer = drop(world, letter)
        assert answer.status_code == 503
        assert KEEP in answer.text
        assert [one.getMessage() for one in caplog.records] == logged
        waits = answer.headers.get("Retry-After")
        assert waits == (str(RETRY_AFTER_SECONDS) if error is NotNow else None)


def test_closed_channel_says_so(world: World) -> None:
    """Without a valid card the letter has to wait."""
    letter = written(new_report(world.offices[0]))
    world.today = TODAY + timedelta(days=91)
    answer = drop(world, letter)
    assert answer.status_code == 503
    assert "cannot receive anything at this moment" in answer.text


# Letters that waited


def put_card(world: World, on: Office, last_days: dict[int, int], version: int = 2) -> None:
    """Put a card on the shelf: handlers by number, with the days until their key ends."""
    handlers = []
    for number, left in last_days.items():
        one = on.handlers[number]
        first, last = TODAY - timedelta(days=60), TODAY + timedelta(days=left)
        key = certificate.sign_intake_key(one.seed, SITE_ID, one.x_pk, first, last)
        handlers.append((on.certificate(one), [key]))
    texts = {"nl": TEXTS, "en": TEXTS}
    end = TODAY + timedelta(days=90)
    draft = CardDraft(on.slug, version, end, "integrity", False, False, texts)
    world.server.shelf.add(channel_card.sign_card(on.seed, SITE_ID, draft, handlers), TODAY)


def test_letter_waits_for_readers_who_left(world: World) -> None:
    """Sealed to two, of whom one is gone: it is taken, while a browser would seal anew."""
    own = world.offices[0]
    with world.server.store.write() as tables:
        tables.recipients.learn(own.card())
    put_card(world, own, {0: 60})
    letter = written(new_report(own))
    answer = world.client.post(
        "/sealed/report", data=letter, content_type="application/octet-stream"
    )
    assert handed_in.read_answer(answer.data) is handed_in.Answer.READERS_CHANGED
    assert DONE in drop(world, letter).text
    assert world.envelopes(own.handlers[0]) == world.envelopes(own.handlers[1])


@pytest.mark.parametrize("ago", [WAITING_DAYS, WAITING_DAYS + 1])
def test_letter_whose_keys_all_ended_is_too_old(world: World, ago: int) -> None:
    """A week after its last key's last day it is taken, on the next day it is not."""
    own = world.offices[0]
    with world.server.store.write() as tables:
        tables.recipients.learn(own.card())
    own.handlers.append(Handler("nieuw"))
    put_card(world, own, {0: -ago, 2: 60})
    letter = written(new_report(own, readers=own.handlers[:2]))
    answer = drop(world, letter)
    assert (DONE in answer.text) == (ago == WAITING_DAYS)
    if ago > WAITING_DAYS:
        assert answer.status_code == 410
        assert "This letter waited too long" in answer.text
        assert rows(world.server.store, "mailbox") == 0


def test_letter_to_nobody_on_the_card_is_too_old(world: World) -> None:
    """That all its readers were of the channel once is not enough."""
    own = world.offices[0]
    with world.server.store.write() as tables:
        tables.recipients.learn(own.card())
    own.handlers.append(Handler("nieuw"))
    put_card(world, own, {2: 60})
    answer = drop(world, written(new_report(own, readers=own.handlers[:1])))
    assert "This letter waited too long" in answer.text


def test_letter_to_a_stranger_is_refused(world: World) -> None:
    """One key that was never the channel's is enough, also beside a reader's."""
    own = world.offices[0]
    letter = written(new_report(own, readers=[own.handlers[0], Handler("vreemd")]))
    answer = drop(world, letter)
    assert "This letter is for another site." in answer.text
    assert rows(world.server.store, "mailbox") == 0


# What the server reads and keeps


@pytest.mark.parametrize(
    ("headers", "kind", "status"),
    [
        ({}, UPLOAD_TYPE, 403),
        ({"Origin": "http://elsewhere.example"}, UPLOAD_TYPE, 403),
        ({"Sec-Fetch-Site": "cross-site"}, UPLOAD_TYPE, 403),
        (ORIGIN, "application/x-www-form-urlencoded", 415),
        (ORIGIN | {"Content-Encoding": "gzip"}, f"{UPLOAD_TYPE}; boundary=x", 415),
    ],
)
def test_only_this_sites_own_form_is_read(
    world: World, headers: dict[str, str], kind: str, status: int
) -> None:
    """As for every form: from a page of this site, and of the form's own type."""
    answer = world.client.post(DROP, data=b"x", content_type=kind, headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize(
    "kind", [UPLOAD_TYPE, f"{UPLOAD_TYPE}; boundary=\u00e9", f"{UPLOAD_TYPE}; boundary=x"]
)
def test_upload_out_of_order_asks_again(world: World, kind: str) -> None:
    """What is no form of files is a file that did not arrive whole."""
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nMKRP'
    answer = world.client.post(DROP, data=body, content_type=kind, headers=ORIGIN)
    assert answer.status_code == 400
    assert "The file did not arrive whole." in answer.text


def test_large_upload_makes_no_file(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Werkzeug spools what is over 500 KB to a file; here nothing ever asks for one."""

    def spooled(*_args: object, **_words: object) -> None:
        raise AssertionError

    for name in ("TemporaryFile", "SpooledTemporaryFile", "NamedTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, spooled)
    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", spooled)
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    body = head + bytes(600_000) + b"\r\n--x--\r\n"
    kind = f"{UPLOAD_TYPE}; boundary=x"
    answer = world.client.post(DROP, data=body, content_type=kind, headers=ORIGIN)
    assert answer.status_code == 413
    assert files(body, "x") == [bytes(600_000)]


def test_files_name_and_text_leave_no_trace(
    world: World, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither the name of the file nor what stands in a wrong one is shown, logged or stored."""
    marker = b"Zeldzaamwoord"
    with caplog.at_level(logging.DEBUG):
        answers = [drop(world, written(new_report(world.offices[0], text=marker.decode())))]
        answers += [drop(world, content + marker) for content in (b"", b"<html>", b"MKRP\x01")]
    left = world.files() + (caplog.text + "".join(capfd.readouterr())).encode()
    for trace in (marker, NAME.partition(".")[0].encode()):
        assert trace not in left
        assert all(trace not in answer.data for answer in answers)


@given(content=st.binary(max_size=300), start=st.sampled_from((b"", b"MKRP\x01")))
def test_no_file_gives_a_server_error(content: bytes, start: bytes, shared: World) -> None:
    """Whatever is chosen, the page answers."""
    assert drop(shared, start + content).status_code == 400


@given(body=st.binary(max_size=300))
def test_no_upload_gives_a_server_error(body: bytes, shared: World) -> None:
    """Nor whatever is sent as a form of files."""
    kind = f"{UPLOAD_TYPE}; boundary=x"
    for data in (body, b"--x\r\n" + body + b"\r\n--x--\r\n"):
        answer = shared.client.post(DROP, data=data, content_type=kind, headers=ORIGIN)
        assert answer.status_code == 400


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a site for tests that only look at it."""
    return World(tmp_path_factory.mktemp("site"), (office(),))


def test_page_speaks_both_languages_and_asks_for_one_file(world: World) -> None:
    """A form with one file, that needs no script, in the reader's language."""
    for lang in ("nl", "en"):
        page = world.get(f"/{lang}/drop").text
        assert f'<html lang="{lang}">' in page
        assert page.count('<input type="file"') == 1
        assert 'enctype="multipart/form-data"' in page
