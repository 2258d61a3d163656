"""What a reporter is asked in a terminal, and everything shown again before it is sent."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from dropbox.cli.reporter_site import numbers, role_of, tell
from dropbox.cli.rooms import today
from dropbox.cli.screen import NO, YES, _, agree, language, say, say_about, show
from dropbox.client.errors import EmptyText, LineCut
from dropbox.client.texts import checked, decoded
from dropbox.desk import screen
from dropbox.errors import N_, InputError, NoReader
from dropbox.protocol.channel_card import ChannelCard
from dropbox.protocol.letter import Recipient
from dropbox.protocol.payload import (
    MAX_CONTACT_CHARACTERS,
    MAX_NAME_CHARACTERS,
    MAX_TEXT_BYTES,
    MODES,
    Report,
)
from dropbox.reporter import hints, sealing
from dropbox.reporter.typed import is_blank

ANONYMOUS, CONFIDENTIAL = MODES
FIRST_TURN = 1
END = "."
LONGEST_LINE_BYTES = 4000
"""From here on a terminal of Linux may cut a line. Source: termios(3), "canonical mode"."""

READERS = N_("Who reads it:")
ASK_EXCLUDED = N_("Who must not get it? Numbers, or nothing")
ASK_TEXT = N_("What do you want to tell? End with a line that has only a dot.")
ASK_MESSAGE = N_("Your message. End with a line that has only a dot.")
MODE_MEANS = (
    N_(
        "Nobody learns your name. Your report helps to see patterns. It does not lead to a case "
        "against one person."
    ),
    N_("Only those who read your report learn your name. They can look into what happened to you."),
)
ASK_MODE = N_("May the readers know who you are?")
ASK_NAME = N_("Your name, or nothing")
ASK_CONTACT = N_("A safe way to reach you, or nothing")
ASK_WORKS_WITH = N_("Do you work with the person your report is about?")
ASK_SUPPORTER = N_("Do you want someone beside you, such as a confidential adviser?")
ONE_NEEDED = N_("Fill in your name or a way to reach you: one is needed. Or choose anonymous.")
TOO_MANY = N_("Use at most %(most)d characters here.")
YES_NO_NOTHING = N_("yes, no or nothing")
YES_OR_NO = N_("Type yes, no, or nothing.")
EVERYTHING = N_(
    "This is everything that will be sent. After sending you will not see it here again."
)
NO_LISTS = N_("The choices of the site's form, such as the kind of behaviour, are left empty.")
MODE_WORDS = {ANONYMOUS: N_("Anonymous"), CONFIDENTIAL: N_("Confidential")}
ANSWER_WORDS = {"yes": N_("Yes"), "no": N_("No"), "": N_("I would rather not say")}


def written(card: ChannelCard, file: Path | None) -> Report:
    """Ask for everything that a report holds.

    Args:
        card: the channel's card.
        file: where the story is, if it is not typed.
    """
    excluded = _excluded(card)
    story = story_in(file) if file else typed_story(ASK_TEXT)
    mode, name, contact = _mode()
    return Report(
        day=today(),
        turn=FIRST_TURN,
        mode=mode,
        language=language(),
        text=story,
        recipients=(),
        excluded=excluded,
        name=name,
        contact=contact,
        works_with_subject=_yes_no(ASK_WORKS_WITH),
        supporter=_yes_no(ASK_SUPPORTER),
    )


def _excluded(card: ChannelCard) -> tuple[bytes, ...]:
    say(READERS)
    for number, handler in enumerate(card.handlers, 1):
        say_about("%(number)d. %(role)s", number=number, role=role_of(card, handler.handler_id))
    while True:
        chosen = numbers(ASK_EXCLUDED, len(card.handlers))
        excluded = tuple(dict.fromkeys(card.handlers[each - 1].handler_id for each in chosen))
        try:
            sealing.readers(card, excluded, today())
        except NoReader as error:
            tell(error)
            if not chosen:
                raise
        else:
            return excluded


def story_in(file: Path) -> str:
    """Return the text in a file, once it can be sealed."""
    with file.open("rb") as opened:
        return checked(decoded(opened.read(MAX_TEXT_BYTES + 1)))


def typed_story(question: str, empty: type[EmptyText] = EmptyText) -> str:
    """Ask for a text until it can be sealed; raises what is wrong where nothing more comes."""
    while True:
        say(question)
        typed = _typed()
        try:
            if typed.is_cut:
                raise LineCut
            return checked("\n".join(typed.lines), empty)
        except InputError as error:
            if typed.is_last:
                raise
            tell(error)


@dataclass(frozen=True)
class _Typed:
    """Lines; whether a terminal may have cut one, and whether nothing more can come."""

    lines: list[str]
    is_cut: bool
    is_last: bool


def _typed() -> _Typed:
    """Read lines to a lone dot or the end."""
    lines: list[str] = []
    is_terminal = sys.stdin.isatty()
    is_last = not is_terminal
    while typed := sys.stdin.readline():
        line = typed.rstrip("\r\n")
        if line == END:
            is_last = False
            break
        lines.append(line)
    longest = max((len(line.encode("utf-8", "replace")) for line in lines), default=0)
    return _Typed(lines, is_terminal and longest >= LONGEST_LINE_BYTES, is_last)


def _mode() -> tuple[str, str, str]:
    for mode, means in zip(MODES, MODE_MEANS, strict=True):
        click.echo(f"{_(MODE_WORDS[mode])}: {_(means)}")
    if not agree(ASK_MODE):
        return ANONYMOUS, "", ""
    while True:
        name = _short(ASK_NAME, MAX_NAME_CHARACTERS)
        contact = _short(ASK_CONTACT, MAX_CONTACT_CHARACTERS)
        if name or contact:
            return CONFIDENTIAL, name, contact
        say(ONE_NEEDED)
        if not agree(ASK_MODE):
            return ANONYMOUS, "", ""


def _short(question: str, most: int) -> str:
    while True:
        typed = str(click.prompt(_(question), default="", show_default=False))
        if len(typed) <= most:
            return "" if is_blank(typed) else typed
        say(TOO_MANY, most=most)


def _yes_no(question: str) -> str:
    while True:
        asked = f"{_(question)} [{_(YES_NO_NOTHING)}]"
        typed = str(click.prompt(asked, default="", show_default=False)).strip().lower()
        if not typed:
            return ""
        if typed in YES + NO:
            return "yes" if typed in YES else "no"
        say(YES_OR_NO)


def review(card: ChannelCard, report: Report, readers: Sequence[Recipient]) -> None:
    """Show everything that will be sent."""
    say(EVERYTHING)
    _row(N_("Channel"), screen.line(card.texts[language()].name))
    _row(N_("Who reads it"), *(role_of(card, reader.handler_id) for reader in readers))
    gone = [role_of(card, each) for each in report.excluded]
    _row(N_("Who does not get it"), *gone)
    _row(N_("What you tell"), report.text)
    _row(N_("With or without your name"), _(MODE_WORDS[report.mode]))
    if report.mode == CONFIDENTIAL:
        _row(N_("Your name"), report.name)
        _row(N_("A safe way to reach you"), report.contact)
    _row(N_("You work with the person it is about"), _(ANSWER_WORDS[report.works_with_subject]))
    _row(N_("You want someone beside you"), _(ANSWER_WORDS[report.supporter]))
    say(NO_LISTS)
    if report.mode == ANONYMOUS:
        _hint(report.text)


def _row(label: str, *texts: str) -> None:
    say(label)
    for each in texts:
        show(each)


def _hint(text: str) -> None:
    email, phone = hints.has_email(text), hints.has_phone(text)
    if email and phone:
        say(N_("Your text seems to hold an e-mail address and a phone number."))
    elif email:
        say(N_("Your text seems to hold an e-mail address."))
    elif phone:
        say(N_("Your text seems to hold a phone number."))
