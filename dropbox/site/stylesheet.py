"""The one stylesheet, under a name that changes with its content.

An organisation makes it its own with ``theme.css`` in its keys folder, which is
added at the end and sets again the eight values at the top of ``site.css``.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from dropbox.config import read_own

OWN = Path(__file__).parent / "static" / "site.css"
THEME_NAME = "theme.css"
_HASH_CHARACTERS = 16
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s+")
_LOOSE = re.compile(r"\s*([{};,])\s*|(:)\s+")


@dataclass(frozen=True)
class Stylesheet:
    """The file name and the content of the stylesheet, as it is and in gzip."""

    name: str
    content: bytes
    packed: bytes


def load(keys_dir: Path) -> Stylesheet:
    """Read the stylesheet and the organisation's theme, if there is one, without comments.

    Raises:
        OwnFileInvalid: the theme cannot be read.
    """
    own = _LOOSE.sub(r"\1\2", _COMMENT.sub("", OWN.read_text("utf-8")))
    theme = _COMMENT.sub("", read_own(keys_dir / THEME_NAME) or "")
    content = _SPACE.sub(" ", f"{own}\n{theme}").encode("utf-8")
    name = hashlib.sha256(content).hexdigest()[:_HASH_CHARACTERS]
    # It says the same to everyone, so its length tells nothing; pages are never packed.
    return Stylesheet(f"{name}.css", content, gzip.compress(content, mtime=0))
