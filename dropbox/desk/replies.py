"""Answers: composed by rule, sealed, and put out for the site.

Invariants: a reply is sealed to the reporter and to those of the report's own readers
who are still on the card, never to an excluded handler or one who came later; a note to
the same handlers and not to the reporter; the state moves as `dropbox.desk.moves` allows,
and its reason is sealed in the same transaction; a withdrawn case gets nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from dropbox.desk import activity, casebook, keyring, moves, outbox
from dropbox.desk.casebook import OpenBook
from dropbox.desk.cases import Case, Entry, Standing
from dropbox.desk.errors import (
    CaseAlreadyClosed,
    CaseOnHold,
    EmptyText,
    ImportFirst,
    NotOnCard,
    NotText,
    OutcomeMissing,
)
from dropbox.desk.other_channels import OwnChannel
from dropbox.desk.vault import Vault
from dropbox.desk.words import AFTERCARE
from dropbox.errors import ForeignHandler, NoIntakeKey
from dropbox.language import translator
from dropbox.protocol import handler
from dropbox.protocol.channel_card import CardHandler, ChannelCard
from dropbox.protocol.days import add_months
from dropbox.protocol.envelope import envelope_id
from dropbox.protocol.letter import Recipient, in_order
from dropbox.protocol.note import Note, seal_note
from dropbox.protocol.payload import Reply


@dataclass(frozen=True)
class Written:
    """What was sealed: envelope ids of 32 bytes, and colleagues' ids who could not be reached.

    ``envelope_ids`` are replies, ``note_ids`` notes that only handlers get. A colleague is
    left out when the card holds no intake key for them today.
    """

    envelope_ids: tuple[bytes, ...]
    left_out: tuple[bytes, ...]
    note_ids: tuple[bytes, ...] = ()


def reply(
    vault: Vault,
    mailbox_id: bytes,
    text: str,
    today: date,
    state: str | None = None,
    reason: str = "",
) -> Written:
    """Answer a case.

    Args:
        vault: a handler's.
        mailbox_id: the case, 32 raw bytes.
        text: what to say, at most 5,000 characters.
        today: the day of writing.
        state: the new state, or None to leave it; a first answer makes it ``read``.
        reason: why the state changes, for the case's handlers alone; may be empty where
            `moves.Move` needs none.

    Raises:
        UnknownCase, CaseWithdrawn: there is no such case to answer.
        CaseOnHold: the reporter paused it and the state would change.
        OutcomeMissing: ``closed`` was asked for; see `close`.
        PersonStateOnAnonymousReport, StateNotOfChannel, NoWayBack,
            ReopenedByReporterOnly, ReasonMissing: see `moves.check`.
        EmptyText, NotText, TextTooLong: the text cannot be sent.
        NoCardYet, CardExpired, NotOnCard, ImportFirst: this desk cannot write now.
    """
    with vault.transaction():
        desk = Writer(vault, mailbox_id, today)
        standing = desk.case.standing()
        chosen = state or next_state(standing)
        if chosen == "closed" and standing.state != "closed":
            raise OutcomeMissing
        moves.check(desk.kind, desk.case, chosen, reason)
        outcome = standing.outcome if chosen == "closed" else ""
        return desk.write([desk.draft(text, chosen, outcome)], reason)


def close(
    vault: Vault,
    mailbox_id: bytes,
    text: str,
    outcome: str,
    today: date,
    *,
    aftercare: bool = True,
    later: Mapping[int, str] | None = None,
    reason: str = "",
) -> Written:
    """Close a case with an outcome, and seal the aftercare replies for later.

    Args:
        vault: a handler's.
        mailbox_id: the case, 32 raw bytes.
        text: what to say, at most 5,000 characters.
        outcome: one of `dropbox.protocol.payload.OUTCOMES`, not empty.
        today: the day of closing.
        aftercare: whether to ask how the reporter is after one month and after three.
        later: other words for that question, by number of months; what is left out keeps
            the usual ones.
        reason: why it is closed, for the case's handlers alone; never empty.

    Raises:
        CaseAlreadyClosed, CaseOnHold: it cannot be closed now.
        OutcomeMissing, PersonStateOnAnonymousReport: the outcome does not fit.
        DropboxError: all else that `reply` raises.
    """
    with vault.transaction():
        desk = Writer(vault, mailbox_id, today)
        standing = desk.case.standing()
        if standing.state == "closed":
            raise CaseAlreadyClosed
        if standing.on_hold:
            raise CaseOnHold
        moves.check_outcome(desk.case, outcome)
        moves.check(desk.kind, desk.case, "closed", reason)
        drafts = [desk.draft(text, "closed", outcome)]
        usual = aftercare_texts(desk.case.report.language) if aftercare else {}
        for months, question in usual.items():
            asked, day = (later or {}).get(months, question), add_months(today, months)
            drafts.append(desk.draft(asked, "closed", outcome, day))
        return desk.write(drafts, reason, activity.CLOSED)


def aftercare_texts(language: str) -> dict[int, str]:
    """Return what is asked after a closing, by number of months, in the reporter's language."""
    say = translator(language).gettext
    return {months: say(question) for months, question in AFTERCARE.items()}


def propose_transfer(
    vault: Vault, mailbox_id: bytes, text: str, channel_pk: bytes, today: date
) -> Written:
    """Ask the reporter whether another channel may read; the state stays as it is.

    Only the reporter can let it: they see that channel's card and write for it anew.

    Args:
        vault: a handler's.
        mailbox_id: the case, 32 raw bytes.
        text: what to ask, at most 5,000 characters.
        channel_pk: the other channel's identity, 32 raw bytes.
        today: the day of writing.

    Raises:
        OwnChannel: it is this very channel.
        CaseOnHold: the reporter paused the case.
        DropboxError: all else that `reply` raises.
    """
    with vault.transaction():
        if channel_pk == keyring.channel(vault).channel_pk:
            raise OwnChannel
        desk = Writer(vault, mailbox_id, today)
        standing = desk.case.standing()
        if standing.on_hold:
            raise CaseOnHold
        state = next_state(standing)
        moves.check(desk.kind, desk.case, state, "")
        outcome = standing.outcome if state == "closed" else ""
        return desk.write([replace(desk.draft(text, state, outcome), transfer=channel_pk)])


def next_state(standing: Standing) -> str:
    """Return the state that a reply bears when nobody chose one: a first answer is a reading."""
    if not standing.state or (standing.state == "received" and not standing.on_hold):
        return "read"
    return standing.state


def checked(text: str) -> str:
    """Return a text as it is sent, its lines ended alike.

    Raises:
        EmptyText, NotText: it cannot be sent.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise NotText from None
    if not text.strip():
        raise EmptyText
    return "\n".join(text.splitlines())


class Writer:
    """One handler writing in one case, inside a transaction that the caller holds.

    Raises, when it is made, what `reply` names for a case or a desk that cannot be used.
    """

    def __init__(self, vault: Vault, mailbox_id: bytes, today: date) -> None:
        self._vault = vault
        self._today = today
        self._book: OpenBook = casebook.open_book(vault, mailbox_id)
        self.case: Case = self._book.case()
        if outbox.courier(vault).import_first:
            raise ImportFirst
        self._desk = keyring.load(vault)
        self._card: ChannelCard = keyring.card(vault, today)

    @property
    def kind(self) -> str:
        """Return the channel's kind."""
        return self._card.kind

    @property
    def own_id(self) -> bytes:
        """Return the writing handler's 8-byte id."""
        return self._desk.handler_id

    @property
    def possible_readers(self) -> frozenset[bytes]:
        """Return the ids of the case's readers who are on the card."""
        return self.case.readers & {each.handler_id for each in self._card.handlers}

    def draft(self, text: str, state: str, outcome: str, not_before: date | None = None) -> Reply:
        """Return a reply whose turn and number are still to be given."""
        entries = [entry for entry in self.case.entries if not entry.author]
        return Reply(
            day=self._today,
            turn=0,
            number=0,
            text=checked(text),
            state=state,
            recipients=(),
            outcome=outcome,
            not_before=not_before,
            seen=tuple(entry.envelope_id for entry in entries),
        )

    def write(self, drafts: list[Reply], reason: str = "", act: str = activity.ANSWERED) -> Written:
        """Number, seal and put out replies, in order, and the reason for the first of them."""
        own = self._on_card()
        readers, left_out = self._readers()
        written = []
        for drafted in drafts:
            ready = self._numbered(drafted, readers)
            data = handler.seal_reply(
                keyring.channel(self._vault),
                self._desk.seed,
                own.certificate.raw,
                self._book.pinned,
                readers,
                ready,
            )
            own_id = envelope_id(data)
            entry = Entry(own_id, self._desk.handler_id, dict(own.role), reply=ready)
            self._put_out(data, entry)
            written.append(own_id)
        notes: tuple[bytes, ...] = ()
        if reason.strip():
            notes = self.note("reason", checked(reason), about=written[0]).note_ids
        activity.note_in_case(self._book, act, self._today)
        return Written(tuple(written), left_out, notes)

    def note(
        self,
        kind: str,
        text: str,
        *,
        about: bytes | None = None,
        assignee: bytes | None = None,
        task: str = "",
        done: str = "",
    ) -> Written:
        """Seal a note to the case's handlers and put it out; see `dropbox.protocol.note.Note`.

        Raises:
            NotOnCard: this handler is not on the card.
            NoIntakeKey: nobody on the card could read it today.
            TextTooLong: the text does not fit.
        """
        own = self._on_card()
        readers, left_out = self._readers()
        if not readers:
            raise NoIntakeKey
        ready = Note(
            kind=kind,
            day=self._today,
            turn=self.case.next_note_turn,
            number=self.case.next_note_number(self.own_id),
            text=text,
            recipients=tuple(reader.handler_id for reader in readers),
            about=about,
            assignee=assignee,
            task=task,
            done=done,
        )
        data = seal_note(
            keyring.channel(self._vault),
            self._desk.seed,
            own.certificate.raw,
            self._book.pinned,
            readers,
            ready,
        )
        entry = Entry(envelope_id(data), self.own_id, dict(own.role), note=ready)
        self._put_out(data, entry)
        if kind != "reason":
            activity.note_in_case(self._book, activity.NOTED, self._today)
        return Written((), left_out, (entry.envelope_id,))

    def _on_card(self) -> CardHandler:
        try:
            return self._card.handler(self._desk.handler_id)
        except ForeignHandler:
            raise NotOnCard from None

    def _readers(self) -> tuple[list[Recipient], tuple[bytes, ...]]:
        """Return who may read it, and who may but has no key today.

        The writer is among them: a desk that was restored gets its own replies back.
        """
        readers, left_out = [], []
        for each in self._card.handlers:
            if each.handler_id not in self.case.readers:
                continue
            try:
                readers.append(Recipient(each.handler_id, each.intake_key(self._today)))
            except NoIntakeKey:
                left_out.append(each.handler_id)
        return list(in_order(readers)), tuple(left_out)

    def _numbered(self, drafted: Reply, readers: list[Recipient]) -> Reply:
        return replace(
            drafted,
            turn=self.case.next_turn,
            number=self.case.next_number(self._desk.handler_id),
            recipients=tuple(reader.handler_id for reader in readers),
        )

    def _put_out(self, data: bytes, entry: Entry) -> None:
        self._book.add(entry)
        self._book.keep_sealed(entry.envelope_id, data)
        self._vault.put("seen", entry.envelope_id, b"")
        queue = outbox.queue_reply if entry.note is None else outbox.queue_note
        queue(self._vault, entry.envelope_id, self.case.mailbox_id)
        self.case = self._book.case()
