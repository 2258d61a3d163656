"""``meldkluis mailbox``: a reporter's mailbox, opened on the reporter's own machine.

Rules: the code is asked without showing it, and is no argument; what a reader wrote stands
behind a gutter; a failure leaves the mailbox open, unless nobody knows what became of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import click

from dropbox.cli import reporter_site as shared
from dropbox.cli import telling
from dropbox.cli.reporter_site import UNKNOWN_STATUS, again, leave, site_at, tell, wants
from dropbox.cli.rooms import today
from dropbox.cli.screen import _, language, say, say_about, show
from dropbox.client import sending
from dropbox.client.errors import EmptyMessage, OutcomeUnknown
from dropbox.client.site import Site
from dropbox.client.visit import Question, Visit, visit
from dropbox.errors import N_, DropboxError, InputError
from dropbox.language import translator
from dropbox.protocol import reply_code
from dropbox.protocol.letter import OpenedReply
from dropbox.reporter import standing
from dropbox.reporter.letters import readable_from
from dropbox.reporter.sealing import Saying
from dropbox.reporter.standing import Phrase
from dropbox.told import STATES

ASK_CODE = N_("Your reply code (it is not shown)")
CHANNEL = N_("Channel: %(name)s")
PAUSED = N_("You paused your report.")
NOBODY_ACTS = N_("Nobody takes a step until you resume.")
NO_REPLY = N_("There is no reply yet.")
REPLY = N_("Reply of %(day)s, %(role)s. %(state)s")
QUESTION = N_("Reply of %(day)s asks: may another channel read? %(name)s")
ANSWERED = N_("You have answered this.")
AGREE_ELSEWHERE = N_("To agree, use the mailbox page of the site: it shows what that means.")
OTHER_CLOSED = N_("The other channel cannot receive anything at this moment.")
ASK_ACT = N_("What do you want to do? Number, or nothing to leave")
WRITE = N_("Write a message")
PAUSE = N_("Pause")
RESUME = N_("Resume")
REFUSE = N_("No, do not pass it on")
OLDER = N_("Show older replies")
WITHDRAW = N_("Withdraw…")
SEND = N_("Send this message?")
NOT_SENT = N_("Nothing was sent.")
SENT = N_("Your message is sent.")
IS_PAUSED = N_("Your report is paused.")
IS_RESUMED = N_("Your report is resumed.")
IS_REFUSED = N_("Your answer is sent: nothing is passed on.")
WITHDRAWING = (
    N_("What is erased"),
    N_(
        "Your report, your messages and all replies. Your mailbox closes and your code "
        "no longer works."
    ),
    N_("With those who read your report: as soon as their computer gets the next delivery."),
    N_("You cannot undo this. Not sure? Then pausing may be enough."),
)
WITHDRAW_WORD = N_("WITHDRAW")
ASK_WITHDRAW = N_("Type %(word)s to withdraw, or nothing")
WITHDRAWN = (
    N_("Your report is withdrawn"),
    N_(
        "Everything of it is erased on this site. Those who read it hear of it with "
        "the next delivery, and then their copy is erased."
    ),
    N_(
        "Your reply code no longer works. Destroy it: whoever has it could prove that "
        "this report existed."
    ),
)
UNKNOWN = N_(
    "It is not known whether that arrived. Open your mailbox again later: it shows how it stands."
)


@click.command()
@click.argument("site")
@shared.PROXY
def mailbox(site: str, proxy: str | None) -> None:
    """Open your mailbox on this computer, with your reply code."""
    there = site_at(site, proxy)
    cards = shared.fetched(there)
    key = _code()
    opened = shared.insist(lambda: visit(there, cards, key, today()))
    try:
        _stay(there, opened)
    except OutcomeUnknown:
        say(UNKNOWN)
        leave(UNKNOWN_STATUS)


def _code() -> bytes:
    while True:
        typed = str(click.prompt(_(ASK_CODE), hide_input=True))
        try:
            return reply_code.parse(typed)
        except InputError as error:
            tell(error)


@dataclass(frozen=True)
class _Room:
    """An open mailbox and the site where it is."""

    site: Site
    opened: Visit

    def anew(self, older: int | None = None) -> Visit:
        """Read the mailbox once more, perhaps further back."""
        was = self.opened
        far = was.older if older is None else older
        return shared.insist(lambda: visit(self.site, was.cards, was.key, today(), far))

    def say(self, said: Saying, done: str) -> Visit:
        """Send what the reporter says, and read the mailbox once more."""
        sending.send_message(self.site, self.opened, said, today(), again)
        say(done)
        return self.anew()


Act = Callable[[_Room], Visit | None]


def _stay(site: Site, opened: Visit | None) -> None:
    """Show the mailbox and do what is asked, until the person leaves."""
    is_new = True
    while opened is not None:
        acts = _acts(opened)
        if is_new:
            _show(opened)
        for number, (label, _act) in enumerate(acts, 1):
            click.echo(f"{number}. {_(label)}")
        try:
            chosen = shared.choose(ASK_ACT, len(acts))
        except click.Abort:
            click.echo()
            return
        if chosen is None:
            return
        before = opened
        try:
            opened = acts[chosen - 1][1](_Room(site, opened))
        except OutcomeUnknown:
            raise
        except DropboxError as error:
            tell(error)
        is_new = opened is not before


def _acts(opened: Visit) -> list[tuple[str, Act]]:
    found: list[tuple[str, Act]] = []
    memo = opened.box.memo
    if memo and not standing.cannot_write(opened.box, opened.card, today()):
        found.append((WRITE, _write))
        found.append((RESUME, _resume) if memo.hold else (PAUSE, _pause))
        found += [(REFUSE, _refuse)] if opened.questions() and not memo.hold else []
    if not opened.box.complete:
        found.append((OLDER, _older))
    return [*found, (WITHDRAW, _withdraw)]


def _write(room: _Room) -> Visit | None:
    text = telling.typed_story(telling.ASK_MESSAGE, EmptyMessage)
    show(text)
    if not wants(SEND):
        say(NOT_SENT)
        return room.opened
    return room.say(Saying("message", text), SENT)


def _pause(room: _Room) -> Visit | None:
    return room.say(Saying("hold"), IS_PAUSED)


def _resume(room: _Room) -> Visit | None:
    return room.say(Saying("resume"), IS_RESUMED)


def _older(room: _Room) -> Visit | None:
    return room.anew(room.opened.older + 1)


def _refuse(room: _Room) -> Visit | None:
    asked = room.opened.questions()
    for number, question in enumerate(asked, 1):
        click.echo(f"{number}. ", nl=False)
        _ask(question)
    chosen = 1 if len(asked) == 1 else shared.choose(ASK_ACT, len(asked))
    if chosen is None:
        return room.opened
    return room.say(Saying("refusal", answers=asked[chosen - 1].opened), IS_REFUSED)


def _withdraw(room: _Room) -> Visit | None:
    for line in WITHDRAWING:
        say(line)
    word = _(WITHDRAW_WORD)
    typed = str(click.prompt(_(ASK_WITHDRAW) % {"word": word}, default="", show_default=False))
    if typed.strip().upper() != word:
        return room.opened
    sending.withdraw(room.site, room.opened, again)
    for line in WITHDRAWN:
        say(line)
    return None


def _show(opened: Visit) -> None:
    """Print an opened mailbox, as the site's page does."""
    box, card = opened.box, opened.card
    if card is not None:
        say_about(CHANNEL, name=card.texts[language()].name)
    if box.memo and box.memo.hold:
        say(PAUSED)
        say(NOBODY_ACTS)
    found = standing.standing(box, today())
    outcome = [found.outcome] if found.outcome else []
    for each in (found.state, *outcome, *found.owed, *found.gaps):
        click.echo(_words(each))
    for one in reversed(box.shown):
        _reply(one)
    if not box.shown:
        say(NO_REPLY)
    if forged := standing.unopened(box):
        click.echo(_words(forged))
    for question in opened.questions():
        _ask(question)
    if reason := standing.cannot_write(box, card, today()):
        say(reason)


def _reply(one: OpenedReply) -> None:
    say_about(
        REPLY,
        day=readable_from(one).isoformat(),
        role=one.handler.role[language()],
        state=_(STATES[one.reply.state]),
    )
    show(one.reply.text)


def _ask(question: Question) -> None:
    card = question.card
    say_about(
        QUESTION,
        day=readable_from(question.opened).isoformat(),
        name=card.texts[language()].name if card else "",
    )
    if card is None:
        say(OTHER_CLOSED)
    else:
        for each in (card.texts[language()].runs, card.texts[language()].reads):
            show(each)
    say(ANSWERED if question.answered else AGREE_ELSEWHERE)


def _words(phrase: Phrase) -> str:
    speak = translator(language())
    if phrase.plural:
        return speak.ngettext(phrase.text, phrase.plural, phrase.num) % {"num": phrase.num}
    said = speak.gettext(phrase.text)
    return said % {"day": phrase.day.isoformat()} if phrase.day else said
