"""What hangs on a wall or stands on an intranet: the poster, and the button.

Owns what both say of a channel, and their making from ``templates/sheets``. Invariants: they
hold public things only, from the card that is pinned here or the identity that is kept here;
a file of them needs nothing but itself: it loads nothing, runs nothing, and a link in it
tells the site nothing of where it stood.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dropbox.config import TEMPLATES_DIR
from dropbox.desk import channel, keyring
from dropbox.desk.addresses import Addresses
from dropbox.desk.errors import NoCardYet
from dropbox.desk.screen import line
from dropbox.desk.vault import Vault
from dropbox.language import translator
from dropbox.program import published, release
from dropbox.protocol import sign
from dropbox.protocol.channel_card import CardTexts
from dropbox.protocol.keys import in_square

FOLDER = TEMPLATES_DIR / "sheets"
TEAR_OFFS = 8
PROGRAM = "seal.js"
"""What locks in a reporter's browser; its page shows the same number."""

_LONGEST = 300
"""Characters of a card's text; none may be longer."""

_QUIET_ZONE = 4
"""Empty modules around a code. Source: ISO/IEC 18004, section 6.3.8."""


@dataclass(frozen=True)
class Face:
    """What a wall may know of a channel: its words per language, and its key (32 raw bytes)."""

    slug: str
    texts: Mapping[str, CardTexts]
    external: bool
    independent: bool
    channel_pk: bytes
    fingerprint: str


def face(vault: Vault, today: date) -> Face:
    """Return what the pinned card says, or, in an owner's vault, the card signed last.

    Raises:
        NoCardYet: there is none.
    """
    if not vault.has("setting", channel.SETTING):
        card = keyring.card_for_reading(vault, today)
        texts, pk = card.texts, card.channel_pk
        return Face(card.slug, texts, card.external, card.independent, pk, card.fingerprint)
    owner = channel.load(vault)
    if not owner.version:
        raise NoCardYet
    plan, pk = owner.plan, sign.public_key(owner.seed)
    return Face(plan.slug, plan.texts, plan.external, plan.independent, pk, owner.fingerprint)


def poster(shown: Face, found: Addresses, language: str, *, style: str = "", back: str = "") -> str:
    """Make the poster: one page of A4.

    Args:
        shown: the channel.
        found: where the site is.
        language: the poster's own.
        style: the address of its style sheet, where it is a page; a file has its own in it.
        back: the address of the page that it was opened from, likewise.
    """
    return _made("poster.html", shown, found, language, style=style, back=back, strips=TEAR_OFFS)


def button(shown: Face, found: Addresses, language: str) -> str:
    """Make the button for an intranet: one file to copy from."""
    return _made("button.html", shown, found, language)


def program() -> str:
    """Return the number of the program that locks a report in a browser, as published.

    A site's pages show the same one. Empty while no program is published with this version.
    """
    sums = published()
    return release(sums).fingerprint if sums else ""


def style() -> str:
    """Return the poster's style sheet."""
    return (FOLDER / "poster.css").read_text("utf-8")


def _made(name: str, shown: Face, found: Addresses, language: str, **more: object) -> str:
    said = {field: line(text, _LONGEST) for field, text in vars(shown.texts[language]).items()}
    # a browser goes where it should; who types goes by the browser's own language
    link = f"{found.clear}/{language}/"
    return (
        _environment()
        .get_template(name)
        .render(
            _=_speaker(language),
            lang=language,
            said=said,
            shown=shown,
            found=found,
            link=link,
            site_square=square(link),
            key_square=square(in_square(shown.channel_pk)),
            program=program(),
            own_style=Markup(style()),  # noqa: S704 - our own file
            **more,
        )
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _speaker(language: str) -> object:
    def said(text: str, **values: object) -> Markup:
        found = Markup(translator(language).gettext(text))  # noqa: S704 - the catalogue is ours
        return found % values if values else found

    return said


@cache
def square(text: str) -> Markup:
    """Draw a QR code as SVG that stands within a page, black on white, without style."""
    code = segno.make(text, micro=False, error="m")
    drawn = code.svg_inline(
        border=_QUIET_ZONE, omitsize=True, svgclass="qr", lineclass=None, dark="#000", light="#fff"
    )
    return Markup(drawn)  # noqa: S704 - drawn here
