"""Other ways in: a letter, a mail, a call, a signal passed on, entered by a handler.

The desk makes what the site makes for who fills in the form: reply code, keys, report and
memo. The case is here at once; mailbox and report go to the site with the next bundle,
and from there to the other handlers. Invariants: the code is returned once and never
kept, so the vault cannot show it again; whoever enters is a reader; a mailbox that went
into a bundle is never replaced or thrown away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from dropbox.desk import casebook, keyring, measures, outbox
from dropbox.desk.casebook import SIDES, OpenBook
from dropbox.desk.cases import Entry
from dropbox.desk.errors import EmptyText, ImportFirst, NotOnCard, NotText
from dropbox.desk.vault import Vault
from dropbox.errors import N_, ForeignHandler, InputError, NoIntakeKey, ProtocolError
from dropbox.export import lexicon, redact
from dropbox.export.detect import NOTHING_ADDED, Known
from dropbox.export.redact import Redactor, Style
from dropbox.export.register import Register
from dropbox.export.span import MASKED, Doubt, Span
from dropbox.protocol import handler, keys, reply_code, reporter
from dropbox.protocol.channel_card import ChannelCard
from dropbox.protocol.envelope import envelope_id
from dropbox.protocol.letter import Recipient, in_order
from dropbox.protocol.new_mailbox import NewMailbox
from dropbox.protocol.payload import MAX_PEOPLE, Memo, Report

ORIGINS = ("letter", "mail", "call", "council", "manager")
"""What can be entered here; `Report.origin` has one more, which the site writes."""

FIRST_TURN = 1
LEFT_OUT = {"nl": "weggelaten", "en": "left out"}
"""What stands between brackets in the place of a name, in the report's language."""


class EntryInvalid(InputError):
    """What was filled in beside the text cannot be used."""

    text = N_("Part of what you filled in cannot be used. Look at codes, period and numbers.")


class WriterExcluded(InputError):
    """Who enters a report would not be able to read it."""

    text = N_("You cannot exclude yourself: let a colleague enter this report.")


class CodeIsOut(InputError):
    """A reply code cannot be made anew: the mailbox is under way, or was answered."""

    text = N_(
        "This code cannot be made anew: the case was answered, or its mailbox went into a bundle."
        " Enter the report once more if the source has no code."
    )


class EntryIsOut(InputError):
    """A case cannot be thrown away: somebody may have its code, or it was never entered here."""

    text = N_(
        "This case cannot be thrown away: its mailbox went into a bundle or came in one. Close it,"
        " or let whoever has the code withdraw it."
    )


@dataclass(frozen=True)
class Suggestion:
    """What a text names: stretches to mask, descriptions to look at, parts not understood."""

    spans: tuple[Span, ...]
    shown: tuple[Span, ...]
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True)
class Entered:
    """A report that was entered: ids of 32 bytes, and the ten words that open its mailbox."""

    mailbox_id: bytes
    envelope_id: bytes
    words: tuple[str, ...]

    def __repr__(self) -> str:
        """Show nothing: a traceback must not print a code."""
        return "Entered(…)"


def style(language: str) -> Style:
    """Return how names are left out of what is entered, for a `Redactor`."""
    return Style(ground=LEFT_OUT[language])


def redactor(language: str, own: Known = NOTHING_ADDED) -> Redactor:
    """Return what finds names in a report that is entered.

    Args:
        language: of the report.
        own: what the organisation adds to the lists.

    Raises:
        LexiconMissing: the compiled lexicon is not on this computer.
    """
    words = lexicon.load()
    return Redactor(words, Register((), words), own, style(language))


def suggest(text: str, redactor: Redactor) -> Suggestion:
    """Propose what to leave out of a text unless its source agreed; a person decides."""
    found = redactor.analyse(text)
    return Suggestion(
        tuple(span for span in found.spans if span.label in MASKED),
        tuple(span for span in found.spans if span.label not in MASKED),
        found.doubts,
    )


def mask(text: str, spans: Sequence[Span], language: str) -> str:
    """Leave these stretches out of a text.

    Args:
        text: as `suggest` got it.
        spans: those of its proposals that a person confirmed, in order.
        language: of the report.
    """
    return redact.apply(text, spans, [f"[{LEFT_OUT[language]}]"] * len(spans))


def enter(vault: Vault, report: Report, today: date) -> Entered:
    """Make a mailbox for a report that came another way, and put both out for the site.

    Args:
        vault: a handler's.
        report: what came; its ``origin`` is one of `ORIGINS`. Day, turn and recipients are
            written here.
        today: the day of entering; the clocks run from it.

    Raises:
        EmptyText, NotText, TextTooLong, FieldTooLong: the text cannot be sent.
        EntryInvalid: origin, number of people, or a code or period cannot be used.
        WriterExcluded: this handler would not be among its readers.
        NoCardYet, CardExpired, NotOnCard, NoIntakeKey, ImportFirst: this desk cannot
            write now.
    """
    with vault.transaction():
        return enter_within(vault, report, today)


def anew(vault: Vault, mailbox_id: bytes, today: date) -> Entered:
    """Make mailbox and code anew for a report of which the code was lost before it left.

    The old mailbox is destroyed here and was nowhere else. What this desk keeps beside the
    thread, such as a draft or measures, goes on with the new one.

    Raises:
        UnknownCase, CaseWithdrawn: there is no such case.
        CodeIsOut: its mailbox went into a bundle or came in one, or it was answered.
        DropboxError: all that `enter` raises; then nothing was changed.
    """
    with vault.transaction():
        book = casebook.open_book(vault, mailbox_id)
        case = book.case()
        if not can_make_anew(vault, book):
            raise CodeIsOut
        beside = [(kind, book.side(kind)) for kind in SIDES]
        _destroy(vault, book)
        entered = enter_within(vault, case.report, today)
        fresh = casebook.open_book(vault, entered.mailbox_id)
        for kind, content in beside:
            if content is not None:
                fresh.put_side(kind, content)
        return entered


def discard(vault: Vault, mailbox_id: bytes) -> None:
    """Throw away a case that was entered by mistake: nobody but this desk has ever had it.

    Its key is destroyed, and mailbox, answers and notes leave the outbox. No trace stays that
    there was such a case; a backup that was made meanwhile still has it.

    Raises:
        UnknownCase, CaseWithdrawn: there is no such case.
        EntryIsOut: its mailbox went into a bundle, or came in one.
    """
    with vault.transaction():
        book = casebook.open_book(vault, mailbox_id)
        if not is_here_only(vault, book):
            raise EntryIsOut
        measures.uncount(vault, book)
        _destroy(vault, book)


def is_here_only(vault: Vault, book: OpenBook) -> bool:
    """Tell whether a case was entered at this desk and no bundle has had its mailbox yet."""
    report = next(each for each in book.case().entries if each.report is not None)
    return not outbox.was_exported(vault, report.envelope_id)


def can_make_anew(vault: Vault, book: OpenBook) -> bool:
    """Tell whether a case is here only, and still as it was entered: see `anew`."""
    return book.book.entries == 1 and is_here_only(vault, book)


def _destroy(vault: Vault, book: OpenBook) -> None:
    outbox.drop_replies(vault, book.book.sealed)
    for each in book.destroy():
        outbox.drop_receipts(vault, [each])
        vault.delete("seen", each)


def enter_within(vault: Vault, report: Report, today: date) -> Entered:
    """As `enter`, inside a transaction that the caller holds."""
    if outbox.courier(vault).import_first:
        raise ImportFirst
    desk, card = keyring.load(vault), keyring.card(vault, today)
    readers = _readers(card, desk.handler_id, report.excluded, today)
    ready = replace(
        report,
        day=today,
        turn=FIRST_TURN,
        text=_text(report.text),
        recipients=tuple(each.handler_id for each in readers),
    )
    if ready.origin not in ORIGINS or not 1 <= ready.people <= MAX_PEOPLE:
        raise EntryInvalid
    key = reply_code.new_key()
    own = keys.reporter_keys(card.site_id, card.channel_pk, key)
    sealed = _sealed(own, keys.lookup(keys.token(card.site_id, key)), readers, ready)
    pinned = _read_back(vault, sealed.envelope, ready)
    own_id = envelope_id(sealed.envelope)
    book = casebook.open_or_start(vault, own.mailbox_id)
    book.add(Entry(own_id, b"", {}, report=ready), pinned)
    book.keep_sealed(own_id, sealed.raw())
    vault.put("seen", own_id, b"")
    outbox.queue_mailbox(vault, own_id, own.mailbox_id)
    # It is read already. The bundle has mailboxes first, so this finds its slot.
    outbox.queue_receipt(vault, own_id)
    return Entered(own.mailbox_id, own_id, tuple(reply_code.words(key, ready.language)))


def _text(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise NotText from None
    if not text.strip():
        raise EmptyText
    return "\n".join(text.splitlines())


def _readers(
    card: ChannelCard, own_id: bytes, excluded: Sequence[bytes], today: date
) -> tuple[Recipient, ...]:
    """Return whom the report is sealed to: who is on the card with a key, but the excluded."""
    if own_id in excluded:
        raise WriterExcluded
    try:
        card.handler(own_id).intake_key(today)
    except ForeignHandler:
        raise NotOnCard from None
    found = []
    for each in card.handlers:
        if each.handler_id in excluded:
            continue
        try:
            found.append(Recipient(each.handler_id, each.intake_key(today)))
        except NoIntakeKey:
            continue  # they read nothing that is sent today, whichever way it comes
    return in_order(found)


def _sealed(
    own: keys.ReporterKeys, lookup: bytes, readers: Sequence[Recipient], report: Report
) -> NewMailbox:
    memo = Memo(report.day, report.recipients, report.excluded, turn=report.turn)
    return NewMailbox(
        lookup=lookup,
        ed_pk=own.ed_pk,
        x_pk=own.x_pk,
        memo=reporter.seal_memo(own, memo),
        envelope=reporter.seal_report(own, readers, report),
    )


def _read_back(vault: Vault, envelope: bytes, report: Report) -> handler.Pinned:
    """Read the report as a colleague's desk will; what that would refuse is not sent."""
    box_keys = keyring.load(vault).box_keys()
    try:
        letter = handler.open_letter(envelope, keyring.channel(vault), box_keys)
        opened = handler.read_report(letter)
    except ProtocolError:
        raise EntryInvalid from None
    if opened.report != report:
        raise EntryInvalid
    return opened.pinned
