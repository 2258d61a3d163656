"""Stylesheet and scripts: their names, their codings, what a browser compares, and the start."""

import base64
import gzip
import hashlib
from pathlib import Path

import brotli
import pytest

from dropbox.site import assets
from dropbox.site.assets import SCRIPTS, Asset, ScriptMissing
from dropbox.site.headers import HEADERS
from dropbox.site.packing import Packed
from tests.organisation import office
from tests.site_client import World

UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress, None: lambda data: data}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a site with one channel; these tests only look at it."""
    return World(tmp_path_factory.mktemp("site"), (office(),))


def files(world: World) -> list[Asset]:
    """Return the stylesheet and the scripts that the site serves."""
    found = assets.load(world.config.places.keys_dir)
    return [found.stylesheet, *found.scripts.values()]


def test_theme_is_added_and_changes_the_name(tmp_path: Path) -> None:
    """An organisation's six values come last, and browsers fetch the new stylesheet."""
    plain = assets.stylesheet(tmp_path)
    (tmp_path / "theme.css").write_text(":root { --accent: #123456; }", "utf-8")
    themed = assets.stylesheet(tmp_path)
    assert themed.content.endswith(b":root { --accent: #123456; }")
    assert themed.name != plain.name
    assert b"/*" not in themed.content


def test_files_may_be_kept_for_ever(world: World) -> None:
    """The only answers that may be cached, each of its own type."""
    for asset in files(world):
        answer = world.get(asset.url)
        assert (answer.status_code, answer.data) == (200, asset.content)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert (
            answer.mimetype
            == {"css": "text/css", "js": "text/javascript"}[asset.name[-3:].strip(".")]
        )
        assert answer.headers["Vary"] == "Accept-Encoding"
    assert world.get(f"/static/{'0' * 16}.js").status_code == 404
    assert world.get("/static/seal.js").status_code == 404


def test_stylesheet_names_nothing_elsewhere(world: World) -> None:
    """It loads nothing more."""
    own = assets.stylesheet(world.config.places.keys_dir)
    assert b"url(" not in own.content
    assert b"@import" not in own.content


@pytest.mark.parametrize(
    ("asked", "codings"),
    [
        ("gzip, deflate, br, zstd", {"br"}),
        ("gzip", {"gzip"}),
        ("br;q=0, gzip", {"gzip"}),
        ("gzip;q=0, br;q=0.1", {"br"}),
        ("*", {"br"}),
        ("identity", {None}),
        ("br;q=0, gzip;q=0", {None}),
        ("", {None}),
    ],
)
def test_coding_is_the_one_that_the_browser_takes(
    world: World, asked: str, codings: set[str | None]
) -> None:
    """Every coding gives the same bytes; what is refused is not sent."""
    for asset in files(world):
        if asset.content == min(asset.packed.encodings.values(), key=len):
            continue
        answer = world.client.get(asset.url, headers={"Accept-Encoding": asked})
        assert answer.content_encoding in codings
        assert UNPACK[answer.content_encoding](answer.data) == asset.content
        assert (len(answer.data) < len(asset.content)) == (None not in codings)


def test_what_does_not_get_smaller_is_sent_as_it_is() -> None:
    """A coding that only adds bytes comes after the plain ones."""
    assert next(iter(Packed.of(b"x").encodings)) == "identity"
    assert next(iter(Packed.of(b"x" * 1000).encodings)) != "identity"


def test_script_is_known_by_its_sums(tmp_path: Path) -> None:
    """The page names the script by one sum for the browser, and by another for people."""
    content = b"'use strict'; /* " + bytes(range(32, 127)) * 9 + b"*/"
    (tmp_path / "seal.js").write_bytes(content)
    found = assets.script("seal", tmp_path)
    digest = base64.b64encode(hashlib.sha384(content).digest()).decode()
    assert found.integrity == f"sha384-{digest}"
    assert found.sha256 == hashlib.sha256(content).hexdigest()
    assert found.url == f"/static/{found.sha256[:16]}.js"
    assert found.content == content


@pytest.mark.parametrize("missing", SCRIPTS)
def test_site_without_its_scripts_does_not_start(tmp_path: Path, missing: str) -> None:
    """The operator reads which script is missing and what makes it."""
    for name in {*SCRIPTS} - {missing}:
        (tmp_path / f"{name}.js").write_text("0")
    with pytest.raises(ScriptMissing, match=rf"{missing}\.js is missing.*make environment"):
        assets.load(tmp_path, tmp_path)


def test_policy_takes_scripts_of_this_site_alone() -> None:
    """No word of the policy is unsafe, and scripts whose sum no page names are blocked."""
    policy = dict(part.split(" ", 1) for part in HEADERS["Content-Security-Policy"].split("; "))
    assert (policy["script-src"], policy["connect-src"]) == ("'self'", "'self'")
    assert policy["default-src"] == "'none'"
    assert "unsafe" not in HEADERS["Content-Security-Policy"]
    assert HEADERS["Integrity-Policy"] == "blocked-destinations=(script)"
