"""Files that come from the browser and go to it, larger than memory: bundles and backups.

Invariants: all of them are sealed; they pass through files without a name, and on their way
out through a folder of their own that is gone before the browser gets a byte.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, BinaryIO, cast

from flask import Response
from werkzeug.datastructures import FileStorage

CHUNK_BYTES = 64 * 1024
_NAME = "file"


def taken(upload: FileStorage) -> BinaryIO:
    """Take an upload's file out of the request, which closes its own before the answer ends."""
    file, upload.stream = upload.stream, BytesIO()
    return cast(BinaryIO, file)


@contextmanager
def written(folder: Path) -> Iterator[tuple[Path, IO[bytes]]]:
    """Yield a place where a file is to be written, and a nameless one that has it afterwards.

    Args:
        folder: where the file lies for the time of the block, for example beside the vault.
    """
    # closed with the response that hands it out, or here where there is none
    file = tempfile.TemporaryFile()  # noqa: SIM115
    try:
        with tempfile.TemporaryDirectory(dir=folder) as private:
            out = Path(private) / _NAME
            yield out, file
            with out.open("rb") as whole:
                shutil.copyfileobj(whole, file)
    except BaseException:
        file.close()
        raise
    file.seek(0)


def hand_out(file: IO[bytes], name: str) -> Response:
    """Return a file for the browser to save, piece by piece; it is closed at the end.

    Args:
        file: its bytes, from here to its end.
        name: what it is saved as: letters, digits, dots and dashes of ours.
    """
    response = Response(_chunks(file), content_type="application/octet-stream")
    response.call_on_close(file.close)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
