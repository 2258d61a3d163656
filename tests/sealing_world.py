"""A site behind a real gunicorn whose channels' and handlers' keys the test itself holds.

So that a test can make what a hostile server would like to have, and what it can make
without those keys: see `bad_cards` and `bad_replies`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bench.limits import UNLIMITED, set_limits
from dropbox import exchange
from dropbox.demo import server
from dropbox.protocol import bundle, channel_card, keys, payload, reply_code, sign
from dropbox.protocol.bundle import BundleDirection, BundleHeader, Frame, FrameType
from dropbox.protocol.certificate import issue_certificate, sign_intake_key
from dropbox.protocol.channel_card import CardDraft
from dropbox.protocol.handler import kind, open_letter, read_message, read_report, seal_reply
from dropbox.protocol.keys import ReporterKeys
from dropbox.protocol.letter import Letter
from tests import organisation
from tests.blind_server import opener, rows
from tests.organisation import SITE_ID, TEXTS, Handler, Office
from tests.site_client import World

CARD_VERSION = 2
"""The card that stands on the site; there was one before it."""

OTHER_SITE = bytes(range(16, 32))
LONG_LIFE_DAYS = 150


class SealingWorld:
    """A site with two channels in a folder. ``office`` is the one that stories report to."""

    def __init__(self, folder: Path) -> None:
        self.today: date = datetime.now(UTC).date()
        self.office = Office([Handler("adviseur"), Handler("coordinator")])
        self.other = Office([Handler("consulent"), Handler("vrijwilliger")], slug="ander-meldpunt")
        self.world = World(folder, (self.office, self.other), today=self.today)
        self.log = folder / "server.log"
        self._serials: dict[bytes, int] = {}
        for office in (self.office, self.other):
            self.world.server.shelf.add(self.card(office), self.today)
        # Where the commands and the server look, and where tests put them, is one shelf.
        places = self.world.config.places
        places.cards_dir.symlink_to(places.site_dir / "cards")

    def card(self, office: Office, version: int = CARD_VERSION) -> bytes:
        """Sign a card that is good today."""
        return office.card_bytes(version, self.today)

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Run the site's web server until the block ends; yield its origin."""
        places = replace(self.world.config.places, port=server.free_port())
        set_limits(places.site_toml, **UNLIMITED)
        with self.log.open("wb") as log, server.running(os.environ, places, log) as origin:
            yield origin

    def keys(self, words: str, office: Office | None = None) -> ReporterKeys:
        """Return the reporter's keys of a code."""
        channel_pk = (office or self.office).channel_pk
        return keys.reporter_keys(SITE_ID, channel_pk, reply_code.parse(words))

    def reply(
        self,
        words: str,
        text: str,
        *,
        handler: Handler | None = None,
        office: Office | None = None,
        seed: bytes | None = None,
        certified: bytes | None = None,
    ) -> bytes:
        """Seal a reply to a code's mailbox; what is named otherwise makes it a forgery."""
        handler = handler or self.office.handlers[0]
        office = office or self.office
        mailbox = self.keys(words)
        return seal_reply(
            self.office.channel,
            seed or handler.seed,
            certified or office.certificate(handler, self.today),
            organisation.pinned(mailbox),
            [other.recipient for other in self.office.handlers if other is not handler],
            organisation.reply(text, day=self.today),
        )

    def deliver(self, envelope: bytes, handler: Handler | None = None) -> None:
        """Bring an envelope to the site as a handler's bundle does."""
        handler = handler or self.office.handlers[0]
        serial = self._serials.get(handler.handler_id, 0) + 1
        self._serials[handler.handler_id] = serial
        header = BundleHeader(
            BundleDirection.TO_SITE,
            SITE_ID,
            self.office.channel_pk,
            handler.handler_id,
            serial,
        )
        frame = Frame(FrameType.ENVELOPE, envelope)
        data = b"".join(bundle.write(header, [frame], handler.seed))
        blind = self.world.server
        exchange.deliver(SITE_ID, blind.store, blind.shelf, opener(data), self.today)

    def report(self, words: str, handler: Handler | None = None) -> payload.Report:
        """Open the only report of a code's mailbox that a handler can read."""
        (report,) = self.reports(words, handler)
        return report

    def reports(self, words: str, handler: Handler | None = None) -> list[payload.Report]:
        """Open the reports of a code's mailbox that a handler can read."""
        letters = self._letters(words, handler or self.office.handlers[0])
        return [read_report(one).report for one in letters if kind(one) == "report"]

    def messages(self, words: str) -> list[payload.Message]:
        """Open the later messages of a code's mailbox that the first handler can read, by turn."""
        letters = self._letters(words, self.office.handlers[0])
        pinned = organisation.pinned(self.keys(words))
        found = [read_message(one, pinned).message for one in letters if kind(one) == "message"]
        return sorted(found, key=lambda one: one.turn)

    def mailboxes(self) -> int:
        """Return how many mailboxes the site has."""
        found = rows(self.world.server.store, "mailbox")
        self.world.server.store.close()
        return found

    def _letters(self, words: str, handler: Handler) -> list[Letter]:
        envelopes = self.world.envelopes(handler)
        self.world.server.store.close()
        opened = [open_letter(each, self.office.channel, handler.box_keys) for each in envelopes]
        own = self.keys(words).mailbox_id
        return [one for one in opened if one.header.mailbox_id == own]


def bad_cards(world: SealingWorld) -> dict[str, bytes]:
    """Return cards that no page may seal to, by what is wrong with them.

    Only one of them takes no key of the channel: whoever certified a handler once can be
    the channel's former owner, and an old card is on everybody's disk.
    """
    office, today = world.office, world.today
    good = world.card(office)
    stranger = Handler("vreemde")
    guest = [*office.handlers, stranger]
    uncertified = organisation.office().certificate(stranger, today)
    return {
        "bad signature": good[:-1] + bytes((good[-1] ^ 1,)),
        "other words": good.replace(TEXTS.about.encode(), TEXTS.about.upper().encode()),
        "cut short": good[:-70],
        "expired": office.card_bytes(CARD_VERSION, today, days=-1),
        "lives too long": office.card_bytes(CARD_VERSION, today, days=LONG_LIFE_DAYS),
        "another site's": _card(world, office.handlers, site_id=OTHER_SITE),
        "a handler whom the channel did not certify": _card(
            world, guest, {stranger.handler_id: uncertified}
        ),
        "an intake key that is not the handler's": _card(world, office.handlers, forged=True),
    }


def _card(
    world: SealingWorld,
    handlers: list[Handler],
    certified: dict[bytes, bytes] | None = None,
    site_id: bytes = SITE_ID,
    *,
    forged: bool = False,
) -> bytes:
    office, last = world.office, world.today + timedelta(days=100)
    draft = CardDraft(
        slug=office.slug,
        version=CARD_VERSION,
        expires=world.today + timedelta(days=90),
        kind="integrity",
        external=False,
        independent=False,
        texts={"nl": TEXTS, "en": TEXTS},
    )
    listed = []
    for handler in handlers:
        role = {"nl": handler.role, "en": handler.role}
        raw = (certified or {}).get(handler.handler_id) or issue_certificate(
            office.seed, site_id, handler.ed_pk, role, last
        )
        seed = sign.new_seed() if forged else handler.seed
        first = world.today - timedelta(days=20)
        listed.append((raw, [sign_intake_key(seed, site_id, handler.x_pk, first, last)]))
    return channel_card.sign_card(office.seed, site_id, draft, listed)


def bad_replies(world: SealingWorld, words: str, excluded: Handler, text: str) -> dict[str, bytes]:
    """Return replies that no mailbox may show, by what is wrong with them; each says ``text``."""
    stranger, guest = Handler("vreemde"), world.other.handlers[0]
    good = world.reply(words, text)
    middle = len(good) // 2
    elsewhere = " ".join(reply_code.words(reply_code.new_key(), "nl"))
    return {
        "by a key that nobody certified": world.reply(
            words, text, handler=stranger, office=organisation.office()
        ),
        "by a handler of another channel": world.reply(
            words, text, handler=guest, office=world.other
        ),
        "by a handler who was shut out": world.reply(words, text, handler=excluded),
        "under another's certificate": world.reply(words, text, seed=stranger.seed),
        "of another mailbox": world.reply(elsewhere, text),
        "with one byte changed": good[:middle] + bytes((good[middle] ^ 1,)) + good[middle + 1 :],
        "cut short": good[:-1],
    }
