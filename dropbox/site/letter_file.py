"""The offline letter: one HTML file that locks a report without any network.

Owns its making and its number. Invariants: it holds public things only, the cards of the
day among them, and nothing of a request or of the day itself; the same cards, settings,
texts and program give the same bytes; its own policy lets it run and style itself with the
very script and stylesheet inside, and load, send or embed nothing.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from flask import Flask, current_app, g
from markupsafe import Markup
from wtforms.fields.choices import SelectChoice

from dropbox.errors import UnknownChannel
from dropbox.program import fingerprint
from dropbox.protocol import payload
from dropbox.protocol.channel_card import ChannelCard
from dropbox.site import choices
from dropbox.site.assets import FOLDER, ScriptMissing
from dropbox.site.context import Surroundings, here, number
from dropbox.site.forms import ReportForm
from dropbox.site.packing import Packed
from dropbox.site.speech import gettext as _
from dropbox.site.speech import language

FILE_NAMES = {"nl": "meldkluis-brief.html", "en": "meldkluis-letter.html"}
"""What the file is called, by language."""

LOCKED_NAMES = {"nl": "brief.meldkluis", "en": "letter.meldkluis"}
"""What the locked file is called: the script has the same names."""

SCRIPT = "letter.js"
_ENDS_EARLY = re.compile(r"</script|<script|<!--|\r", re.IGNORECASE)
"""Source: HTML Living Standard, 4.12.1.3; a carriage return would change the script's sum."""

_YEAR = "\x00"


@dataclass(frozen=True)
class LetterNumber:
    """What people compare: a file's SHA-256 in hexadecimal, and the beginning of it in letters."""

    name: str
    sha256: str
    fingerprint: str


@dataclass(frozen=True)
class Letter:
    """The file, its number, and the day on which the first card in it ends."""

    content: bytes
    number: LetterNumber
    ends: date


@cache
def script() -> str:
    """Return the letter's script, byte for byte as it was published.

    Raises:
        ScriptMissing: it was not built, or would end before its end within a page.
    """
    try:
        found = (FOLDER / SCRIPT).read_bytes().decode("utf-8")
    except OSError:
        raise ScriptMissing(name=SCRIPT) from None
    if _ENDS_EARLY.search(found):
        raise ScriptMissing(name=SCRIPT)
    return found


def packed(found: Surroundings) -> Packed:
    """Return the letter of today's cards in the language of this answer; made once.

    Raises:
        UnknownChannel: no channel can receive a letter today.
    """
    cards = found.mailboxes.channels(found.today())
    if not cards:
        raise UnknownChannel
    key = (language(), tuple(card.raw for card in cards))
    return found.letters.of(key, lambda: Packed.of(write(found, cards)))


def outside_a_visit(app: Flask, lang: str) -> Letter:
    """Return the letter that the site's application hands out today in a language.

    Raises:
        UnknownChannel, ScriptMissing: see `packed` and `script`.
    """
    with app.app_context():
        g.lang = lang
        content = packed(here()).plain
        ends = min(card.expires for card in here().mailboxes.channels(here().today()))
        return Letter(content, number_of(content), ends)


def number_today(found: Surroundings) -> LetterNumber | None:
    """Return the number of today's letter, or None when there is none: see `packed`."""
    try:
        return number_of(packed(found).plain)
    except UnknownChannel:
        return None


def number_of(content: bytes) -> LetterNumber:
    """Return the number of a letter in the language of this answer."""
    found = hashlib.sha256(content)
    return LetterNumber(FILE_NAMES[language()], found.hexdigest(), fingerprint(found.digest()))


def write(found: Surroundings, cards: Sequence[ChannelCard]) -> bytes:
    """Write the file for these cards, in the language of this answer."""
    site, own = found.config.site, _style(found.assets.stylesheet.content)
    html = current_app.jinja_env.get_template("site/letter/file.html").render(
        lang=language(),
        organisation=site.organisation[language()],
        demonstration=site.demonstration,
        address=site.address,
        site_id=site.site_id.hex(),
        cards=[{"slug": one.slug, "raw": base64.b64encode(one.raw).decode()} for one in cards],
        form=_form(found),
        left=payload.MAX_TEXT_CHARACTERS,
        browser=True,
        number=number,
        quarters=_quarters(),
        own_name=FILE_NAMES[language()],
        locked_name=LOCKED_NAMES[language()],
        policy=policy(script(), own),
        style=Markup(own),  # noqa: S704 - the site's own
        script=Markup(script()),  # noqa: S704 - our own
    )
    return html.encode("utf-8")


def policy(own_script: str, own_style: str) -> str:
    """Return what the file may do: run this script, wear this style, and nothing else.

    Source: W3C, Content Security Policy Level 3, sections 2.3.1 and 3.3.
    """
    return (
        f"default-src 'none'; script-src '{_sum(own_script)}'; style-src '{_sum(own_style)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _sum(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _style(content: bytes) -> str:
    """Return the stylesheet, in which a theme's words cannot end the element around it."""
    return content.decode("utf-8").replace("</", r"<\/").replace("\r", " ")


def _form(found: Surroundings) -> ReportForm:
    """Return the blank form; who can be excluded, and the quarters, the script adds."""
    site = found.config.site
    earlier = [("", _("I would rather not say")), (choices.EARLIER, _("Earlier"))]
    pairs: dict[str, choices.Pairs] = {
        "mode": [(mode, mode) for mode in payload.MODES],
        "excluded": [],
        "conduct": choices.labels(site.conduct),
        "grounds": choices.labels(site.grounds),
        "unit": choices.units(site.units),
        "period": earlier,
        "works_with_subject": choices.yes_no(),
        "supporter": choices.yes_no(),
    }
    return ReportForm.of(
        None,
        {name: [SelectChoice(*pair) for pair in listed] for name, listed in pairs.items()},
    )


def _quarters() -> list[Markup]:
    """Return the words of the four quarters, with a place for the year."""
    place = Markup('<span data-slot="year"></span>')
    return [
        place.join(choices.quarter_words(code).split(_YEAR))
        for code in (f"{_YEAR}-Q{number}" for number in range(1, 5))
    ]
