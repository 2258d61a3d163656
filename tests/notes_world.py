"""Handlers who write notes to each other, for tests: their desks, and a courier between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dropbox.desk import casebook, replies
from dropbox.protocol.bundle import Frame
from dropbox.protocol.keys import ReporterKeys
from tests.desk_world import World, envelopes, notes_in

MARK = "Dit is het merkwaardige kenmerk"


def report_without_carla(world: World) -> ReporterKeys:
    """Return a reporter whose report anna and bram have, and carla may not read."""
    found = world.reporter()
    report = world.report(found, "anna", "bram", excluded=(world.handler_id("carla"),))
    for name in ("anna", "bram"):
        world.take_in(name, report)
    return found


def write(
    world: World,
    name: str,
    act: Callable[..., object],
    keys: ReporterKeys,
    *args: object,
    **more: object,
) -> bytes:
    """Let a handler write a note; return its envelope."""
    with world.vault(name) as vault:
        written = act(vault, keys.mailbox_id, *args, today=world.today, **more)
        assert isinstance(written, replies.Written)
        (note_id,) = written.note_ids
        return casebook.open_book(vault, keys.mailbox_id).sealed(note_id)


def exchange(world: World, *names: str) -> None:
    """Bring each desk what the others have ready."""
    made = {name: world.export(name)[2] for name in names}
    for name in names:
        others = [each for other in names if other != name for each in letters(made[other])]
        world.take_in(name, *others)


def letters(frames: Sequence[Frame]) -> list[bytes]:
    """Return the replies and the notes in a bundle."""
    return [*envelopes(frames), *notes_in(frames)]
