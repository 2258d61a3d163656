"""The running desk: one vault, open or locked, and one request in it at a time.

Owns the vault while it is open, and everything in clear that is kept between requests.
Invariants: who holds the vault holds `Workplace`'s turn; when it is locked, the vault is
closed and `memory` is empty; it locks after `IDLE_SECONDS` without a person, also when the
computer slept meanwhile; wrong passphrases make the next try wait.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from flask import current_app

from dropbox.desk import channel, keyring, outbox, vault_file
from dropbox.desk.errors import ImportFirst, WrongPassphrase
from dropbox.desk.pages.late import Late
from dropbox.desk.pages.speech import language
from dropbox.desk.vault import Vault
from dropbox.desk.vault_seal import MODERATE, Cost
from dropbox.errors import N_, VaultError
from dropbox.export.detect import Known

EXTENSION = "meldkluis desk"
IDLE_SECONDS = 10 * 60
MOST_SECONDS_TO_WAIT = 60
ENDING_SECONDS = 10.0
_FREE_TRIES = 2

Made = TypeVar("Made")


class Locked(VaultError):
    """The vault is locked, or was changed under us and had to be."""

    text = N_("The desk is locked. Type the passphrase to go on.")
    status = 403


class TooSoon(VaultError):
    """A passphrase was tried again too soon after wrong ones; it was not looked at."""

    text = N_("The passphrase was wrong several times. Wait %(seconds)d seconds and try again.")
    status = 429


def moment() -> float:
    """Return seconds that pass also while the computer sleeps, where it can tell."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


class Workplace:
    """A desk at work. See the module for what holds between its methods."""

    def __init__(
        self,
        path: Path,
        *,
        today: Callable[[], date],
        now: Callable[[], float] = moment,
        cost: Cost = MODERATE,
        idle_seconds: float = IDLE_SECONDS,
        own_words: Callable[[], Known] = Known,
    ) -> None:
        """Keep where the vault is; it may still have to be made.

        Args:
            path: the vault's file.
            today: returns the day.
            now: returns seconds, for what is idle and what comes too soon.
            cost: what a guess at the passphrase of a new vault costs.
            idle_seconds: after which it locks.
            own_words: returns what the organisation adds to the lists of names.
        """
        self.path = path
        self.own_words = own_words
        self.today = today
        self.cost = cost
        self.idle_seconds = idle_seconds
        self._now = now
        self.late = Late()
        self.of_owner = False
        """Whether the vault, when it was last open, held a channel's identity."""
        self._turn = threading.RLock()
        self._vault: Vault | None = None
        self._memory: dict[str, Any] = {}
        self._file: tuple[int, int] = (0, 0)
        self._stamp = 0
        self._touched = now()
        self._wrong = 0
        self._not_before = now()

    def __repr__(self) -> str:
        """Show nothing: a traceback must not print what is kept here."""
        return "Workplace(…)"

    @property
    def language(self) -> str:
        """Return the language of the page that is being made, ``nl`` or ``en``."""
        return language()

    @property
    def is_there(self) -> bool:
        """Tell whether the vault's file exists."""
        return self.path.is_file()

    @property
    def is_open(self) -> bool:
        """Tell whether the vault is unlocked."""
        return self._vault is not None

    @property
    def unfinished(self) -> bool:
        """Tell whether the vault's file could not be rewritten after an erasure."""
        vault = self._vault
        return vault is not None and vault.unfinished

    @property
    def memory(self) -> dict[str, Any]:
        """Return what is kept in clear between requests; use it inside `open` or `cases`.

        It is emptied when the desk locks, and when another program changed the vault.
        """
        return self._memory

    @contextmanager
    def open(self) -> Iterator[Vault]:
        """Yield the unlocked vault, a handler's or an owner's, to one request at a time.

        Raises:
            Locked: it is locked, or another file stands in its place.
        """
        with self._turn:
            vault = self._vault
            if vault is None:
                raise Locked
            if self._identity() != self._file:
                self.lock()
                raise Locked
            if (stamp := vault.stamp()) != self._stamp:
                self._memory.clear()
                self._stamp = stamp
            try:
                yield vault
            finally:
                self.touch()

    @contextmanager
    def glance(self) -> Iterator[Vault | None]:
        """Yield the unlocked vault for a short look, or None where another request is in it.

        Nobody is thought to be here for that.
        """
        if not self._turn.acquire(blocking=False):
            yield None
            return
        try:
            yield self._vault if self._identity() == self._file else None
        finally:
            self._turn.release()

    @contextmanager
    def cases(self) -> Iterator[Vault]:
        """Yield a handler's unlocked vault, to look at its cases or write in them.

        Raises:
            Locked: as `open`.
            NotAHandlersVault, NoCardYet: there can be no cases in it.
            ImportFirst: it was restored and may show what was withdrawn since.
        """
        with self.open() as vault:
            keyring.channel(vault)
            if outbox.courier(vault).import_first:
                raise ImportFirst
            yield vault

    def unlock(self, passphrase: str) -> None:
        """Open the vault.

        Raises:
            TooSoon: others were wrong a moment ago; this one was not tried.
            WrongPassphrase, VaultMissing, VaultDamaged, VaultBusy: see `Vault.open`.
        """
        with self._turn:
            left = self._not_before - self._now()
            if left > 0:
                raise TooSoon(seconds=int(left) + 1)
            try:
                vault = Vault.open(self.path, passphrase)
            except WrongPassphrase:
                self._wrong += 1
                wait = 2.0 ** (self._wrong - _FREE_TRIES) if self._wrong > _FREE_TRIES else 0.0
                self._not_before = self._now() + min(wait, MOST_SECONDS_TO_WAIT)
                raise
            self._take(vault)

    def create(self, passphrase: str, fill: Callable[[Vault], Made]) -> Made:
        """Make the vault, let ``fill`` put its first rows in, and open it.

        Raises:
            VaultExists, PassphraseTooShort: see `vault_file.create`.
        """
        with self._turn:
            with vault_file.create(self.path, passphrase, self.cost) as vault:
                made = fill(vault)
            self._take(Vault.open(self.path, passphrase))
        return made

    def _take(self, vault: Vault) -> None:
        self.lock()
        self._vault = vault
        self._file = self._identity()
        self._stamp = vault.stamp()
        self.late.learn(vault)
        self.of_owner = vault.has("setting", channel.SETTING)
        self._wrong = 0
        self.touch()

    def _identity(self) -> tuple[int, int]:
        try:
            found = self.path.stat()
        except OSError:
            return 0, 0
        return found.st_dev, found.st_ino

    def lock(self) -> None:
        """Close the vault and forget everything of it, once the request in it has ended."""
        with self._turn:
            if self._vault is not None:
                self._vault.close()
            self._vault = None
            self._memory.clear()
            self._memory = {}
        gc.collect()  # what refers to itself would keep a text or key for longer

    def touch(self) -> None:
        """Note that a person did something."""
        self._touched = self._now()

    def is_idle(self) -> bool:
        """Tell whether nobody did anything for too long."""
        return self._now() - self._touched >= self.idle_seconds

    def lock_if_idle(self) -> None:
        """Lock when nobody did anything for too long."""
        if self.is_open and self.is_idle():
            with self._turn:
                if self.is_idle():  # a long request may have ended just now
                    self.lock()

    def end(self) -> None:
        """Lock because the process ends: wait for the request in the vault, but not for ever.

        What is cut off then is undone by the next opening, as when the power fails.
        """
        if self._turn.acquire(timeout=ENDING_SECONDS):
            self.lock()
            self._turn.release()


def workplace() -> Workplace:
    """Return the desk that this request came to."""
    found: Workplace = current_app.extensions[EXTENSION]
    return found
