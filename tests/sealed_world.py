"""Handing in at the site what was sealed elsewhere, for tests."""

from werkzeug.test import TestResponse

from dropbox.protocol import handed_in, payload, reporter
from dropbox.protocol.envelope import envelope_id
from dropbox.protocol.handed_in import ANSWER_BYTES, Answer, Message
from dropbox.site.limits import BYTES_TYPE
from tests import organisation
from tests.blind_server import Filed, rows
from tests.organisation import TODAY
from tests.site_client import World

ADDRESSES = ("report", "message", "consent", "withdrawal", "mailbox")
TABLES = ("mailbox", "envelope", "slot", "addressed", "tombstone", "form_nonce")


def hand_in(world: World, where: str, data: bytes, **headers: str) -> TestResponse:
    """Post sealed bytes as a browser on this site does."""
    sent = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"} | headers
    return world.client.post(f"/sealed/{where}", data=data, content_type=BYTES_TYPE, headers=sent)


def code(answer: TestResponse) -> Answer:
    """Return what the six bytes say."""
    assert len(answer.data) == ANSWER_BYTES
    assert answer.mimetype == BYTES_TYPE
    return handed_in.read_answer(answer.data)


def written(filed: Filed) -> bytes:
    """Return a report's record."""
    return handed_in.write_report(filed.new)


def message_of(world: World, filed: Filed) -> Message:
    """Return a later message to the first handler."""
    recipients = [world.offices[0].handlers[0].recipient]
    envelope = reporter.seal_message(filed.keys, recipients, organisation.message())
    memo = payload.Memo(TODAY, (recipients[0].handler_id,))
    old = envelope_id(filed.new.memo)
    return Message(filed.token, old, reporter.seal_memo(filed.keys, memo), envelope)


def count(world: World) -> list[int]:
    """Return how many rows each table has."""
    return [rows(world.server.store, table) for table in TABLES]
