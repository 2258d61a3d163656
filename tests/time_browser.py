"""Print what sealing and opening cost in the browser's program: ``python -m tests.time_browser``.

A card with two handlers and four months' keys each; a report of 2,000 characters to both; a
mailbox with two replies. Each step is measured with compiled code and without ("Safer").
"""

from __future__ import annotations

import json
import subprocess
from datetime import timedelta

from dropbox.protocol import channel_card, keys, payload, reply_code, reporter
from dropbox.protocol.certificate import IntakeKey, sign_intake_key
from scripts import programs
from tests import organisation as org
from tests.browser_beside import BROWSER
from tests.browser_world import ANNA, BAS, OFFICE, TODAY, a_reply, page

MONTHS = 4


def months(who: org.Handler) -> list[IntakeKey]:
    """Return a handler's keys of four months."""
    days = [TODAY + timedelta(days=30 * month) for month in range(MONTHS)]
    publics = [who.x_pk, *(org.Handler("").x_pk for _ in days[1:])]
    return [
        sign_intake_key(who.seed, org.SITE_ID, x_pk, day, day + timedelta(days=29))
        for x_pk, day in zip(publics, days, strict=True)
    ]


def given() -> str:
    """Return the channel and the mailbox for the program."""
    pairs = [(OFFICE.certificate(who), months(who)) for who in (ANNA, BAS)]
    card = channel_card.sign_card(OFFICE.seed, org.SITE_ID, OFFICE.card().draft, pairs)
    key = reply_code.new_key()
    own = keys.reporter_keys(org.SITE_ID, OFFICE.channel_pk, key)
    ids = tuple(sorted(who.handler_id for who in (ANNA, BAS)))
    memo = reporter.seal_memo(own, payload.Memo(TODAY, ids))
    replies = tuple(a_reply(own, who, text="x" * 1_000) for who in (ANNA, BAS))
    values = {"siteId": org.SITE_ID, "card": card, "key": key, "page": page(key, memo, replies)}
    return json.dumps({n: v.hex() for n, v in values.items()} | {"today": TODAY.isoformat()})


def main() -> None:
    """Run each step."""
    node = programs.node()
    text = given()
    for flags in ([], ["--jitless"]):
        print(*flags or ["compiled"])
        for step in ("card", "report", "mailbox"):
            subprocess.run(
                [node, *flags, "--import", "./test/ready.js", "test/timing.js", step],
                input=text,
                text=True,
                cwd=BROWSER,
                check=True,
            )


if __name__ == "__main__":
    main()
