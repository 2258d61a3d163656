"""A vault with many cases, as if each had been imported: for what lists and searches cost."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

from dropbox.desk import casebook, keyring
from dropbox.desk.cases import Entry
from dropbox.protocol import reply_code
from dropbox.protocol.handler import Pinned
from dropbox.protocol.payload import Message, Reply, Report
from tests.desk_world import TODAY, World

REPORT_CHARACTERS = 1_500
LATER_CHARACTERS = 400
RARE = "eenhoornslag"
CONDUCT = tuple(f"conduct-{number}" for number in range(6))
UNITS = tuple(f"unit-{number}" for number in range(20))


def fill(folder: Path, count: int, name: str = "anna") -> World:
    """Make a channel, and put so many cases with three entries each in a handler's vault.

    The first case alone has the word `RARE`.
    """
    world = World(folder)
    random_ = random.Random(7)
    words = reply_code.word_list("nl")
    ids = tuple(sorted(world.ids))

    def text(characters: int) -> str:
        return " ".join(random_.choices(words, k=characters // 6))

    with world.vault(name) as vault, vault.transaction():
        own = keyring.load(vault).handler_id
        for number in range(count):
            mailbox_id, report_id = random_.randbytes(32), random_.randbytes(32)
            day = TODAY - timedelta(days=random_.randrange(200))
            mode = random_.choice(("anonymous", "confidential"))
            story = text(REPORT_CHARACTERS) + ("" if number else f" {RARE}")
            book = casebook.open_or_start(vault, mailbox_id)
            report = Report(
                day,
                1,
                mode,
                "nl",
                story,
                ids,
                conduct=(random_.choice(CONDUCT),),
                unit=random_.choice(UNITS),
            )
            pinned = Pinned(mailbox_id, random_.randbytes(32), random_.randbytes(32))
            book.add(Entry(report_id, b"", {}, report=report), pinned)
            later = Message("message", day, 2, 2, ids, text=text(LATER_CHARACTERS))
            book.add(Entry(random_.randbytes(32), b"", {}, message=later))
            answer = Reply(day, 3, 1, text(LATER_CHARACTERS), "read", ids, seen=(report_id,))
            role = {"nl": "rol", "en": "role"}
            book.add(Entry(random_.randbytes(32), own, role, reply=answer))
    return world
