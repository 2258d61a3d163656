"""What every page of the site stands on, bound to the application once at its start.

Also the words and days that all templates share. Holds nothing about a request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import current_app, g, request, url_for
from markupsafe import Markup

from dropbox.config import Config
from dropbox.errors import CardExpired, DropboxError, NoIntakeKey
from dropbox.language import LANGUAGES, translator
from dropbox.mailbox import Mailboxes
from dropbox.site.admission import Gate, NotNow
from dropbox.site.assets import Assets
from dropbox.site.choices import Offers
from dropbox.site.kept import Kept
from dropbox.site.packing import Gapped, Packed
from dropbox.site.speech import gettext, language, locale
from dropbox.site.texts import TextPage
from dropbox.site.tokens import FormTokens

EXTENSION = "meldkluis"
SERVER_ERROR = 500
LANGUAGE_NAMES = {"nl": "Nederlands", "en": "English"}


@dataclass(frozen=True)
class Frame:
    """The HTML before and after what a page itself says."""

    top: Markup
    foot: Markup


@dataclass(frozen=True)
class Surroundings:
    """What the views use: settings, the blind server's use cases, today, forms, texts, the gate."""

    config: Config
    mailboxes: Mailboxes
    clock: Callable[[], date]
    tokens: FormTokens
    assets: Assets
    texts: Mapping[tuple[str, str], TextPage]
    blank_forms: Kept[Gapped]
    blank_pages: Kept[Packed]
    offers: Kept[Offers]
    frames: Kept[Frame]
    packed_cards: Kept[Packed]
    letters: Kept[Packed]
    gate: Gate

    def today(self) -> date:
        """Return the day of this request: the same one until its answer, also at midnight."""
        if "today" not in g:
            g.today = self.clock()
        found: date = g.today
        return found


def here() -> Surroundings:
    """Return the surroundings of the running application."""
    found: Surroundings = current_app.extensions[EXTENSION]
    return found


def settle(app: Any) -> None:
    """Do what is due every minute, whether or not anybody comes; nothing for another program."""
    found = getattr(app, "extensions", {}).get(EXTENSION)
    if isinstance(found, Surroundings):
        found.gate.settle()
        found.mailboxes.look_at_disk()


def choose_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Take the language out of the address, or else out of what the browser asks for."""
    named = values.pop("lang", None) if values else None
    first = request.path.split("/", 2)[1]
    if named is None and first in LANGUAGES:
        named = first
    g.lang = named or request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def keep_language(endpoint: str, values: dict[str, Any]) -> None:
    """Stay in the reader's language when an address is written."""
    if "lang" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        values["lang"] = language()


def day(value: date) -> str:
    """Write a day in words, such as 21 november 2026."""
    return format_date(value, "d MMMM y", locale=locale(language()))


def number(value: int) -> str:
    """Write a number as the language does: 20.000 or 20,000."""
    return format_decimal(value, locale=locale(language()))


def words_of(error: DropboxError) -> str:
    """Write an error in the reader's language; what is ours to mend is not explained.

    That it is too busy is: the reporter can do something about it.
    """
    if isinstance(error, (CardExpired, NoIntakeKey)):
        return gettext(
            "This channel cannot take reports or messages at the moment. Nothing was stored."
            " Choose another channel, or try again in a few days."
        )
    if error.status >= SERVER_ERROR and not isinstance(error, NotNow):
        return gettext(
            "This does not work at the moment. Nothing was stored or erased. Try again later."
        )
    return translator(language()).gettext(error.text) % error.params


def _frame() -> Frame:
    site = here().config.site
    values = {
        "organisation": site.organisation[language()],
        "demonstration": site.demonstration,
        "leave_url": site.leave_url,
    }
    made: Any = current_app.jinja_env.get_template("site/frame.html").make_module(values)
    return Frame(made.top(), made.foot())


def shared() -> dict[str, Any]:
    """Return what all templates use."""
    found = here()
    other = LANGUAGES[1 - LANGUAGES.index(language())]
    endpoint = request.endpoint or "start.start"
    values = dict(request.view_args or {})
    if not current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        endpoint, values = "start.start", {}
    return {
        "lang": language(),
        "other": other,
        "other_name": LANGUAGE_NAMES[other],
        "elsewhere": url_for(endpoint, **(values | {"lang": other})),
        "organisation": found.config.site.organisation[language()],
        "frame": found.frames.of(language(), _frame),
        "stylesheet": found.assets.stylesheet.url,
        "scripts": found.assets.scripts,
        "release": found.assets.release,
        "failed": False,
        "notice": "",
        "day": day,
        "number": number,
    }
