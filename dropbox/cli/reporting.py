"""``meldkluis report``: a report sealed on the reporter's own machine.

Rules: nothing that is told is an argument or lies in a file of ours; all that is sent was
shown before; the reply code is shown when the report is there, or when nobody can know.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import click

from dropbox.cli import reporter_site as shared
from dropbox.cli import telling
from dropbox.cli.reporter_site import UNKNOWN_STATUS, again, leave, site_at, wants
from dropbox.cli.rooms import today
from dropbox.cli.screen import language, say, say_about, show
from dropbox.client.cards import Cards
from dropbox.client.errors import FingerprintDiffers, OutcomeUnknown, ReadersChanged
from dropbox.client.letter_file import save
from dropbox.client.sending import send_report
from dropbox.client.site import Site
from dropbox.errors import N_
from dropbox.protocol import handed_in
from dropbox.protocol.channel_card import ChannelCard
from dropbox.protocol.payload import Report
from dropbox.reporter import sealing
from dropbox.reporter.sealing import SealedReport

CHANNELS = N_("The channels of this site:")
ASK_CHANNEL = N_("Number of the channel, or nothing to stop")
FINGERPRINT = N_("Fingerprint: %(fingerprint)s")
COMPARE = N_("Compare the fingerprint with the poster. Is it the same?")
STOPPED = N_("Nothing was sent.")
SEND = N_("Send this report?")
SEAL = N_("Seal this report into the file?")
SENT = N_("Your report is sent.")
SENT_BEFORE = N_("Your report was there already. It is stored once.")
YOUR_CODE = N_("This is your reply code. Write the ten words down now: nobody can show them again.")
CODE_USE = N_("With it you read replies and write on, here or at the site's mailbox page.")
CODE_STAYS = N_("Your text and these words stay in this window until you close it.")
UNKNOWN = N_(
    "It is not known whether your report arrived. If these words open a mailbox, it did: try with"
    " meldkluis mailbox. If they do not, report again."
)
IN_FILE = N_(
    "The sealed report is in %(file)s. It is not sent yet: hand the file in at the site, on the"
    " page /drop. Only then do these words open a mailbox."
)

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("site", required=False)
@shared.PROXY
@click.option("--channel", metavar="NAME", help="The channel's short name.")
@click.option("--fingerprint", metavar="SIGNS", help="As on the poster; any other is refused.")
@click.option("--text", type=_FILE, metavar="FILE", help="Read what you tell from a file.")
@click.option("--cards", type=_FILE, metavar="FILE", help="The site's /cards, fetched before.")
@click.option("--out", type=_NEW, metavar="FILE", help="Make a file for /drop; send nothing.")
def report(
    site: str | None,
    proxy: str | None,
    channel: str | None,
    fingerprint: str | None,
    text: Path | None,
    cards: Path | None,
    out: Path | None,
) -> None:
    """Report, sealed on this computer, to the site at an address."""
    if site is None and (cards is None or out is None):
        raise click.MissingParameter(param_hint="SITE", param_type="argument")
    there = site_at(site, proxy) if site else None
    known = shared.fetched(there) if there and not cards else shared.from_file(cards or Path())
    card = _channel(known, channel, fingerprint)
    if card is None:
        _stop()
    written = telling.written(card, text)
    if out is not None:
        _into_file(card, written, out)
    elif there is not None:
        _send(there, known, card, written)


def _channel(cards: Cards, slug: str | None, fingerprint: str | None) -> ChannelCard | None:
    """Return the channel that the person knows; None where they do not go on."""
    found = cards.matching(slug, fingerprint)
    say(CHANNELS)
    for number, card in enumerate(found, 1):
        _introduce(number, card)
    if fingerprint is not None:
        # One key has one fingerprint, and no two cards here are of one key.
        return found[0]
    chosen = 1 if slug is not None else shared.choose(ASK_CHANNEL, len(found))
    if chosen is None:
        return None
    if len(found) > 1:
        say(FINGERPRINT, fingerprint=found[chosen - 1].fingerprint)
    if not wants(COMPARE):
        raise FingerprintDiffers
    return found[chosen - 1]


def _introduce(number: int, card: ChannelCard) -> None:
    texts = card.texts[language()]
    say_about("%(number)d. %(slug)s: %(name)s", number=number, slug=card.slug, name=texts.name)
    for each in (texts.runs, texts.reads):
        show(each)
    say(FINGERPRINT, fingerprint=card.fingerprint)


def _stop() -> NoReturn:
    say(STOPPED)
    leave(1)


def _reviewed(card: ChannelCard, written: Report, question: str) -> SealedReport | None:
    """Show what will be sent and to whom; sealed once the person agrees."""
    now = replace(written, day=today())
    telling.review(card, now, sealing.readers(card, now.excluded, now.day))
    return sealing.seal_report(card, now) if wants(question) else None


def _send(site: Site, cards: Cards, card: ChannelCard, written: Report) -> None:
    while True:
        sealed = _reviewed(card, written, SEND)
        if sealed is None:
            _stop()
        try:
            is_new = send_report(site, cards.site_id, sealed, again)
        except OutcomeUnknown:
            _show_code(sealed, UNKNOWN)
            leave(UNKNOWN_STATUS)
        except ReadersChanged as error:
            shared.tell(error)
            cards, card = _anew(site, cards, card)
            written = _still_excluding(card, written)
        else:
            _show_code(sealed, SENT if is_new else SENT_BEFORE)
            return


def _anew(site: Site, cards: Cards, card: ChannelCard) -> tuple[Cards, ChannelCard]:
    fresh = shared.fetched(site, cards)
    found = fresh.of(card.channel_pk)
    if found is None or fresh.site_id != cards.site_id:
        raise ReadersChanged
    return fresh, found


def _still_excluding(card: ChannelCard, written: Report) -> Report:
    """Leave out of the excluded who has left the channel: nothing can reach them."""
    on_card = {handler.handler_id for handler in card.handlers}
    return replace(written, excluded=tuple(each for each in written.excluded if each in on_card))


def _into_file(card: ChannelCard, written: Report, out: Path) -> None:
    sealed = _reviewed(card, written, SEAL)
    if sealed is None:
        _stop()
    save(out, handed_in.write_report(sealed.sealed))
    _show_code(sealed, IN_FILE, file=str(out))


def _show_code(sealed: SealedReport, outcome: str, **params: str) -> None:
    say(outcome, **params)
    say(YOUR_CODE)
    for number, word in enumerate(sealed.words, 1):
        click.echo(f"{number:2}. {word}")
    say(CODE_USE)
    say(CODE_STAYS)
