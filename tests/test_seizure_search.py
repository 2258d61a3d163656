"""The adversary of the seizure tests can find: each spelling and each place, planted and found."""

import base64
import bz2
import gzip
import html
import json
import lzma
import os
import random
import subprocess
import sys
import time
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from dropbox.protocol import keys, reply_code
from tests.adversary import (
    Exhibit,
    Sought,
    in_memory,
    of_folder,
    of_process,
    search,
    times,
)

PLAIN = "Qxkwaterm7merk"
ACCENTED = "Zoë-Noëlleïñ9ü"
KEY = bytes.fromhex("0000003f456789abfedcba9876543210")
TOKEN = keys.token(bytes(16), KEY)
CODE = reply_code.words(KEY, "nl")
SOUGHT = Sought([PLAIN, ACCENTED], [KEY, TOKEN], [CODE, reply_code.words(KEY, "en")])
NOISE = random.Random(7).randbytes(8_000)
SERVING = "print('ready', flush=True); input()"


def story(mark: str) -> str:
    """Return a text with the mark in it."""
    return f'Mijn chef zei: "{mark}" & lachte.\nDaarna niets meer.'


SPELLINGS: dict[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "latin-1": lambda text: text.encode("latin-1"),
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-16 big": lambda text: text.encode("utf-16-be"),
    "utf-32": lambda text: text.encode("utf-32-le"),
    "large letters": lambda text: text.upper().encode(),
    "decomposed": lambda text: unicodedata.normalize("NFD", text).encode(),
    "percent": lambda text: quote(text).encode(),
    "percent of a form": lambda text: quote_plus(text).encode(),
    "percent all": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()).encode(),
    "json": lambda text: json.dumps({"a": text}).encode(),
    "python": lambda text: repr(text.encode()).encode(),
    "html": lambda text: html.escape(text).encode("ascii", "xmlcharrefreplace"),
    "hexadecimal": lambda text: text.encode().hex().encode(),
    "hexadecimal, large": lambda text: b"A" + text.encode().hex().upper().encode(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64, 1 in": lambda text: base64.b64encode(b"x" + text.encode()),
    "base64, 2 in": lambda text: base64.urlsafe_b64encode(b"xy" + text.encode()),
    "base64 in lines": lambda text: base64.encodebytes(9 * text.encode()),
    "backwards": lambda text: text.encode()[::-1],
    "zlib": lambda text: zlib.compress(text.encode()),
    "zlib, cut off": lambda text: zlib.compress(40 * text.encode() + NOISE)[:6000],
    "gzip": lambda text: gzip.compress(text.encode()),
    "bzip2": lambda text: bz2.compress(text.encode()),
    "xz": lambda text: lzma.compress(text.encode()),
    "gzip in base64 in json": lambda text: json.dumps(
        base64.b64encode(gzip.compress(text.encode())).decode()
    ).encode(),
}

RAW: dict[str, Callable[[bytes], bytes]] = {
    "raw": bytes,
    "backwards": lambda secret: secret[::-1],
    "hexadecimal": lambda secret: secret.hex().encode(),
    "base64": lambda secret: base64.b64encode(b"z" + secret),
    "gzip": gzip.compress,
}


@pytest.mark.parametrize("mark", [PLAIN, ACCENTED])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_search_finds_a_text_in_every_spelling(spelling: str, mark: str) -> None:
    """A planted text is found wherever it stands among noise, and named."""
    planted = SPELLINGS[spelling](story(mark))
    for before in (b"", NOISE[:4_001]):
        assert mark in SOUGHT.found_in(before + b"|" + planted + b"|" + NOISE[-2000:])


@pytest.mark.parametrize("spelling", RAW)
def test_search_finds_raw_secrets_in_every_spelling(spelling: str) -> None:
    """The bytes of a key and of a token are found as well."""
    for number, secret in enumerate((KEY, TOKEN)):
        assert f"secret {number}" in SOUGHT.found_in(NOISE + RAW[spelling](secret) + NOISE)


@pytest.mark.parametrize(
    "spelling", ["utf-8", "utf-16", "percent", "hexadecimal", "base64", "gzip"]
)
@pytest.mark.parametrize(
    "written",
    [
        " ".join(CODE),
        "-".join(word.upper() for word in CODE),
        "".join(f"\n {place}. <li>{word}</li>" for place, word in enumerate(CODE, 1)),
        " ".join(word[:4] for word in CODE[3:6]),
        json.dumps(reply_code.words(KEY, "en")),
    ],
)
def test_search_finds_a_reply_code_however_it_is_written(written: str, spelling: str) -> None:
    """Three words in a row are enough, in either language, shortened, in a list or a page."""
    assert "code" in SOUGHT.found_in(NOISE + SPELLINGS[spelling](written) + NOISE)


def test_search_finds_nothing_where_nothing_is() -> None:
    """Noise, the lists of words, and single words of a code are no find."""
    lists = "\n".join(reply_code.word_list("nl") + reply_code.word_list("en")).encode()
    single = f"{CODE[0]} is een woord, {CODE[4]} ook, en {CODE[2]} staat er ver van af".encode()
    for data in (NOISE, lists, single, gzip.compress(lists), b"", bytes(1000)):
        assert SOUGHT.found_in(data) == set()


def plant(folder: Path) -> Iterator[tuple[str, Path]]:
    """Put the mark into each kind of place that a folder has."""
    folder.mkdir()
    (folder / "deep" / "down").mkdir(parents=True)
    content = folder / "deep" / "down" / "content"
    content.write_bytes(NOISE + PLAIN.encode())
    name = folder / f"x{PLAIN}.tmp"
    name.write_bytes(b"")
    inner = folder / "deep" / PLAIN
    inner.mkdir()
    link = folder / "link"
    link.symlink_to(f"/nowhere/{PLAIN}")
    attribute = folder / "attribute"
    attribute.write_bytes(b"")
    os.setxattr(attribute, "user.note", PLAIN.encode())
    yield from {
        "content": content,
        "name": name,
        "folder": inner,
        "link": link,
        "attribute": attribute,
    }.items()


def test_search_looks_everywhere_in_a_folder(tmp_path: Path) -> None:
    """Contents, names of files and folders, targets of links, and extended attributes."""
    planted = dict(plant(tmp_path / "image"))
    found = search(SOUGHT, of_folder(tmp_path / "image"))
    assert set(found) == {str(path) for path in planted.values()}


def test_search_looks_everywhere_in_a_process(tmp_path: Path) -> None:
    """Environment, command line, open files, deleted ones too, and memory."""
    gone = tmp_path / "gone"
    gone.write_text(PLAIN, "utf-8")
    with gone.open("rb") as kept:
        gone.unlink()
        process = subprocess.Popen(
            [sys.executable, "-c", f"# {PLAIN}\n{SERVING}"],
            env={**os.environ, "PLANTED": PLAIN},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[kept.fileno()],
        )
        assert process.stdout
        process.stdout.readline()
        found = search(SOUGHT, of_process(process.pid))
        held = in_memory(SOUGHT, process.pid)
        process.communicate(b"\n")
    assert any(name.endswith("environ") for name in found)
    assert any(name.endswith("cmdline") for name in found)
    assert any("(deleted)" in name and " holds " in name for name in found)
    assert held == {PLAIN}


def test_times_show_a_files_birth(tmp_path: Path) -> None:
    """The adversary sees when a file was made, also after somebody set its other times."""
    begun = time.time()
    file = tmp_path / "file"
    file.write_bytes(b"")
    os.utime(file, (1, 1))
    found = times(file)
    assert found.read == found.written == 1
    assert begun - 1 < found.born <= found.changed < time.time() + 1


def test_same_bytes_are_searched_once() -> None:
    """The name of the first of two equal exhibits is the one that is told."""
    twice = [Exhibit("first", PLAIN.encode()), Exhibit("second", PLAIN.encode())]
    assert set(search(SOUGHT, twice)) == {"first"}
