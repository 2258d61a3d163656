"""The stylesheet and the scripts, under names that change with their content.

An organisation makes the stylesheet its own with ``theme.css`` in its keys folder, which is
added at the end and sets again the eight values at the top of ``site.css``. The scripts are
those that set-up built from ``browser/``. Invariants: all are read and compressed before
anybody asks, in every coding; a site whose scripts are missing does not start, since its
pages would promise what no browser then does.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from dropbox import program
from dropbox.config import read_own
from dropbox.errors import N_, ConfigError
from dropbox.site.packing import Packed

FOLDER = Path(__file__).parent / "static"
PATH = "/static/"
THEME_NAME = "theme.css"
SCRIPTS = ("leave", "letter", "open", "seal")
"""No page loads the letter's: it is served so that everybody can compare it."""
_HASH_CHARACTERS = 16
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s+")
_LOOSE = re.compile(r"\s*([{};,])\s*|(:)\s+")


class ScriptMissing(ConfigError):
    """A script of the pages was not built. ``name`` is that of its file."""

    text = N_("The script %(name)s is missing. Build it: make environment")


@dataclass(frozen=True)
class Asset:
    """One file that every visitor gets; ``name`` is its name at the site."""

    name: str
    mimetype: str
    packed: Packed = field(repr=False)

    @property
    def content(self) -> bytes:
        """Return the file as it is."""
        return self.packed.plain

    @property
    def url(self) -> str:
        """Return its address."""
        return PATH + self.name

    @cached_property
    def integrity(self) -> str:
        """Return by what a browser knows that it got this very file.

        Source: W3C, Subresource Integrity.
        """
        digest = hashlib.sha384(self.content).digest()
        return f"sha384-{base64.b64encode(digest).decode('ascii')}"

    @cached_property
    def sha256(self) -> str:
        """Return the SHA-256, 64 hexadecimal digits."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Assets:
    """The stylesheet, and the scripts by their short names."""

    stylesheet: Asset
    scripts: Mapping[str, Asset]

    @cached_property
    def release(self) -> program.Release:
        """Return the number of all scripts together, as this site has them."""
        return program.release(
            {f"{name}.js": bytes.fromhex(one.sha256) for name, one in self.scripts.items()}
        )

    @cached_property
    def by_name(self) -> Mapping[str, Asset]:
        """Return all of them by the names that they have at the site."""
        return {asset.name: asset for asset in (self.stylesheet, *self.scripts.values())}


def load(keys_dir: Path, folder: Path = FOLDER) -> Assets:
    """Read and compress all files.

    Args:
        keys_dir: where an organisation may have put a theme.
        folder: where set-up put the scripts.

    Raises:
        OwnFileInvalid: the theme cannot be read.
        ScriptMissing: a script was not built.
    """
    return Assets(stylesheet(keys_dir), {name: script(name, folder) for name in SCRIPTS})


def stylesheet(keys_dir: Path) -> Asset:
    """Read the stylesheet and the organisation's theme, if there is one, without comments.

    Raises:
        OwnFileInvalid: the theme cannot be read.
    """
    own = _LOOSE.sub(r"\1\2", _COMMENT.sub("", (FOLDER / "site.css").read_text("utf-8")))
    theme = _COMMENT.sub("", read_own(keys_dir / THEME_NAME) or "")
    return _asset(_SPACE.sub(" ", f"{own}\n{theme}").encode("utf-8"), "css", "text/css")


def script(name: str, folder: Path = FOLDER) -> Asset:
    """Read a script by its short name.

    Raises:
        ScriptMissing: it was not built.
    """
    path = folder / f"{name}.js"
    try:
        content = path.read_bytes()
    except OSError:
        raise ScriptMissing(name=path.name) from None
    return _asset(content, "js", "text/javascript")


def _asset(content: bytes, suffix: str, mimetype: str) -> Asset:
    name = hashlib.sha256(content).hexdigest()[:_HASH_CHARACTERS]
    return Asset(f"{name}.{suffix}", mimetype, Packed.of(content))
