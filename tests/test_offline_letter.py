"""The offline letter as a file: what is in it, what it may do, its number, and its command."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from dropbox import config, program
from dropbox.config import SiteTomlInvalid, parse_site
from dropbox.site import assets, letter_file
from tests.operator_world import Run
from tests.organisation import SITE_ID, TODAY, Handler, Office
from tests.site_client import World

MOST_BYTES = 200 * 1024
LOADING = {"src", "srcset", "action", "formaction", "data", "poster", "background", "ping"}
REACHING = re.compile(
    r"\bfetch\s*\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|RTCPeer|importScripts"
    r"|\bimport\s*\(|document\.cookie|localStorage|sessionStorage|indexedDB|serviceWorker"
)
"""What a script could reach others with, or keep something with."""


class Inside(HTMLParser):
    """Collects what a file runs, wears, loads and leads to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.metas: dict[str, str] = {}
        self.links: list[str] = []
        self.loads: list[str] = []
        self.cards: list[dict[str, str]] = []
        self.texts: dict[str, list[str]] = {"script": [], "style": []}
        self._within = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        found = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self._within = tag
        if tag == "meta":
            self.metas[found.get("http-equiv") or found.get("name") or ""] = found.get(
                "content", ""
            )
        if tag in ("a", "link", "area", "base"):
            self.links.append(found.get("href", ""))
        self.loads += [name for name in found if name in LOADING or name.startswith("on")]
        self.loads += ["style"] if "style" in found else []
        if "data-card" in found:
            self.cards.append(found)

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        self._within = "" if tag == self._within else self._within

    def handle_data(self, data: str) -> None:
        """Note what script and style hold."""
        if self._within in self.texts:
            self.texts[self._within].append(data)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Run a site with two channels."""
    other = Office([Handler("consulent")], slug="ander-meldpunt")
    found = World(tmp_path, (Office([Handler("adviseur"), Handler("coordinator")]), other))
    for office in found.offices:
        found.server.shelf.add(office.card_bytes(2), TODAY)
    return found


def letter(world: World, language: str = "nl") -> bytes:
    """Download the letter."""
    found = world.get(f"/{language}/letter")
    assert found.status_code == 200
    return found.data


def checksum(text: str) -> str:
    """Return how a policy names a text."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_file_needs_nothing_but_itself(world: World, language: str) -> None:
    """One script, one style, no image, frame or link to elsewhere, and a policy that says so."""
    inside = Inside(letter(world, language).decode())
    assert inside.tags.count("script") == inside.tags.count("style") == 1
    assert not {"img", "iframe", "object", "embed", "link", "base", "video"} & {*inside.tags}
    assert inside.loads == []
    assert {*inside.links} == {"#main", "about:blank"}
    (script,), (style,) = inside.texts["script"], inside.texts["style"]
    assert inside.metas["Content-Security-Policy"] == (
        f"default-src 'none'; script-src {checksum(script)}; style-src {checksum(style)}; "
        "base-uri 'none'; form-action 'none'"
    )
    assert script == (assets.FOLDER / "letter.js").read_text("utf-8")
    assert "url(" not in style
    assert "@import" not in style


def test_script_of_the_letter_can_reach_nobody() -> None:
    """The built script has no word with which a page asks, sends or keeps anything."""
    found = letter_file.script().replace('typeof fetch=="function"', "")
    assert REACHING.findall(found) == []
    assert REACHING.findall((assets.FOLDER / "seal.js").read_text("utf-8"))


def test_file_holds_every_valid_card(world: World) -> None:
    """Byte for byte, each with the site and the channel that it is to be checked against."""
    inside = Inside(letter(world).decode())
    assert {base64.b64decode(each["data-card"]) for each in inside.cards} == {
        office.card_bytes(2) for office in world.offices
    }
    assert {each["data-slug"] for each in inside.cards} == {"meldpunt", "ander-meldpunt"}
    assert {each["data-site"] for each in inside.cards} == {SITE_ID.hex()}


def test_same_cards_give_the_same_bytes(world: World) -> None:
    """Another day, or the site started anew, changes nothing; another card, or language, does."""
    first, english = letter(world), letter(world, "en")
    world.today += timedelta(days=5)
    assert letter(world) == first
    world.start()
    assert letter(world) == first
    assert english != first
    world.server.shelf.add(world.offices[0].card_bytes(3), TODAY)
    assert letter(world) != first


@pytest.mark.parametrize("language", ["nl", "en"])
def test_number_of_the_file_stands_with_the_keys(world: World, language: str) -> None:
    """In full and as 25 characters, in each language its own; and only while there is a letter."""
    digest = hashlib.sha256(letter(world, language)).digest()
    page = world.get(f"/{language}/keys").text
    assert digest.hex() in page
    assert program.fingerprint(digest) in page
    world.today += timedelta(days=400)
    world.start()
    assert 'id="letter"' not in world.get(f"/{language}/keys").text


@pytest.mark.parametrize("language", ["nl", "en"])
def test_download_is_a_file_and_compressed_ahead(world: World, language: str) -> None:
    """A name without meaning, no cache, and the same bytes in every coding."""
    plain = world.get(f"/{language}/letter")
    assert plain.headers["Content-Disposition"] == (
        f"attachment; filename={letter_file.FILE_NAMES[language]}"
    )
    assert plain.headers["Cache-Control"] == "no-store"
    packed = world.client.get(f"/{language}/letter", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(plain.data) < MOST_BYTES


def test_without_a_channel_there_is_no_letter(world: World) -> None:
    """Nobody gets a letter that nobody could read."""
    world.today += timedelta(days=400)
    assert world.get("/nl/letter").status_code == 404


def test_letter_says_where_it_is_to_be_handed_in(world: World) -> None:
    """At the address of site.toml, or else at the site that it came from."""
    assert b"/drop" not in letter(world, "en")
    assert "under “Hand in a letter”".encode() in letter(world, "en")
    world.start(address="https://meldpunt.example.org")
    assert b"https://meldpunt.example.org<wbr>/en/drop" in letter(world, "en")
    assert b"https://meldpunt.example.org<wbr>/nl/mailbox" in letter(world)


@pytest.mark.parametrize(
    "address",
    ["meldpunt.example.org", "https://a.example.org/nl", "https://a@b.example.org", "ftp://a.nl"],
)
def test_address_of_the_site_is_scheme_and_host(world: World, address: str) -> None:
    """Whatever else stands there is refused, since people would type it."""
    raw = world.config.places.site_toml.read_bytes()
    good = raw.replace(b'address = ""', b'address = "https://meldpunt.example.org/"')
    assert parse_site(good).address == "https://meldpunt.example.org"
    with pytest.raises(SiteTomlInvalid):
        parse_site(raw.replace(b'address = ""', f'address = "{address}"'.encode()))


def test_theme_cannot_end_the_style(world: World) -> None:
    """An organisation's theme changes the letter's look and nothing else."""
    theme = ":root { --accent: #123456 } a::after { content: '</style><script>x</script>' }"
    (world.config.places.keys_dir / "theme.css").write_text(theme, "utf-8")
    world.start()
    inside = Inside(letter(world).decode())
    assert inside.tags.count("script") == inside.tags.count("style") == 1
    assert "#123456" in inside.texts["style"][0]


def test_script_that_could_not_stand_in_a_page_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is missing, or would end the element around it, stops the site at its start."""
    monkeypatch.setattr(letter_file, "FOLDER", tmp_path)
    for content in (None, "'</SCRIPT>'", "1 <!-- 2", "a\rb"):
        if content is not None:
            (tmp_path / "letter.js").write_bytes(content.encode())
        letter_file.script.cache_clear()
        with pytest.raises(assets.ScriptMissing):
            letter_file.script()
    letter_file.script.cache_clear()


def test_command_writes_the_very_file_of_the_site(
    run: Run, running: object, places: config.Places, tmp_path: Path
) -> None:
    """With its number, in both languages; and it says when the address is not set."""
    for language, name in letter_file.FILE_NAMES.items():
        said = run("letter", "--language", language)
        assert said.exit_code == 0, said.output
        content = (tmp_path / name).read_bytes()
        digest = hashlib.sha256(content).digest()
        assert digest.hex() in said.output
        assert program.fingerprint(digest) in said.output
        assert "names no address" in said.output
        assert f'lang="{language}"'.encode() in content
    text = places.site_toml.read_text("utf-8")
    places.site_toml.write_text(text.replace('address = ""', 'address = "https://m.example.org"'))
    said = run("letter", "--out", tmp_path / "other.html")
    assert "names no address" not in said.output
    assert b"https://m.example.org<wbr>/en/drop" in (tmp_path / "other.html").read_bytes()


def test_command_without_a_card_says_so(run: Run, card_file: Path, tmp_path: Path) -> None:
    """A site without a channel makes no letter and no file."""
    said = run("letter")
    assert said.exit_code == 1
    assert not (tmp_path / "meldkluis-letter.html").exists()
