"""What the site lets in and lets out: headers, hosts, origins, error pages, traces."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from dropbox.mailbox import Mailboxes
from dropbox.site.headers import HEADERS
from dropbox.site.limits import MAX_BODY_BYTES, is_same_origin
from tests.organisation import office
from tests.site_client import ORIGIN, World, hidden, raw

FORM = "/en/report/meldpunt"
MAILBOX = "/en/mailbox"
MARKER = "Zeldzaamwoord"
_SCRIPT = re.compile(
    r'<script src="/static/[0-9a-f]{16}\.js" integrity="sha384-[A-Za-z0-9+/]{64}"'
    r' crossorigin="anonymous" defer></script>'
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a site with one channel; these tests only look at it."""
    return World(tmp_path_factory.mktemp("site"), (office(),))


def every_answer(world: World) -> Iterator[TestResponse]:
    """Yield an answer of every kind that the site gives."""
    style = world.client.get("/en/").text.split('href="')[2].split('"')[0]
    for path in ("/", "/en", "/nl/", "/en/routes", "/en/keys", "/en/privacy", "/en/report"):
        yield world.get(path)
    for path in (FORM, MAILBOX, style, "/favicon.ico", "/nowhere", "/en/report/nowhere"):
        yield world.get(path)
    yield world.client.put(FORM)
    yield world.client.options(FORM)
    yield world.client.head("/en/")
    yield world.client.post(FORM)
    yield raw(world, b"{}", kind="application/json")
    yield raw(world, b"text=%ff")
    yield raw(world, b"text=" + b"a" * MAX_BODY_BYTES)
    yield world.send()
    yield world.send(text="")
    yield world.open(world.file())
    yield world.open("one two three")


def test_every_answer_carries_the_strict_headers_and_no_cookie(world: World) -> None:
    """Pages, errors, redirects and the stylesheet alike."""
    statuses = set()
    for answer in every_answer(world):
        statuses.add(answer.status_code)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert "Set-Cookie" not in answer.headers
        assert "Server" not in answer.headers
        if answer.mimetype != "text/css":
            assert answer.headers["Cache-Control"] == "no-store"
    assert statuses == {200, 204, 302, 400, 403, 404, 405, 413, 415}


def test_policy_allows_nothing_inline_and_pages_name_their_scripts(world: World) -> None:
    """The policy has no exception, and no page needs one: a script is a file with its sum."""
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "data:" not in policy
    for answer in every_answer(world):
        named = _SCRIPT.findall(answer.text)
        assert len(named) <= 1
        assert answer.text.count("<script") == answer.text.count("src=") == len(named)
        for forbidden in ("<style", " style=", " onclick", "javascript:"):
            assert forbidden not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "http://elsewhere.example"},
        {"Origin": "http://localhost.elsewhere.example"},
        {"Origin": "http://localhost:81"},
        {"Origin": "http://[bad"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    ],
)
@pytest.mark.parametrize("path", [FORM, MAILBOX])
def test_form_from_another_site_is_refused(
    world: World, path: str, headers: dict[str, str]
) -> None:
    """Only a browser that is on this site may post."""
    answer = world.client.post(path, data={"step": "open"}, headers=headers)
    assert answer.status_code == 403
    assert "This form does not come from this site" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://localhost"},
        {"Origin": "http://LOCALHOST"},
        {"Origin": "http://localhost", "Host": "LocalHost"},
    ],
)
def test_form_of_this_site_is_taken(world: World, headers: dict[str, str]) -> None:
    """Either header is proof; a proxy may have taken off the TLS."""
    answer = world.client.post(MAILBOX, data={"step": "open", "code": "abandon"}, headers=headers)
    assert answer.status_code == 400
    assert "You typed 1." in answer.text


@pytest.mark.parametrize("origin", ["null", "http://", ""])
@pytest.mark.parametrize("host", ["", "<b>", "a b"])
def test_nameless_form_for_a_nameless_site_is_refused(world: World, host: str, origin: str) -> None:
    """Two missing names are not the same name."""
    headers = {"Origin": origin, "Host": host}
    answer = world.client.post(MAILBOX, data={"step": "open"}, headers=headers)
    assert answer.status_code in (400, 403)
    with world.app.test_request_context(MAILBOX, headers=headers):
        assert not is_same_origin(request)


@pytest.mark.parametrize("path", ["/nl", "/nl/", "/", "/nl/keys/", "/nowhere"])
@pytest.mark.parametrize(
    "host",
    ["", "a b", "..", "a..b", "x" * 64, "x." * 130, "x" * 5_000, "<b>", "u@h", "[::1", "a:b"],
)
def test_host_that_cannot_be_one_is_a_bad_request(world: World, host: str, path: str) -> None:
    """No host makes the site fail, and none of it comes back."""
    answer = world.client.get(path, headers={"Host": host})
    assert answer.status_code == 400
    assert "http://" not in answer.text
    assert "Location" not in answer.headers


@pytest.mark.parametrize("path", ["/nl", "/en", "/nl/", "/nl/report/", "/nl/keys", "/"])
@pytest.mark.parametrize("host", ["localhost", "meld.example.nl:8443", "[::1]:8000", "a" * 56])
def test_no_address_is_made_from_the_host(world: World, host: str, path: str) -> None:
    """A page is served as it is asked for; a redirect is a path of this site."""
    answer = world.client.get(path, headers={"Host": host})
    assert answer.status_code == (302 if path == "/" else 200)
    assert answer.headers.get("Location") in (None, "/nl/")
    assert f"//{host}" not in answer.text


_FIELDS = (
    "step", "token", "code", "page", "text", "mode", "name", "contact", "excluded", "conduct",
    "grounds", "unit", "period", "works_with_subject", "supporter",
)  # fmt: skip
_VALUES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["form", "review", "send", "open", "message", "hold", "withdraw_now", "confidential", "yes"]
    ),
)


@given(
    fields=st.dictionaries(st.sampled_from(_FIELDS), _VALUES | st.lists(_VALUES, max_size=3)),
    lang=st.sampled_from(["nl", "en"]),
)
def test_no_fields_of_a_form_give_a_server_error(
    world: World, fields: dict[str, object], lang: str
) -> None:
    """Known fields with any values, once or more, get a page."""
    for path in ("report/meldpunt", "mailbox"):
        assert world.post(f"/{lang}/{path}", {"x": ""} | fields).status_code in (200, 400, 409)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/en/nowhere", 404),
        ("GET", "/de/", 404),
        ("GET", "/static/../wsgi.py", 404),
        ("GET", "/static/site.css", 404),
        ("POST", "/en/", 405),
        ("DELETE", MAILBOX, 405),
        ("POST", "/nowhere", 404),
        ("OPTIONS", "/en/", 405),
    ],
)
def test_error_page_echoes_nothing(world: World, method: str, path: str, status: int) -> None:
    """An error page is in the reader's language and repeats neither address nor form."""
    headers = ORIGIN | {"Accept-Language": "en"}
    answer = world.client.open(
        f"{path}?{MARKER}=1", method=method, data={MARKER: MARKER}, headers=headers
    )
    assert answer.status_code == status
    assert '<html lang="en">' in answer.text
    assert MARKER not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("accepts", "lang"),
    [("nl", "nl"), ("en-GB,en;q=0.9", "en"), ("de,en;q=0.5", "en"), ("de", "nl"), ("", "nl")],
)
def test_language_outside_the_two_trees_is_what_the_browser_asks(
    world: World, accepts: str, lang: str
) -> None:
    """The root and unknown addresses go by Accept-Language, Dutch first."""
    headers = {"Accept-Language": accepts}
    root = world.client.get("/", headers=headers)
    assert (root.status_code, root.headers["Location"]) == (302, f"/{lang}/")
    assert root.headers["Vary"] == "Accept-Language"
    assert f'<html lang="{lang}">' in world.client.get("/nowhere", headers=headers).text


def test_failure_is_logged_by_class_and_place_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A bug gives a calm page with the story, and one log line without any value."""
    world = World(tmp_path, (office(),))
    typed = world.filled(text=MARKER)

    def broken(*_arguments: object) -> None:
        raise RuntimeError(MARKER)

    monkeypatch.setattr(Mailboxes, "file_report", broken)
    with caplog.at_level(logging.DEBUG):
        answer = world.post(FORM, typed | {"step": "send"})
    assert answer.status_code == 500
    assert "It is not your fault." in answer.text
    assert answer.text.count(MARKER) == 1
    assert f"{MARKER}</textarea>" in answer.text
    assert MARKER not in caplog.text
    assert [record.getMessage().split(" at ")[0] for record in caplog.records] == ["RuntimeError"]
    assert all(record.exc_info is None for record in caplog.records)


def test_broken_error_page_is_logged_without_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Even when the page for an error fails, no traceback and no value is written."""
    world = World(tmp_path, (office(),))

    def broken(*_arguments: object, **_words: object) -> str:
        raise RuntimeError(MARKER)

    monkeypatch.setattr("dropbox.site.failures.render_template", broken)
    with caplog.at_level(logging.DEBUG):
        answer = world.get("/en/nowhere")
    assert answer.status_code == 500
    assert HEADERS.items() <= dict(answer.headers).items()
    assert MARKER not in answer.text + caplog.text


def test_nothing_about_a_reporter_is_left_behind(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """After the whole loop no file and no log holds a text, code, address or agent."""
    world = World(tmp_path, (office(),))
    agent, address = "Zeldzaambrowser/7", "203.0.113.77"
    world.client.environ_base |= {"HTTP_USER_AGENT": agent, "REMOTE_ADDR": address}
    with caplog.at_level(logging.DEBUG):
        words = world.file(
            text=MARKER + "1", mode="confidential", name=MARKER + "2", contact=MARKER + "3"
        )
        token = str(hidden(world.open(words).text)["token"])
        for step in ("message", "hold", "resume"):
            world.act(words, step, text=MARKER + "4")
        world.open(words.replace(words.split()[0], MARKER))
        world.send(text="")
        world.get("/nowhere")
        world.act(words, "withdraw")
    left = world.files().decode("latin-1") + caplog.text + "".join(capfd.readouterr())
    for trace in (MARKER, agent, address, token, "Mozilla", "werkzeug"):
        assert trace.lower() not in left.lower()
    for at in range(9):
        assert " ".join(words.split()[at : at + 2]) not in left
