"""The pages around the report: start, route guide, keys, and the organisation's texts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import segno
from flask import Blueprint, redirect, render_template, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from dropbox.protocol.channel_card import ChannelCard
from dropbox.protocol.keys import in_square
from dropbox.site import letter_file, texts
from dropbox.site.context import here
from dropbox.site.speech import gettext as _
from dropbox.site.speech import language

LANGUAGE_PATH = "/<any(nl, en):lang>"

start_pages = Blueprint("start", __name__)


@dataclass(frozen=True)
class Guide:
    """One situation of the route guide and the channels that fit it."""

    question: str
    answer: str
    cards: list[ChannelCard]


def _channels() -> list[ChannelCard]:
    return here().mailboxes.channels(here().today())


@start_pages.get("/")
def root() -> BaseResponse:
    """Send the reader to their language."""
    response = redirect(url_for("start.start"), 302)
    response.headers["Vary"] = "Accept-Language"
    return response


@start_pages.get(f"{LANGUAGE_PATH}/")
def start() -> str:
    """Say what this is, who reads, what happens, and what it does not protect against."""
    return render_template("site/start.html", channels=_channels())


@start_pages.get(f"{LANGUAGE_PATH}/routes")
def routes() -> str:
    """Help to choose a channel, or another route."""
    cards = _channels()
    return render_template(
        "site/routes.html", channels=cards, guides=_guides(cards), outside=outside_routes()
    )


def outside_routes() -> list[dict[str, str]]:
    """Return the routes that are not on this site, in the reader's language."""
    return [
        {
            "name": route.name[language()],
            "about": route.about[language()],
            "url": route.url,
            "phone": route.phone,
        }
        for route in here().config.site.outside_routes
    ]


def _guides(cards: list[ChannelCard]) -> list[Guide]:
    return [
        Guide(
            _("I first want to talk, without anything happening"),
            _("A confidential adviser listens and thinks along. They take no step without you."),
            [card for card in cards if card.kind == "adviser"],
        ),
        Guide(
            _("I want my organisation to look into it"),
            _("The integrity office can look into a report and advise on measures."),
            [card for card in cards if card.kind == "integrity"],
        ),
        Guide(
            _("Reporting inside the organisation does not feel safe"),
            _("An outside channel is not run by your employer."),
            [card for card in cards if card.external],
        ),
        Guide(
            _("It is about someone at the top, or about someone who reads reports"),
            _("Choose an independent channel. In the form you can also say who may not read it."),
            [card for card in cards if card.independent],
        ),
    ]


@start_pages.get(f"{LANGUAGE_PATH}/keys")
def keys() -> str:
    """Show each channel's fingerprint and whole key, and the numbers of what locks a report."""
    cards = _channels()
    squares = {card.slug: square(card.channel_pk) for card in cards}
    letter = letter_file.number_today(here())
    return render_template("site/keys.html", channels=cards, squares=squares, letter=letter)


@lru_cache(maxsize=64)
def square(channel_pk: bytes) -> Markup:
    """Draw a channel's key, 32 raw bytes, as a QR code: see `keys.in_square`."""
    code = segno.make(in_square(channel_pk), micro=False, error="m")
    drawn = code.svg_inline(border=2, omitsize=True, svgclass="qr", lineclass=None)
    # Drawn here from hexadecimal digits only.
    return Markup(drawn)  # noqa: S704


@start_pages.get(f"{LANGUAGE_PATH}/<any(privacy, accessibility, contact):page>")
def text_page(page: str) -> str:
    """Show one of the organisation's own texts."""
    found: texts.TextPage = here().texts[language(), page]
    return render_template("site/text.html", title=found.title, text=found.html)
