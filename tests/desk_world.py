"""Desks for tests: a channel's owner, handlers with vaults, a reporter, and a courier."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from dropbox.config import SiteConfig
from dropbox.desk import casebook, channel, inbound, keyring, outbound, replies
from dropbox.desk.cases import Case
from dropbox.desk.channel import ChannelPlan
from dropbox.desk.inbound import ImportSummary
from dropbox.desk.vault import CASE_DRAWERS, MASTER_DRAWERS, Vault
from dropbox.desk.vault_file import create
from dropbox.desk.vault_seal import Cost
from dropbox.errors import ProtocolError
from dropbox.protocol import bundle, reporter, sign, withdrawal
from dropbox.protocol.bundle import BundleDirection, BundleHeader, Frame, FrameType
from dropbox.protocol.channel_card import CardTexts, ChannelCard
from dropbox.protocol.envelope import Direction, parse_header
from dropbox.protocol.keys import ReporterKeys, reporter_keys
from dropbox.protocol.letter import Recipient
from dropbox.protocol.payload import Message, Report
from dropbox.protocol.reply_code import new_key

TODAY = date(2026, 11, 21)
SITE_ID = bytes(range(16))
PASSPHRASE = "vier losse woorden"
CHEAP = Cost(8192, 1)
"""The least that Argon2id takes: tests are not there to be slow."""

TEXTS = {
    "nl": CardTexts("Bureau Voorbeeld", "De gemeente.", "Twee mensen.", "Verzonnen."),
    "en": CardTexts("Example Office", "The municipality.", "Two people.", "Invented."),
}
SITE_SEED = bytes(range(32))
MARK = b"het geheime kenmerk"
CASE_KEY = bytes(range(32))
_NAME = {"nl": "Voorbeeldgemeente", "en": "Voorbeeldgemeente"}
SITE = SiteConfig(
    site_id=SITE_ID,
    site_pk=sign.public_key(SITE_SEED),
    demonstration=True,
    leave_url="https://example.org/",
    organisation=_NAME,
    conduct={"bullying": {"nl": "pesten", "en": "bullying"}},
    grounds={},
    units={},
    outside_routes=(),
)


def full_vault(path: Path) -> Path:
    """Make a vault with one row in each drawer, under `MARK`."""
    with create(path, PASSPHRASE, CHEAP) as vault:
        for drawer in MASTER_DRAWERS:
            vault.put(drawer, MARK, MARK * 20)
        for drawer in CASE_DRAWERS:
            vault.put(drawer, MARK, MARK * 20, CASE_KEY)
    return path


class World:
    """One channel in one folder: ``owner.vault`` and ``<name>.vault`` for each handler."""

    def __init__(
        self,
        folder: Path,
        names: Sequence[str] = ("anna", "bram"),
        kind: str = "integrity",
        *,
        external: bool = False,
    ) -> None:
        self.folder = folder
        self.today = TODAY
        plan = ChannelPlan("bureau", kind, external=external, independent=False, texts=TEXTS)
        with create(self.path("owner"), PASSPHRASE, CHEAP) as vault:
            channel.start(vault, SITE_ID, plan, TODAY)
        requests = [self._new_handler(name) for name in names]
        self.card = self.sign(requests)
        for name in names:
            self.pin(name)

    def path(self, name: str) -> Path:
        """Return where a vault lies."""
        return self.folder / f"{name}.vault"

    @contextmanager
    def vault(self, name: str) -> Iterator[Vault]:
        """Open a vault."""
        with Vault.open(self.path(name), PASSPHRASE) as vault:
            yield vault

    def _new_handler(self, name: str) -> bytes:
        with create(self.path(name), PASSPHRASE, CHEAP) as vault:
            keyring.start(vault, SITE)
        return self.request(name)

    def request(self, name: str) -> bytes:
        """Return a handler's request."""
        with self.vault(name) as vault:
            return keyring.request(vault, {"nl": f"rol {name}", "en": f"role {name}"}, self.today)

    def add_handler(self, name: str) -> None:
        """Let a handler join, with a new card for everybody."""
        self.card = self.sign([self._new_handler(name)])

    def sign(self, requests: Sequence[bytes] = (), remove: Sequence[str] = ()) -> ChannelCard:
        """Sign the next card."""
        with self.vault("owner") as vault:
            return channel.sign_next_card(vault, requests, remove, self.today)

    def pin(self, name: str, raw: bytes | None = None) -> None:
        """Pin the newest card in a handler's vault."""
        with self.vault(name) as vault, vault.transaction():
            keyring.pin(vault, raw or self.card.raw, self.today)

    def handler_id(self, name: str) -> bytes:
        """Return a handler's 8-byte id."""
        with self.vault(name) as vault:
            return keyring.load(vault).handler_id

    def recipients(self, *names: str) -> list[Recipient]:
        """Return who to seal to, by name."""
        ids = [self.handler_id(name) for name in names]
        found = [self.card.handler(each) for each in ids]
        return [Recipient(each.handler_id, each.intake_key(self.today)) for each in found]

    @property
    def ids(self) -> set[bytes]:
        """Return the ids of all handlers on the card: who may answer."""
        return {each.handler_id for each in self.card.handlers}

    def reporter(self) -> ReporterKeys:
        """Return the keys of a fresh reply code."""
        return reporter_keys(SITE_ID, self.card.channel_pk, new_key())

    def report(
        self, keys: ReporterKeys, *names: str, text: str = "Er is iets gebeurd.", **changes: object
    ) -> bytes:
        """Seal a report to handlers, by name."""
        blank = Report(self.today, 1, "anonymous", "nl", text, ())
        report = replace(blank, **changes)  # type: ignore[arg-type]
        return reporter.seal_report(keys, self.recipients(*(names or ("anna", "bram"))), report)

    def message(
        self, keys: ReporterKeys, *names: str, text: str = "Nog iets.", **changes: object
    ) -> bytes:
        """Seal a message to handlers, by name."""
        message = replace(Message("message", self.today, 2, 2, (), text=text), **changes)  # type: ignore[arg-type]
        return reporter.seal_message(keys, self.recipients(*(names or ("anna", "bram"))), message)

    def bundle(
        self,
        name: str,
        *items: bytes,
        serial: int = 0,
        accepted: bytes = bytes(32),
        again: bool = False,
    ) -> Path:
        """Write a bundle to a handler; a withdrawal is known by its size, a card by its magic."""
        header = BundleHeader(
            BundleDirection.TO_DESK,
            SITE_ID,
            self.card.channel_pk,
            self.handler_id(name),
            serial,
            accepted,
            again,
            self.today,
        )
        return write_bundle(self.folder / f"to-{name}.bundle", header, items)

    def take_in(self, name: str, *items: bytes, **header: object) -> ImportSummary:
        """Import what a bundle with these items brings."""
        path = self.bundle(name, *items, **header)  # type: ignore[arg-type]
        with self.vault(name) as vault:
            return inbound.import_bundle(vault, path, self.today)

    def case(self, name: str, keys: ReporterKeys) -> Case:
        """Return a case as a handler sees it."""
        with self.vault(name) as vault:
            return casebook.open_book(vault, keys.mailbox_id).case()

    def export(self, name: str) -> tuple[BundleHeader, bytes, list[Frame]]:
        """Export a bundle; return its header, hash and frames."""
        out = self.folder / f"from-{name}.bundle"
        with self.vault(name) as vault:
            outbound.export(vault, out, self.today)
        with out.open("rb") as file:
            reader = bundle.BundleReader(file.read)
            frames = list(reader.frames())
            return reader.header, reader.hash, frames

    def write(
        self,
        name: str,
        act: Callable[..., object],
        keys: ReporterKeys,
        *args: object,
        **options: object,
    ) -> None:
        """Answer a case: ``act`` is `replies.reply` or `replies.close`.

        Where the state changes, a reason is given that says nothing, unless there is one.
        """
        text, *rest = args
        if act is replies.close or "state" in options:
            options.setdefault("reason", "Daarom.")
        with self.vault(name) as vault:
            act(vault, keys.mailbox_id, text, *rest, today=self.today, **options)


def frame(item: bytes) -> Frame:
    """Return the frame that an item travels in."""
    if len(item) == withdrawal.WITHDRAWAL_BYTES:
        return Frame(FrameType.WITHDRAWAL, item)
    if item[:4] == b"MKCD":
        return Frame(FrameType.CARD, item)
    return Frame(FrameType.ENVELOPE, item)


def write_bundle(path: Path, header: BundleHeader, items: Iterable[bytes]) -> Path:
    """Write a bundle to the desk."""
    path.write_bytes(b"".join(bundle.write(header, map(frame, items), SITE_SEED)))
    return path


def envelopes(frames: Iterable[Frame], direction: Direction = Direction.TO_REPORTER) -> list[bytes]:
    """Return the replies in a bundle, or what else travels in one direction."""
    found = [each.content for each in frames if each.type == FrameType.ENVELOPE]
    return [each for each in found if parse_header(each).direction == direction]


def notes_in(frames: Iterable[Frame]) -> list[bytes]:
    """Return the handlers' notes in a bundle."""
    return envelopes(frames, Direction.TO_COLLEAGUES)


def contents(frames: Iterable[Frame], kind: FrameType) -> set[bytes]:
    """Return what the frames of one type hold."""
    return {each.content for each in frames if each.type == kind}


def only(counted: dict[str, int], error: type[ProtocolError]) -> bool:
    """Tell whether exactly one envelope failed, and with this error."""
    return counted == {error.text: 1}


def damaged_slot(envelope: bytes) -> bytes:
    """Return the envelope with one byte of each handler's sealed key changed."""
    changed = bytearray(envelope)
    count = changed[86]
    for slot in range(count):
        changed[87 + 96 * slot + 60] ^= 1
    return bytes(changed)
