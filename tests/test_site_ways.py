"""All ways to hand in a report leave the same kind of rows, and none leaves a trace of its own."""

import io
import logging
import sqlite3
from pathlib import Path

import pytest

from dropbox.protocol import handed_in
from dropbox.protocol.handed_in import Answer
from dropbox.site.limits import BYTES_TYPE, UPLOAD_TYPE
from tests.blind_server import new_report
from tests.organisation import office
from tests.sealed_world import TABLES, code, hand_in, message_of, written
from tests.site_client import ORIGIN, STORY, World

WAYS = ("form", "browser", "letter", "client")
Shape = dict[str, list[tuple[object, ...]]]


def file_by(world: World, way: str, text: str) -> None:
    """Hand in one report to both handlers."""
    if way == "form":
        world.file(text=text)
        return
    record = written(new_report(world.offices[0], text=text))
    if way == "browser":
        assert code(hand_in(world, "report", record)) is Answer.DONE
    elif way == "client":
        answer = world.client.post("/sealed/report", data=record, content_type=BYTES_TYPE)
        assert handed_in.read_answer(answer.data) is Answer.DONE
    else:
        data = {"file": (io.BytesIO(record), "a.meldkluis")}
        answer = world.client.post("/nl/drop", data=data, content_type=UPLOAD_TYPE, headers=ORIGIN)
        assert answer.status_code == 200


def shape(world: World) -> Shape:
    """Return each table's rows: of blobs their type and length, of numbers their value."""
    database = sqlite3.connect(world.server.store.path)
    found = {}
    for table in TABLES:
        rows = database.execute(f"SELECT * FROM {table}").fetchall()
        found[table] = sorted(
            tuple(("blob", len(cell)) if isinstance(cell, bytes) else cell for cell in row)
            for row in rows
        )
    database.close()
    return found


def test_all_ways_store_the_same_kind_of_rows(tmp_path: Path) -> None:
    """Table by table: counts, sizes and numbers; only a form leaves the nonce that it had."""
    shapes = {}
    for way in WAYS:
        (tmp_path / way).mkdir()
        world = World(tmp_path / way, (office(),))
        file_by(world, way, STORY)
        shapes[way] = shape(world)
    nonces = {way: len(found.pop("form_nonce")) for way, found in shapes.items()}
    assert nonces == {"form": 1, "browser": 0, "letter": 0, "client": 0}
    assert shapes["form"]["slot"] != []
    assert all(found == shapes["form"] for found in shapes.values())


def test_nothing_that_was_handed_in_sealed_is_left_behind(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """No file, log or answer holds a text, a token, an agent or an address of it."""
    world = World(tmp_path, (office(),))
    agent, address, text = "Zeldzaambrowser/7", "203.0.113.77", "Zeldzaamwoord"
    world.client.environ_base |= {"HTTP_USER_AGENT": agent, "REMOTE_ADDR": address}
    answers = []
    with caplog.at_level(logging.DEBUG):
        filed = new_report(world.offices[0], text=text)
        said = message_of(world, filed).raw()
        for where, data in (
            ("report", written(filed)),
            ("report", written(filed) + text.encode()),
            ("message", said),
            ("message", said),
            ("message", said[:-1]),
            ("mailbox", filed.token + b"\0"),
            ("mailbox", filed.token + b"\0\0"),
            ("consent", text.encode() + filed.token),
            ("withdrawal", filed.token * 5),
        ):
            answers.append(hand_in(world, where, data).data)
    left = world.files() + (caplog.text + "".join(capfd.readouterr())).encode()
    for trace in (agent.encode(), address.encode(), text.encode(), filed.token, filed.key):
        for form in (trace, trace.hex().encode()):
            assert form not in left
            assert all(form not in answer for answer in answers)
