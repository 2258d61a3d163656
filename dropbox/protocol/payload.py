"""What is sealed inside an envelope: reports, messages, memos and replies, and their limits.

Plain values; `dropbox.protocol.payload_bytes` writes and reads them as bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

MAX_TEXT_CHARACTERS = 20_000
MAX_TEXT_BYTES = 60_000
MAX_REPLY_CHARACTERS = 5_000
MAX_REPLY_BYTES = 10_000
MAX_NAME_CHARACTERS = 100
MAX_CONTACT_CHARACTERS = 300
MAX_HANDLERS = 16
MAX_SEEN = 32
"""A reply names the newest envelopes that its writer has seen, at most this many."""

MAX_CERTIFICATE_BYTES = 1_000
MAX_COUNT = 1_000_000
"""Highest turn and number: more than any thread has, and small enough to count on."""

MODES = ("anonymous", "confidential")
YES_NO = ("", "yes", "no")
MESSAGE_KINDS = ("message", "hold", "resume", "consent", "refusal")
ANSWER_KINDS = ("consent", "refusal")
"""What the reporter says to the question whether another channel may read."""

ORIGINS = ("", "letter", "mail", "call", "council", "manager", "transfer")
"""How a report came, if not through the form: entered at the desk, or after a transfer."""

MAX_PEOPLE = 10_000
"""Whom one report speaks for, at most."""

STATES = (
    "received",
    "read",
    "in_conversation",
    "being_handled",
    "weighed_as_pattern",
    "closed",
)
OUTCOMES = (
    "",
    "no_further_action",
    "advice_given",
    "conversation",
    "mediation",
    "measure_team",
    "measure_person",
    "passed_on",
    "pattern_noted",
)


@dataclass(frozen=True)
class Report:
    """The first submission. Handler ids are 8 raw bytes; taxonomy codes are short names.

    ``origin`` is one of `ORIGINS`; ``people`` is how many a group's report speaks for. Both
    are the word of whoever made the mailbox.
    """

    day: date
    turn: int
    mode: str
    language: str
    text: str
    recipients: tuple[bytes, ...]
    excluded: tuple[bytes, ...] = ()
    name: str = ""
    contact: str = ""
    conduct: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()
    unit: str = ""
    period: str = ""
    works_with_subject: str = ""
    supporter: str = ""
    origin: str = ""
    people: int = 1


@dataclass(frozen=True)
class Message:
    """A later text of the reporter, or a hold or resume. ``hold`` is the envelope id resumed.

    ``number`` counts the reporter's envelopes in the mailbox; the report is number 1.
    ``about`` is the envelope id of the reply that a consent or refusal answers.
    """

    kind: str
    day: date
    turn: int
    number: int
    recipients: tuple[bytes, ...]
    excluded: tuple[bytes, ...] = ()
    text: str = ""
    hold: bytes | None = None
    about: bytes | None = None


@dataclass(frozen=True)
class Memo:
    """The reporter's note to self: nothing that they wrote, only what later steps need.

    ``day`` is the report's; ``turn`` and ``number`` are those of the last envelope sent.
    ``answered`` is the highest turn of a reply whose question about another channel was
    answered, 0 for none; it does not say how.
    """

    day: date
    recipients: tuple[bytes, ...]
    excluded: tuple[bytes, ...] = ()
    hold: bytes | None = None
    turn: int = 1
    number: int = 1
    answered: int = 0

    @property
    def readers(self) -> frozenset[bytes]:
        """Return the ids of the handlers who may read and answer."""
        return frozenset(self.recipients) - frozenset(self.excluded)


@dataclass(frozen=True)
class Reply:
    """A handler's message. ``seen`` holds 32-byte ids of the reporter's envelopes.

    ``transfer`` is the 32-byte identity of another channel which the writer asks the
    reporter to let read, or None.
    """

    day: date
    turn: int
    number: int
    text: str
    state: str
    recipients: tuple[bytes, ...]
    outcome: str = ""
    not_before: date | None = None
    seen: tuple[bytes, ...] = ()
    transfer: bytes | None = None


def standing_order(reply: Reply, handler_id: bytes) -> tuple[int, int, bytes, int]:
    """Return what decides between replies: the one with the highest says how a case stands.

    Two handlers who did not know of each other write at the same turn; then the state that
    is further on counts, so that a closing is never hidden by somebody's "read".
    """
    return reply.turn, STATES.index(reply.state), handler_id, reply.number
