"""A file that is being written is whole in its place or gone, however the program ended."""

import os
import signal
from pathlib import Path

import pytest

from dropbox import locks
from dropbox.store import draft
from dropbox.store.files import write_durably
from tests.bad_luck_world import HANDLER, Killer, town


def names(folder: Path) -> set[str]:
    """Return the names of all files in a folder."""
    return {path.name for path in folder.iterdir()}


def killed_in_a_draft(folder: Path) -> None:
    """Let a process begin a draft in a folder, with a journal beside it, and kill it."""
    child = os.fork()
    if child == 0:
        with draft(folder) as (_file, beside):
            beside.with_name(beside.name + "-journal").write_bytes(b"half")
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)


def test_draft_of_a_killed_program_goes_with_the_next_one(tmp_path: Path) -> None:
    """No half bundle and no forgotten copy of a vault stays behind, and nobody's file goes."""
    other = tmp_path / ".meldkluis-notes"
    other.write_text("mine", "utf-8")
    killed_in_a_draft(tmp_path)
    assert len(names(tmp_path)) == 3
    with draft(tmp_path) as (file, beside):
        file.write(b"whole")
        assert names(tmp_path) == {other.name, beside.name}
    assert names(tmp_path) == {other.name}


def test_draft_in_use_is_not_swept(tmp_path: Path) -> None:
    """Two programs may write into one folder at a time."""
    with draft(tmp_path) as (_file, first), draft(tmp_path) as (_other, second):
        assert names(tmp_path) == {first.name, second.name}


def test_draft_that_was_swept_before_it_was_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between a file's birth and its lock another program may take it for one left behind."""
    real, swept = locks.take, []

    def swept_first(file: int, *, wait: bool) -> None:
        if not swept:
            swept.extend(tmp_path.iterdir())
            swept[0].unlink()
        real(file, wait=wait)

    monkeypatch.setattr("dropbox.store.files.locks.take", swept_first)
    write_durably(tmp_path / "whole", b"whole", 0o600)
    assert names(tmp_path) == {"whole"}


def test_what_root_writes_belongs_to_the_user_of_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One command as root must not leave a file that stops the site's own user at night."""
    given: list[tuple[int, int]] = []
    monkeypatch.setattr("dropbox.store.files.os.geteuid", lambda: 0)
    monkeypatch.setattr(
        "dropbox.store.files.os.fchown", lambda _file, user, group: given.append((user, group))
    )
    write_durably(tmp_path / "purge.day", b"2026-11-21", 0o600)
    found = tmp_path.stat()
    assert given == [(found.st_uid, found.st_gid)]


def test_killed_backup_and_restore_leave_no_copy_of_a_vault(tmp_path: Path) -> None:
    """Keys of cases that are erased later must not live on in a file that nobody knows of."""
    with town(tmp_path, serve=False) as made:
        saved = made.demo.desks / "saved"
        backup = made.desk("backup", "--out", saved)
        restore = made.desk("restore", saved, "--replace")
        before = names(made.demo.desks) | {saved.name}
        killer = Killer(made, seed=1)
        killer.measure("backup", backup)
        killer.measure("restore", restore)
        for stage, words in (("backup", backup), ("restore", restore)) * 6:
            killer.kill(stage, words)
            made.demo.open(HANDLER).close()
        assert all(killer.hits.values()), killer.hits
        made.ok(*backup)
        made.ok(*restore)
        assert names(made.demo.desks) == before
