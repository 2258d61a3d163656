"""The archive of a backup: whole, or refused; as long as what is read from it, and no longer."""

import tarfile
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dropbox.store import archive
from dropbox.store.archive import ArchiveDamaged, Member
from tests.blind_server import Site
from tests.test_backup import PUBLIC, packed


def test_archive_tells_nothing_but_its_contents(site: Site) -> None:
    """Any tar reads it; owner, mode and time are the same for every member."""
    with tarfile.open(fileobj=BytesIO(packed(site))) as tar:
        members = tar.getmembers()
    assert [each.name for each in members] == [archive.DATABASE, *PUBLIC, archive.LIST]
    told = {(each.mtime, each.uid, each.gid, each.uname, each.gname) for each in members}
    assert told == {(0, 0, 0, "", "")}
    assert {each.mode for each in members} == {0o600}


def test_archive_of_the_same_state_is_the_same(site: Site) -> None:
    """Nothing in it depends on when it was made."""
    site.file()
    assert packed(site) == packed(site)


@pytest.mark.parametrize("members", [0, 1, 2, 3])
def test_archive_that_ends_after_a_member_is_refused(site: Site, members: int) -> None:
    """Where a pipe broke between two files, the list at the end is missing."""
    raw = packed(site)
    with tarfile.open(fileobj=BytesIO(raw)) as tar:
        ends = [0, *(each.offset for each in tar.getmembers())]
    with pytest.raises(ArchiveDamaged):
        archive.read(BytesIO(raw[: ends[1 + members]]), BytesIO())


def test_archive_with_something_else_in_it_is_refused() -> None:
    """No file outside the two folders can be brought along, nor one twice, nor a link."""
    good = [Member.of(archive.DATABASE, b"db"), *(Member.of(*each) for each in PUBLIC.items())]
    archive.read(BytesIO(b"".join(archive.write(good))), BytesIO())
    for name in ("../evil", "keys/cards/../evil.card", "/etc/x", "keys/cards/A.card", "keys/x"):
        for odd in ([*good, Member.of(name, b"")], [*good, Member.of(archive.SETTINGS, b"x")]):
            for each in odd:
                each.file.seek(0)
            with pytest.raises(ArchiveDamaged):
                archive.read(BytesIO(b"".join(archive.write(odd))), BytesIO())
    link = tarfile.TarInfo("keys/site.toml")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    with pytest.raises(ArchiveDamaged):
        archive.read(BytesIO(link.tobuf() + bytes(1024)), BytesIO())


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_harm_to_an_archive_is_refused(site: Site, data: st.DataObject) -> None:
    """A changed byte or a cut anywhere is found; what only pads a member may differ."""
    raw = packed(site)
    at = data.draw(st.integers(0, len(raw) - 1))
    if data.draw(st.booleans()):
        harmed = raw[:at]
    else:
        harmed = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
    target = BytesIO()
    try:
        small = archive.read(BytesIO(harmed), target)
    except ArchiveDamaged:
        return
    assert small == PUBLIC
    whole = BytesIO()
    archive.read(BytesIO(raw), whole)
    assert target.getvalue() == whole.getvalue()


@given(st.binary(max_size=2000))
def test_any_bytes_are_no_archive(raw: bytes) -> None:
    """Whatever the file is, it is refused by name."""
    with pytest.raises(ArchiveDamaged):
        archive.read(BytesIO(raw), BytesIO())


def header(kind: bytes, size: int, name: str = archive.DATABASE) -> bytearray:
    """Return a tar header."""
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, size
    return bytearray(info.tobuf(tarfile.GNU_FORMAT))


def test_small_archive_cannot_write_a_large_file() -> None:
    """A sparse member grows from nothing: it is refused before it writes a byte."""
    head = header(tarfile.GNUTYPE_SPARSE, 0)
    head[386:410] = b"%011o\0" % 2**26 + b"%011o\0" % 0
    head[483:495] = b"%011o\0" % 2**26
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    target = BytesIO()
    with pytest.raises(ArchiveDamaged):
        archive.read(BytesIO(bytes(head) + bytes(1024)), target)
    assert target.getvalue() == b""


@pytest.mark.parametrize("kind", [b"x", b"g", b"L", b"K", b"S", b"X", b"5", b"7", b"\0"])
def test_extended_header_is_refused_unread(kind: bytes) -> None:
    """Its body may be as long, and cost as much, as somebody else wants."""
    stream = BytesIO(bytes(header(kind, 2**20)) + b"0" * 2**20)
    with pytest.raises(ArchiveDamaged):
        archive.read(stream, BytesIO())
    assert stream.tell() == tarfile.BLOCKSIZE


def test_large_member_needs_no_extended_header() -> None:
    """A database of more than 8 GiB is written as one member, with its size in its header."""
    parts = archive.write([Member(archive.DATABASE, BytesIO(b"d" * 512), 2**33 + 512)])
    info = tarfile.TarInfo.frombuf(next(parts), "ascii", "strict")
    assert (info.type, info.size) == (tarfile.REGTYPE, 2**33 + 512)
