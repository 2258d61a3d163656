"""How a courier without a shell on the server asks the site: requests, answers, lists.

Layout, all numbers big-endian::

    request   "MKCR" · version 1 · action 1 · courier's key 32 · handler_id 8
              · challenge length 1 · challenge · signature 64 · body
    answer    "MKCA" · version 1 · code 1 · content

The signature is the courier's, over site, challenge, action, handler and body; what stands
in the bodies is in `carried`. Invariant: what does not follow the layout is
`MalformedRequest`, and an answer tells of a failure its kind and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from dropbox.errors import (
    N_,
    BadSignature,
    BundleAltered,
    BundleTruncated,
    CertificateExpired,
    DropboxError,
    ForeignBundle,
    ForeignEnvelope,
    ForeignHandler,
    MalformedBundle,
    MalformedCard,
    MalformedWithdrawal,
    NoSuchHandler,
    OldSerial,
    ProtocolError,
    StoreBusy,
    StoreError,
    StoreFull,
    StoreReadOnly,
    UnknownVersion,
)
from dropbox.protocol import sign
from dropbox.protocol.channel_card import CardTooEarly
from dropbox.protocol.keys import HANDLER_ID_BYTES

VERSION = 1
MAX_CHALLENGE_BYTES = 200
_REQUEST, _ANSWER = b"MKCR", b"MKCA"
_MAGIC_BYTES = 4
_OTHER = 255


class Action(IntEnum):
    """What a courier asks for."""

    HELLO = 0
    """A challenge to sign; the only request without one."""
    LIST = 1
    TAKE = 2
    CLOSE = 3
    OFFER = 4
    PUT = 5
    APPLY = 6


class Code(IntEnum):
    """How the site answers; the codes of failures are in `FAILURES`."""

    DONE = 0
    ALREADY = 1


class MalformedRequest(ProtocolError):
    """A courier's request, or the answer to it, does not follow the layout."""

    text = N_("The site and this courier do not understand each other.")


class BundleChanged(ProtocolError):
    """What a handler's bundle holds is no longer what the courier brought."""

    text = N_("The site received something in the meantime. Try again.")


class TooMuchCarried(StoreError):
    """A courier's unfinished bundles would take more room than the site has for them."""

    text = N_("The site has no room for this bundle now. Nothing of it was used.")


class NotCarried(DropboxError):
    """The site failed in a way that is none of a courier's business."""

    text = N_("The site could not use this. Its operator must look. Nothing of it was used.")


FAILURES: dict[int, type[DropboxError]] = {
    2: MalformedRequest,
    3: BundleChanged,
    4: TooMuchCarried,
    5: NoSuchHandler,
    6: MalformedBundle,
    7: UnknownVersion,
    8: BundleTruncated,
    9: BundleAltered,
    10: ForeignBundle,
    11: ForeignEnvelope,
    12: ForeignHandler,
    13: CertificateExpired,
    14: BadSignature,
    15: MalformedWithdrawal,
    16: MalformedCard,
    17: CardTooEarly,
    18: OldSerial,
    19: StoreBusy,
    20: StoreFull,
    21: StoreReadOnly,
    _OTHER: NotCarried,
}
"""What each code of a failure means, in the words that the operator's commands use."""


@dataclass(frozen=True)
class Request:
    """One request as it was read; ``challenge`` is empty in a hello."""

    action: Action
    courier_pk: bytes
    handler_id: bytes = bytes(HANDLER_ID_BYTES)
    challenge: bytes = b""
    signature: bytes = b""
    body: bytes = b""

    def verify(self, site_id: bytes) -> None:
        """Check that the courier signed it for this site; raises BadSignature."""
        fields = _signed(site_id, self.challenge, self.action, self.handler_id, self.body)
        sign.verify(sign.Purpose.COURIER, self.courier_pk, self.signature, *fields)


def _signed(
    site_id: bytes, challenge: bytes, action: int, handler_id: bytes, body: bytes
) -> tuple[bytes, ...]:
    return site_id, challenge, bytes((action,)), handler_id, body


def hello(courier_pk: bytes) -> bytes:
    """Write the request for a challenge."""
    return _REQUEST + bytes((VERSION, Action.HELLO)) + courier_pk


def request(
    seed: bytes, site_id: bytes, challenge: bytes, action: Action, handler_id: bytes, body: bytes
) -> bytes:
    """Write and sign a request; ``seed`` is the courier's, 32 raw bytes."""
    fields = _signed(site_id, challenge, action, handler_id, body)
    signature = sign.sign(sign.Purpose.COURIER, seed, *fields)
    head = _REQUEST + bytes((VERSION, action)) + sign.public_key(seed) + handler_id
    return head + bytes((len(challenge),)) + challenge + signature + body


def read_request(data: bytes) -> Request:
    """Read a request, without checking its signature.

    Raises:
        MalformedRequest: it is none.
    """
    take = Cut(data)
    if take(_MAGIC_BYTES) != _REQUEST or take(1)[0] != VERSION:
        raise MalformedRequest
    try:
        action = Action(take(1)[0])
    except ValueError:
        raise MalformedRequest from None
    courier_pk = take(sign.PUBLIC_KEY_BYTES)
    if action is Action.HELLO:
        take.end()
        return Request(action, courier_pk)
    handler_id = take(HANDLER_ID_BYTES)
    challenge = take(take(1)[0])
    signature = take(sign.SIGNATURE_BYTES)
    return Request(action, courier_pk, handler_id, challenge, signature, take.rest())


def answer(content: bytes = b"", code: int = Code.DONE) -> bytes:
    """Write an answer."""
    return _ANSWER + bytes((VERSION, code)) + content


def failure(error: DropboxError) -> bytes:
    """Write the answer that says what failed, and nothing else of it."""
    found = (code for code, kind in FAILURES.items() if isinstance(error, kind))
    return answer(code=next(found, _OTHER))


def read_answer(data: bytes) -> tuple[Code, bytes]:
    """Read an answer; return its code and content.

    Raises:
        MalformedRequest: it is none.
        DropboxError: the failure that it tells, one of `FAILURES`.
    """
    take = Cut(data)
    if take(_MAGIC_BYTES) != _ANSWER or take(1)[0] != VERSION:
        raise MalformedRequest
    code = take(1)[0]
    if code in set(Code):
        return Code(code), take.rest()
    raise FAILURES.get(code, NotCarried)()


class Cut:
    """Cuts bytes up from their start; raises MalformedRequest where too few are left."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def __call__(self, size: int) -> bytes:
        """Cut off so many bytes."""
        piece = self._data[self._at : self._at + size]
        if len(piece) != size:
            raise MalformedRequest
        self._at += size
        return piece

    def rest(self) -> bytes:
        """Cut off all that is left."""
        return self(len(self._data) - self._at)

    def end(self) -> None:
        """See that nothing is left."""
        if self.rest():
            raise MalformedRequest
