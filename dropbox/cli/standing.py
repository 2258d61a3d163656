"""How the site's status looks on a terminal, and for a program."""

from __future__ import annotations

import json

import click

from dropbox.cli.screen import language, say
from dropbox.desk.screen import line
from dropbox.errors import N_
from dropbox.upkeep import CardState, HandlerStatus, Health, Status

_MIB = 1024 * 1024

CARDS = {
    CardState.VALID: N_("%(slug)s: the card is valid until %(day)s."),
    CardState.ENDING: N_("%(slug)s: the card ends on %(day)s. Ask its owner for a new one now."),
    CardState.EXPIRED: N_(
        "%(slug)s: the card ended on %(day)s. Nobody can report here until there is a new one."
    ),
}
COLLECTED_TODAY = N_("%(slug)s, %(role)s, %(handler)s: collected today.")
COLLECTED_BEFORE = N_("%(slug)s, %(role)s, %(handler)s: days since the last collection: %(days)d.")
COLLECTED_TOO_LONG_AGO = N_(
    "%(slug)s, %(role)s, %(handler)s: OVERDUE, days since the last collection: %(days)d."
)
COLLECTED_TO_COME = N_(
    "%(slug)s, %(role)s, %(handler)s: OVERDUE, collected on a day that is still to come:"
    " a date was wrong. Collect again."
)
NOT_YET_COLLECTED = N_("%(slug)s, %(role)s, %(handler)s: never collected yet.")
NEVER_COLLECTED = N_("%(slug)s, %(role)s, %(handler)s: OVERDUE, never collected.")
BROKEN = N_("%(file)s is no usable card. See: meldkluis card list")
NO_CARDS = N_("There is no channel card, so nobody can report. See: meldkluis card add")
FREE = N_("Free on the disk: %(size)d MiB")
LITTLE = N_("LOW: free on the disk: %(size)d MiB. Without room no report can come in.")


def show_health(health: Health) -> None:
    """Print up, disk and overdue, and nothing else, as one JSON object."""
    disk = "low" if health.disk_low else "ok"
    click.echo(json.dumps({"up": health.up, "disk": disk, "overdue": health.overdue}))


def show(status: Status) -> None:
    """Print a status in words."""
    for channel in status.channels:
        say(CARDS[channel.state], slug=channel.slug, day=channel.expires.isoformat())
    for handler in status.handlers:
        _show_handler(handler)
    for name in status.broken_cards:
        say(BROKEN, file=line(name))
    if not status.channels:
        say(NO_CARDS)
    say(LITTLE if status.disk_low else FREE, size=status.free_bytes // _MIB)


def _show_handler(handler: HandlerStatus) -> None:
    text = COLLECTED_TOO_LONG_AGO if handler.overdue else COLLECTED_BEFORE
    if handler.days_since is None:
        text = NEVER_COLLECTED if handler.overdue else NOT_YET_COLLECTED
    elif handler.days_since < 0:
        text = COLLECTED_TO_COME
    elif handler.days_since == 0:
        text = COLLECTED_TODAY
    say(
        text,
        slug=handler.slug,
        role=line(handler.role[language()]),
        handler=handler.handler_id.hex(),
        days=handler.days_since or 0,
    )
