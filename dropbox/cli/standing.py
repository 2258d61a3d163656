"""How the site's status looks on a terminal, and for a program."""

from __future__ import annotations

import json
from typing import Any

import click

from dropbox.cli.screen import language, say
from dropbox.desk.screen import line
from dropbox.errors import N_
from dropbox.upkeep import CardState, ChannelStatus, HandlerStatus, Status

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
NOT_YET_COLLECTED = N_("%(slug)s, %(role)s, %(handler)s: never collected yet.")
NEVER_COLLECTED = N_("%(slug)s, %(role)s, %(handler)s: OVERDUE, never collected.")
BROKEN = N_("%(file)s is no usable card. See: meldkluis card list")
NO_CARDS = N_("There is no channel card, so nobody can report. See: meldkluis card add")
FREE = N_("Free on the disk: %(size)d MiB")


def show(status: Status, as_json: bool) -> None:
    """Print a status, in words or as one JSON object."""
    if as_json:
        click.echo(json.dumps(_values(status), ensure_ascii=False))
        return
    for channel in status.channels:
        say(CARDS[channel.state], slug=channel.slug, day=channel.expires.isoformat())
    for handler in status.handlers:
        _show_handler(handler)
    for name in status.broken_cards:
        say(BROKEN, file=line(name))
    if not status.channels:
        say(NO_CARDS)
    say(FREE, size=status.free_bytes // _MIB)


def _show_handler(handler: HandlerStatus) -> None:
    text = COLLECTED_TOO_LONG_AGO if handler.overdue else COLLECTED_BEFORE
    if handler.days_since is None:
        text = NEVER_COLLECTED if handler.overdue else NOT_YET_COLLECTED
    elif handler.days_since <= 0:
        text = COLLECTED_TODAY
    say(
        text,
        slug=handler.slug,
        role=line(handler.role[language()]),
        handler=handler.handler_id.hex(),
        days=handler.days_since or 0,
    )


def _values(status: Status) -> dict[str, Any]:
    return {
        "channels": [_channel_values(channel) for channel in status.channels],
        "handlers": [_handler_values(handler) for handler in status.handlers],
        "broken_cards": list(status.broken_cards),
        "free_bytes": status.free_bytes,
    }


def _channel_values(channel: ChannelStatus) -> dict[str, Any]:
    return {
        "slug": channel.slug,
        "version": channel.version,
        "expires": channel.expires.isoformat(),
        "days_left": channel.days_left,
        "state": channel.state.value,
    }


def _handler_values(handler: HandlerStatus) -> dict[str, Any]:
    return {
        "handler": handler.handler_id.hex(),
        "channel": handler.slug,
        "role": dict(handler.role),
        "days_since": handler.days_since,
        "overdue": handler.overdue,
    }
