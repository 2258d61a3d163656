"""One errand: signed requests of a courier for one handler, repeated where that can help.

Invariant: every request may be repeated; the site does nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dropbox.courier.errors import NoCourierHere
from dropbox.courier.line import Line
from dropbox.errors import StoreBusy
from dropbox.line.errors import LineBroken
from dropbox.protocol import courier, sign
from dropbox.protocol.courier import MAX_CHALLENGE_BYTES, Action, Code, MalformedRequest

CHALLENGE_SECONDS = 120.0
"""After so long a fresh challenge is asked for; the site takes one for longer."""

WAITS = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds before each repetition; whoever comes too fast has to wait a little, too."""


@dataclass(frozen=True)
class Clock:
    """What time goes by: a clock that never goes back, and a pause, both in seconds."""

    now: Callable[[], float]
    pause: Callable[[float], None]


class Errand:
    """Asks a site on behalf of one handler's courier."""

    def __init__(
        self, line: Line, seed: bytes, site_id: bytes, handler_id: bytes, clock: Clock
    ) -> None:
        """Take the line, the courier's 32-byte seed, and the 16- and 8-byte ids."""
        self.site_id = site_id
        self.handler_id = handler_id
        self._line, self._seed, self._clock = line, seed, clock
        self._challenge = b""
        self._ends = 0.0

    def ask(self, action: Action, body: bytes) -> tuple[Code, bytes]:
        """Ask, as often as it takes; return the answer's code and content.

        Raises:
            NoCourierHere: the site does not serve this courier for this handler.
            LineBroken, SiteUntrusted, NotASite: see `SiteLine.ask`.
            DropboxError: what the site says failed.
        """
        for wait in WAITS:
            try:
                return self._once(action, body)
            except (LineBroken, StoreBusy):
                self._clock.pause(wait)
        return self._once(action, body)

    def _once(self, action: Action, body: bytes) -> tuple[Code, bytes]:
        was_fresh = self._is_stale()
        if was_fresh:
            self._renew()
        try:
            return self._signed(action, body)
        except NoCourierHere:
            if was_fresh:
                raise
            # The challenge may have been one of before the site's restart.
            self._renew()
            return self._signed(action, body)

    def _signed(self, action: Action, body: bytes) -> tuple[Code, bytes]:
        asked = courier.request(
            self._seed, self.site_id, self._challenge, action, self.handler_id, body
        )
        return courier.read_answer(self._line.ask(asked))

    def _is_stale(self) -> bool:
        return not self._challenge or self._clock.now() >= self._ends

    def _renew(self) -> None:
        begun = self._clock.now()
        answer = self._line.ask(courier.hello(sign.public_key(self._seed)))
        _code, challenge = courier.read_answer(answer)
        if not 1 <= len(challenge) <= MAX_CHALLENGE_BYTES:
            raise MalformedRequest
        self._challenge, self._ends = challenge, begun + CHALLENGE_SECONDS
