"""Which answers are compressed, and that they are the same pages; no answer to a post is."""

import gzip
import re
from pathlib import Path

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from dropbox.site.limits import BYTES_TYPE, FORM_TYPE, SEALED_BYTES, UPLOAD_TYPE, UPLOADS
from dropbox.site.packing import Gapped
from tests.organisation import office
from tests.site_client import ORIGIN, World, hidden

MARKER = "Zeldzaamwoord"
ASKED = {"Accept-Encoding": "gzip, deflate, br"}
BLANK = {"report.write", "mailbox.enter", "drop.ask"}
SAME_FOR_ALL = {"assets.serve", "letter.download", "sealed.cards"}
_TOKEN = re.compile(r'name="token" value="([^"]+)"')


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a site with one channel; these tests only look at it."""
    return World(tmp_path_factory.mktemp("site"), (office(),))


def unpacked(answer: TestResponse) -> str:
    """Return the text of an answer, whatever its coding."""
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}
    coding = answer.content_encoding
    return (unpack[coding](answer.data) if coding else answer.data).decode("utf-8", "replace")


def rules(world: World, method: str) -> list[tuple[Rule, str]]:
    """Return every rule for a method, with an address that it fits."""
    names = {"lang": "en", "slug": "meldpunt", "page": "privacy"}
    names["name"] = world.app.extensions["meldkluis"].assets.stylesheet.name
    adapter = world.app.url_map.bind("localhost")
    found = [rule for rule in world.app.url_map.iter_rules() if method in (rule.methods or ())]
    values = [{name: names[name] for name in rule.arguments} for rule in found]
    return [
        (rule, adapter.build(rule.endpoint, each, method))
        for rule, each in zip(found, values, strict=True)
    ]


def test_only_blank_pages_and_files_are_compressed(world: World) -> None:
    """Of all that can be asked for; and nothing of what was asked stands in any of it."""
    packed = set()
    for rule, address in rules(world, "GET"):
        asked = ASKED | {"User-Agent": MARKER, "Referer": f"http://localhost/{MARKER}"}
        answer = world.client.get(f"{address}?x={MARKER}", headers=asked)
        assert MARKER not in unpacked(answer)
        if answer.content_encoding:
            packed.add(rule.endpoint)
            assert answer.headers["Vary"] == "Accept-Encoding"
    assert packed == BLANK | SAME_FOR_ALL


def test_no_answer_to_a_post_is_compressed(world: World) -> None:
    """Whatever is posted anywhere, in whatever form: what was typed lies beside secrets there."""
    kinds = dict.fromkeys(SEALED_BYTES, BYTES_TYPE)
    typed = {"text": MARKER, "code": MARKER, "step": "open", "mode": "anonymous"}
    for rule, address in rules(world, "POST"):
        kind = kinds.get(rule.endpoint, FORM_TYPE)
        if rule.endpoint.startswith(f"{UPLOADS}."):
            kind = f"{UPLOAD_TYPE}; boundary=x"
        for step in ("open", "form", "review", "send", "message"):
            body = typed | {"step": step} if kind == FORM_TYPE else MARKER.encode()
            answer = world.client.post(
                address, data=body, content_type=kind, headers=ORIGIN | ASKED
            )
            assert answer.content_encoding is None


@pytest.mark.parametrize("steps", [("open",), ("open", "message"), ("open", "withdraw")])
def test_no_page_of_a_mailbox_is_compressed(world: World, steps: tuple[str, ...]) -> None:
    """Pages with a code in them, and the page with the new code, stay as they are."""
    code = world.file()
    token = ""
    for step in steps:
        fields = {"code": code, "step": step, "token": token, "text": MARKER}
        answer = world.client.post("/en/mailbox", data=fields, headers=ORIGIN | ASKED)
        assert (answer.status_code, answer.content_encoding) == (200, None)
        token = str(hidden(answer.text).get("token", ""))


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("path", ["report/meldpunt", "mailbox", "drop"])
def test_blank_page_is_the_same_in_every_coding(world: World, lang: str, path: str) -> None:
    """Packed or not, the same page but for the form's token; gzip alone where it has one."""
    plain = world.get(f"/{lang}/{path}")
    assert plain.content_encoding is None
    for asked in ("gzip", "gzip, deflate, br, zstd"):
        answer = world.client.get(f"/{lang}/{path}", headers={"Accept-Encoding": asked})
        assert answer.content_encoding in asked
        assert answer.content_type == plain.content_type == "text/html; charset=utf-8"
        assert len(answer.data) < len(plain.data) * 2 / 3
        assert answer.headers["Cache-Control"] == "no-store"
        same = _TOKEN.sub("", unpacked(answer)), _TOKEN.sub("", plain.text)
        assert same[0] == same[1]


def test_every_form_has_a_token_of_its_own(world: World) -> None:
    """Also when the page around it was compressed once for all."""
    pages = [
        unpacked(world.client.get("/en/report/meldpunt", headers=headers))
        for headers in (ASKED, ASKED, {})
    ]
    tokens = [_TOKEN.search(page) for page in pages]
    assert all(tokens)
    assert len({found[1] for found in tokens if found}) == len(pages)


@given(top=st.text(), filling=st.text(max_size=200), foot=st.text())
def test_gap_is_filled_in_a_whole_gzip_file(top: str, filling: str, foot: str) -> None:
    """Whatever stands around and in it, any program that knows gzip reads the page."""
    gap = "\N{NULL}gap\N{NULL}"
    page = Gapped.of(top + gap + foot, gap) if gap not in top + foot else Gapped.of(gap, gap)
    whole = page.top + filling.encode() + page.foot
    assert gzip.decompress(page._gzip(filling.encode())) == whole


def test_length_does_not_depend_on_the_token() -> None:
    """The token is not compressed: what repeats in the page makes it no shorter."""
    page = Gapped.of("abcdefgh" * 100 + "|" + "abcdefgh" * 100, "|")
    lengths = {len(page._gzip(token)) for token in (b"abcdefgh" * 8, bytes(range(64)))}
    assert len(lengths) == 1


def test_page_is_kept_for_the_day_only(tmp_path: Path) -> None:
    """The day that the browser compares with its own is that of the answer."""
    world = World(tmp_path, (office(),))
    before = world.get("/en/mailbox").text
    world.today = world.today.replace(day=world.today.day + 1)
    assert world.get("/en/mailbox").text != before
