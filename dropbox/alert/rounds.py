"""One round: everybody who is to be told, one after the other, whatever befell the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

from dropbox.alert import hook, mail, message
from dropbox.alert.settings import Settings
from dropbox.errors import DropboxError

Step = Callable[[], None]


@dataclass(frozen=True)
class Outcome:
    """How one message went: a mail or a hook, its number in the settings from 1, what failed."""

    is_mail: bool
    number: int
    error: DropboxError | None


def go(settings: Settings, today: date) -> Iterator[Outcome]:
    """Send each message in turn; one that fails stops no other.

    Nothing is remembered: to run it again is to send all of them again, and nothing is lost
    with a note of what was sent.
    """
    for is_mail, steps in ((True, _mails(settings, today)), (False, _hooks(settings))):
        for number, step in enumerate(steps, 1):
            yield Outcome(is_mail, number, _failure(step))


def _mails(settings: Settings, today: date) -> list[Step]:
    found = settings.mail
    if found is None:
        return []
    return [
        partial(
            mail.send,
            found,
            recipient,
            message.mail(settings.language, today, found.sender, recipient),
        )
        for recipient in found.recipients
    ]


def _hooks(settings: Settings) -> list[Step]:
    content = message.text(settings.language)
    return [partial(hook.run, command, content) for command in settings.hooks]


def _failure(step: Step) -> DropboxError | None:
    try:
        step()
    except DropboxError as error:
        return error
    return None
