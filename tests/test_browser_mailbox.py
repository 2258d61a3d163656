"""A mailbox says in the browser what it says in the reference."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from dropbox.protocol import keys, mailbox_page, payload, reply_code, reporter
from dropbox.reporter import letters
from tests import organisation as org
from tests.browser_beside import Beside
from tests.browser_world import ANNA, BAS, CARL, OFFICE, TODAY, a_reply, page
from tests.make_vectors import plain


def opened_mailbox(key: bytes, pages: list[bytes], today: date) -> dict[str, Any]:
    """Return a mailbox as the reference opens it, with the names of the browser's program."""
    unpacked = [found for found in map(mailbox_page.unpack, pages) if found]
    opened = letters.open_mailbox(org.SITE_ID, key, unpacked, today)
    values: dict[str, Any] = {
        name: getattr(opened, name)
        for name in ("token", "sealed_memo", "unopened", "sent", "turn", "complete")
    }
    memo = asdict(opened.memo) if opened.memo else None
    own = {name: getattr(opened.own, name) for name in opened.own.__dataclass_fields__}
    return values | {
        "own": own,
        "memo": memo,
        "shown": [asdict(one) for one in opened.shown],
        "last": asdict(opened.last) if opened.last else None,
        "missing": opened.missing(),
        "unseen": opened.unseen(),
        "receipt": opened.receipt_given(),
        "feedback": opened.feedback_given(),
        "readable": [letters.readable_from(one) for one in opened.shown],
        "thread": memo
        and {
            "token": opened.token,
            "own": own,
            "memo": memo,
            "sealed_memo": opened.sealed_memo,
            "turn": opened.turn,
        },
    }


def some_replies(random: Random, own: keys.ReporterKeys, sent: list[bytes]) -> list[bytes]:
    """Return replies of handlers who may answer and who may not, some for another day or forged."""
    found = []
    for _ in range(random.choice((0, 1, 2, 4, 6))):
        day = TODAY + timedelta(days=random.choice((-9, -1, 0, 0, 2, 3)))
        later = random.choice((None, None, TODAY + timedelta(days=random.choice((-2, 0, 40)))))
        data = a_reply(
            own,
            random.choice((ANNA, ANNA, BAS, CARL)),
            day=day,
            turn=random.choice((0, 2, 3, 10**6)),
            number=random.randrange(1, 6),
            state=random.choice(payload.STATES),
            not_before=later,
            seen=tuple(random.sample(sent, random.randrange(len(sent) + 1))),
        )
        altered = data[:-1] + bytes((data[-1] ^ 1,))
        found.append(data if random.random() < 0.9 else altered)
    return found


@pytest.mark.parametrize(
    "count", [pytest.param(40, id="few"), pytest.param(5_000, marks=pytest.mark.soak, id="many")]
)
def test_mailbox_is_opened_alike(beside: Beside, count: int) -> None:
    """Letters, their order, gaps, what is unseen and the next turn are those of the reference."""
    random = Random(20_261_122)
    for _ in range(count):
        key = reply_code.new_key()
        own = keys.reporter_keys(org.SITE_ID, OFFICE.channel_pk, key)
        shut = (CARL.handler_id,) if random.random() < 0.5 else ()
        ids = tuple(sorted(one.handler_id for one in (ANNA, BAS)))
        memo = payload.Memo(TODAY, ids, shut, turn=random.choice((1, 5, 10**6)))
        sealed_memo = reporter.seal_memo(own, memo)
        if random.random() < 0.15:
            sealed_memo = sealed_memo[:-1] + bytes((sealed_memo[-1] ^ 1,))
        sent = [random.randbytes(32) for _ in range(random.choice((0, 1, 3, 40)))]
        replies = some_replies(random, own, sent[:32])
        cut = random.randrange(len(replies) + 1)
        pages = [
            page(key, sealed_memo, tuple(part), sent=tuple(sent), more=random.random() < 0.5)
            for part in ([replies] if random.random() < 0.5 else [replies[:cut], replies[cut:]])
        ]
        theirs = beside.made("mailbox", site_id=org.SITE_ID, key=key, pages=pages, today=TODAY)
        assert theirs == plain(opened_mailbox(key, pages, TODAY))
