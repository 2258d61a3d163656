"""What a reporter can choose from: taxonomies of the organisation, quarters, readers.

Most functions give pairs of the value that travels in the sealed report and the
words beside it, in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from babel.dates import get_month_names
from wtforms.fields.choices import SelectChoice

from dropbox.config import Label, SiteConfig
from dropbox.protocol import days, payload
from dropbox.protocol.channel_card import ChannelCard
from dropbox.site.speech import gettext as _
from dropbox.site.speech import language, locale

Pairs = list[tuple[str, str]]
Offers = Mapping[str, list[SelectChoice]]
"""What a form offers, by the name of the field."""

QUARTERS_SHOWN = 8
EARLIER = "earlier"
_MONTHS_PER_QUARTER = 3


def offers(card: ChannelCard, site: SiteConfig, today: date) -> Offers:
    """Return all that the form of a channel offers today."""
    pairs = {
        "mode": [(mode, mode) for mode in payload.MODES],
        "excluded": handlers(card),
        "conduct": labels(site.conduct),
        "grounds": labels(site.grounds),
        "unit": units(site.units),
        "period": quarters(today),
        "works_with_subject": yes_no(),
        "supporter": yes_no(),
    }
    return {
        name: [SelectChoice(value, label) for value, label in found]
        for name, found in pairs.items()
    }


def labels(taxonomy: Mapping[str, Label]) -> Pairs:
    """Return a taxonomy's codes and labels, in the organisation's order."""
    lang = language()
    return [(code, label[lang]) for code, label in taxonomy.items()]


def units(taxonomy: Mapping[str, Label]) -> Pairs:
    """Return the units, and first the choice not to name one."""
    return [("", _("I would rather not say")), *labels(taxonomy)]


def quarters(today: date) -> Pairs:
    """Return the newest quarters, this one first, then earlier, and before all no answer."""
    found = [("", _("I would rather not say"))]
    for back in range(QUARTERS_SHOWN):
        code = days.quarter(days.add_months(today, -_MONTHS_PER_QUARTER * back))
        found.append((code, quarter_words(code)))
    return [*found, (EARLIER, _("Earlier"))]


def quarter_words(code: str) -> str:
    """Write a quarter such as ``2026-Q4`` in words."""
    year, _dash, number = code.partition("-Q")
    names = get_month_names("wide", locale=locale(language()))
    last = int(number) * _MONTHS_PER_QUARTER
    first = last - _MONTHS_PER_QUARTER + 1
    return _("%(first)s to %(last)s %(year)s", first=names[first], last=names[last], year=year)


def yes_no() -> Pairs:
    """Return yes, no and no answer."""
    return [("yes", _("Yes")), ("no", _("No")), ("", _("I would rather not say"))]


def handlers(card: ChannelCard) -> Pairs:
    """Return the handlers on a card by their ids in hexadecimal, with their roles."""
    lang = language()
    return [(found.handler_id.hex(), found.role[lang]) for found in card.handlers]
