"""What the desk's commands print, but for a case itself: see `desk_case`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

import click

from dropbox.cli.desk_case import done_by, owed, role_words, roles_of, state_words
from dropbox.cli.screen import _, language, say, say_about
from dropbox.desk import casebook, keyring, outbox, withdrawals, words
from dropbox.desk.backup_days import BACKUP_WARNING_DAYS, last_backup
from dropbox.desk.cases import Case
from dropbox.desk.errors import VaultDamaged
from dropbox.desk.inbound import ImportSummary
from dropbox.desk.outbox import Courier, Waiting
from dropbox.desk.replies import Written
from dropbox.desk.served_card import NOTICES
from dropbox.desk.vault import Vault
from dropbox.errors import N_
from dropbox.protocol.channel_card import ChannelCard

COUNTS = (
    ("reports", N_("New reports: %(count)d")),
    ("messages", N_("New messages: %(count)d")),
    ("replies", N_("New replies of colleagues: %(count)d")),
    ("notes", N_("New notes of colleagues: %(count)d")),
    ("withdrawals", N_("Withdrawn and erased: %(count)d")),
    ("duplicates", N_("Already here: %(count)d")),
    ("after_withdrawal", N_("Of withdrawn cases, not read: %(count)d")),
    ("keys_destroyed", N_("Intake keys destroyed, of months long past: %(count)d")),
)


DAMAGED = N_("damaged")


def summary(found: ImportSummary) -> None:
    """Print what a bundle brought; new reports and messages also when there are none."""
    for name, text in COUNTS:
        count = getattr(found, name)
        if count or name in ("reports", "messages"):
            say(text, count=count)
    _reasons(N_("Damaged: %(count)d. %(reason)s"), found.damaged)
    _reasons(N_("Refused: %(count)d. %(reason)s"), found.refused)
    if found.final_on:
        say(
            N_("The first import on or after %(day)s makes withdrawing final: no copy opens then."),
            day=found.final_on,
        )
    for notice in found.notices:
        say(NOTICES[notice])


def _reasons(text: str, found: Counter[str]) -> None:
    for reason, count in sorted(found.items()):
        say(text, count=count, reason=_(reason))


def card(found: ChannelCard) -> None:
    """Print a channel card: what people compare."""
    name = found.texts[language()].name
    say_about(N_("Channel card %(version)d of %(name)s"), version=found.version, name=name)
    say(N_("Fingerprint of the channel: %(fingerprint)s"), fingerprint=found.fingerprint)
    say(N_("Valid up to and including %(day)s"), day=found.expires)
    for handler in found.handlers:
        handler_id, role = handler.handler_id.hex(), handler.role[language()]
        say_about(N_("Handler %(handler)s: %(role)s"), handler=handler_id, role=role)


def case_list(vault: Vault, today: date) -> None:
    """Print every case, the oldest report first, and what else needs a look.

    Of each case only its few lines are kept for sorting, so a large vault needs no more memory.
    """
    numbers = casebook.numbers(vault)
    roles = roles_of(vault, today)
    found = sorted(_rows(vault, numbers, roles, today))
    for _day, _mailbox_id, lines in found:
        for line in lines:
            click.echo(line)
    if not found:
        say(N_("There are no cases."))
    if unnamed := casebook.unnamed(vault):
        say(N_("Damaged cases whose number cannot be read: %(count)d"), count=unnamed)
    _under_way(vault, today)
    _withdrawals(vault, today)
    _troubles(vault, numbers)
    _card_warning(vault, today)
    _backup_warning(vault, today)


def _rows(
    vault: Vault, numbers: dict[bytes, str], roles: dict[bytes, dict[str, str]], today: date
) -> Iterator[tuple[date, bytes, list[str]]]:
    """Yield report day, mailbox id and lines of each case, damaged ones as the oldest."""
    for mailbox_id in casebook.ids(vault):
        number = numbers[mailbox_id]
        try:
            book = casebook.open_book(vault, mailbox_id)
            if book.has_report:
                case = book.case()
                yield case.report.day, mailbox_id, _case_lines(case, number, roles, today)
        except VaultDamaged:
            yield date.min, mailbox_id, [f"{number}  {_(DAMAGED)}"]


def _case_lines(
    case: Case, number: str, roles: dict[bytes, dict[str, str]], today: date
) -> list[str]:
    standing = case.standing()
    mode = _(words.MODES[case.report.mode])
    first = "  ".join([number, case.report.day.isoformat(), mode, state_words(standing)])
    lines = [*done_by(case, roles), *owed(case, today)]
    return [first, *(f"{'':{casebook.SHORTEST_NUMBER}}  {line}" for line in lines)]


def _under_way(vault: Vault, today: date) -> None:
    if waiting := casebook.count_waiting(vault):
        say(N_("Messages that wait for a report that has not come: %(count)d"), count=waiting)
    if replies := outbox.waiting(vault, today).replies:
        say(N_("Replies that the site has not confirmed yet: %(count)d"), count=replies)
    if notes := outbox.waiting(vault, today).notes:
        say(N_("Notes that the site has not confirmed yet: %(count)d"), count=notes)


def _withdrawals(vault: Vault, today: date) -> None:
    found = [tombstone.final_on for tombstone in withdrawals.tombstones(vault)]
    if found:
        say(N_("Withdrawn in all: %(count)d"), count=len(found))
    if open_still := [day for day in found if day > today]:
        say(
            N_("Of these not yet final: %(count)d, until %(day)s"),
            count=len(open_still),
            day=max(open_still),
        )
    if late := keyring.count_expired(vault, today):
        say(
            N_("Intake keys that the next import destroys, and with them old copies: %(count)d"),
            count=late,
        )


def _troubles(vault: Vault, numbers: dict[bytes, str]) -> None:
    for trouble in casebook.troubles(vault):
        number = numbers.get(trouble.mailbox_id, "?")
        text = (
            N_("Damaged item, case %(number)s: %(reason)s")
            if trouble.damaged
            else N_("Refused item, case %(number)s: %(reason)s")
        )
        say(text, number=number, reason=_(trouble.reason))


def _backup_warning(vault: Vault, today: date) -> None:
    found = last_backup(vault)
    if found is None:
        say(N_("There is no backup of this vault. Make one now."))
    elif (today - found.made).days > BACKUP_WARNING_DAYS:
        say(N_("The last backup is of %(day)s. Make a new one now."), day=found.made)


def _card_warning(vault: Vault, today: date) -> None:
    if keyring.card_for_reading(vault, today).warns(today):
        day = keyring.pinned(vault).expires
        say(N_("The channel card ends on %(day)s. Ask the owner for a new one."), day=day)


def written(vault: Vault, mailbox_id: bytes, sealed: Written, today: date) -> None:
    """Print what was answered and where it stands now, and which readers could not be reached."""
    case = casebook.open_book(vault, mailbox_id).case()
    say(
        N_("Case %(number)s, reported on %(day)s: %(state)s"),
        number=casebook.numbers(vault)[mailbox_id],
        day=case.report.day,
        state=state_words(case.standing()),
    )
    say(N_("Sealed for the next bundle: %(count)d"), count=len(sealed.envelope_ids))
    _left_out(vault, sealed, today)


def noted(vault: Vault, mailbox_id: bytes, sealed: Written, today: date) -> None:
    """Print in which case something was noted, who does it, and who could not be reached."""
    case = casebook.open_book(vault, mailbox_id).case()
    say(
        N_("Noted in case %(number)s, reported on %(day)s. The reporter does not see it."),
        number=casebook.numbers(vault)[mailbox_id],
        day=case.report.day,
    )
    for line in done_by(case, roles_of(vault, today)):
        click.echo(line)
    _left_out(vault, sealed, today)


def _left_out(vault: Vault, sealed: Written, today: date) -> None:
    shown = keyring.card_for_reading(vault, today)
    for handler_id in sealed.left_out:
        role = role_words(dict(shown.handler(handler_id).role))
        say_about(N_("Not sealed to %(role)s: the card has no key for them now."), role=role)


def waiting(found: Waiting) -> None:
    """Print what lies ready for the site."""
    say(N_("Replies: %(count)d"), count=found.replies)
    if found.mailboxes:
        say(N_("New mailboxes, made here: %(count)d"), count=found.mailboxes)
    if found.notes:
        say(N_("Notes to other handlers: %(count)d"), count=found.notes)
    say(N_("Receipts: %(count)d"), count=found.receipts)
    say(N_("Receipts of withdrawals: %(count)d"), count=found.withdrawal_receipts)
    if found.withdrawals:
        say(N_("Withdrawals for a restored site: %(count)d"), count=found.withdrawals)
    if found.delayed:
        say(
            N_("Receipts that wait until older backups have expired: %(count)d"),
            count=found.delayed,
        )


def courier(found: Courier) -> None:
    """Print what was made and what the site confirmed."""
    say(N_("Last bundle made: %(serial)d"), serial=found.serial)
    say(N_("Last bundle that the site confirmed: %(serial)d"), serial=found.accepted)
