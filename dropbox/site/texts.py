"""The pages that an organisation writes itself: privacy, accessibility, contact.

Owns their reading and cleaning. A text is Markdown under ``templates/texts``; one of
the same name under ``texts`` in the keys folder takes its place. Invariant: whatever
a text holds, only plain marks come out: no script, style, image or foreign part.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import bleach
from markdown_it import MarkdownIt
from markupsafe import Markup

from dropbox.config import TEMPLATES_DIR, Label, read_own
from dropbox.language import LANGUAGES

PAGES = ("privacy", "accessibility", "contact")
OWN = TEMPLATES_DIR / "texts"
FOLDER = "texts"
ORGANISATION = "{organisation}"
_TAGS = frozenset(("h1", "h2", "h3", "p", "ul", "ol", "li", "strong", "em", "a", "br", "hr"))
_ATTRIBUTES = {"a": ["href"]}
_PROTOCOLS = frozenset(("http", "https", "mailto", "tel"))


@dataclass(frozen=True)
class TextPage:
    """A page's title, plain, and its clean HTML."""

    title: str
    html: Markup


def load(keys_dir: Path, organisation: Label) -> dict[tuple[str, str], TextPage]:
    """Read all pages, by language and name.

    Args:
        keys_dir: where an organisation may have put texts of its own.
        organisation: its name per language, for ``{organisation}`` in a text.

    Raises:
        OwnFileInvalid: one of the organisation's own texts cannot be read.
    """
    found = {}
    for language in LANGUAGES:
        for page in PAGES:
            name = Path(language) / f"{page}.md"
            theirs = read_own(keys_dir / FOLDER / name)
            source = (OWN / name).read_text("utf-8") if theirs is None else theirs
            found[language, page] = render(source.replace(ORGANISATION, organisation[language]))
    return found


def render(source: str) -> TextPage:
    """Turn a Markdown text into a page; its first heading is the title."""
    html = MarkdownIt("commonmark", {"html": False}).render(source)
    clean = bleach.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, protocols=_PROTOCOLS)
    title = next((line for line in source.splitlines() if line.startswith("# ")), "# ")
    # Only marks from the short list above are left, so this is HTML and no longer a text.
    return TextPage(title.removeprefix("# ").strip(), Markup(clean))  # noqa: S704
