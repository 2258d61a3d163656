"""What the courier brings and takes along: import, its summary, and the bundle for the site."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import BinaryIO

from flask import (
    Blueprint,
    Response,
    redirect,
    render_template,
    request,
    stream_template,
    stream_with_context,
    url_for,
)
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from dropbox.desk import inbound, keyring, outbound, outbox
from dropbox.desk.errors import NeitherCardNorBundle
from dropbox.desk.inbound import ImportSummary
from dropbox.desk.pages import lists
from dropbox.desk.pages.door import takes
from dropbox.desk.pages.handout import hand_out, taken, written
from dropbox.desk.pages.speech import gettext as _
from dropbox.desk.pages.speech import words_of
from dropbox.desk.pages.workplace import workplace
from dropbox.desk.served_card import NOTICES
from dropbox.errors import N_, DropboxError, InputError
from dropbox.protocol.bundle import MAGIC as BUNDLE_MAGIC
from dropbox.protocol.channel_card import CARD_MAGIC
from dropbox.protocol.document import MAX_DOCUMENT_BYTES

MAX_BUNDLE_BYTES = 4 * 1024 * 1024 * 1024
SHOWN_CASES = 50

COUNTS = (
    ("reports", N_("New reports")),
    ("messages", N_("New messages")),
    ("replies", N_("New replies of colleagues")),
    ("notes", N_("New notes of colleagues")),
    ("withdrawals", N_("Withdrawn and erased")),
    ("waiting", N_("Waiting for a report that has not come")),
    ("duplicates", N_("Already here")),
    ("after_withdrawal", N_("Of withdrawn cases, not read")),
    ("keys_destroyed", N_("Intake keys destroyed, of months long past")),
)

bundle_pages = Blueprint("bundles", __name__)


class NoFile(InputError):
    """Nothing was chosen to import."""

    text = N_("Choose a file first.")


@dataclass
class Import:
    """An import while it runs, and what came of it. ``error`` is in the handler's words."""

    summary: ImportSummary | None = None
    error: str = ""
    numbers: list[str] = field(default_factory=list)


@bundle_pages.get("/bundles")
def index() -> str:
    """Ask for a file, and show what leaves with the next bundle."""
    desk = workplace()
    with desk.open() as vault:
        card = keyring.card_for_reading(vault, desk.today())
        found = outbox.courier(vault)
        return render_template(
            "desk/bundles.html",
            card=card,
            name=card.texts[desk.language].name,
            warns=card.warns(desk.today()),
            waiting=outbox.waiting(vault, desk.today()),
            courier=found,
        )


@bundle_pages.post("/bundles/import")
@takes(MAX_BUNDLE_BYTES)
def take_in() -> Response | AnyResponse:
    """Take in a bundle or a card; a bundle answers line by line while it is read."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise NoFile
    start = upload.stream.read(len(CARD_MAGIC))
    upload.stream.seek(0)
    if start == CARD_MAGIC:
        return _take_card(upload)
    if start != BUNDLE_MAGIC:
        raise NeitherCardNorBundle
    return _take_bundle(upload)


def _take_card(upload: FileStorage) -> AnyResponse:
    typed = request.form.get("fingerprint", "").strip()
    desk = workplace()
    with desk.open() as vault, vault.transaction():
        keyring.pin(vault, upload.stream.read(MAX_DOCUMENT_BYTES + 1), desk.today(), typed or None)
    return redirect(url_for("bundles.index", _anchor="card"), 303)


def _take_bundle(upload: FileStorage) -> Response:
    found = Import()
    steps = _steps(taken(upload), found)
    # What is wrong with the file as a whole is found before the answer begins, and has a page.
    first = next(steps)
    page = stream_template(
        "desk/imported.html",
        steps=_go_on(first, steps, found),
        found=found,
        counts=COUNTS,
        notices=_notices,
        most=SHOWN_CASES,
    )
    response = Response(stream_with_context(page))
    response.call_on_close(steps.close)
    return response


def _steps(file: BinaryIO, found: Import) -> Generator[tuple[int, int]]:
    """Import inside the workplace's turn, and keep the list true; what breaks it off undoes it."""
    desk = workplace()
    with closing(file), desk.open() as vault:
        found.summary = yield from inbound.in_steps(vault, file, desk.today())
        lists.renew(vault, *found.summary.touched)
        if found.summary.touched and not outbox.courier(vault).import_first:
            index = lists.index_of(vault)
            found.numbers = sorted(index.number(each) for each in found.summary.touched)


def _go_on(
    first: tuple[int, int], steps: Generator[tuple[int, int]], found: Import
) -> Iterator[tuple[int, int]]:
    """Yield how far it is; an error ends it, and stands on the page that has begun already."""
    try:
        yield first
        yield from steps
    except (DropboxError, OSError) as error:
        found.error = words_of(error)


def _notices(summary: ImportSummary) -> list[tuple[str, bool]]:
    """Return what people should know about the site, and whether it is an alarm."""
    return [(_(NOTICES[each]), each.alarming) for each in summary.notices]


@bundle_pages.post("/bundles/export")
def export() -> Response:
    """Write the next bundle and hand it to the browser; no copy of it stays here."""
    desk = workplace()
    with desk.cases() as vault, written(desk.path.parent) as (out, file):
        exported = outbound.export(vault, out, desk.today())
    return hand_out(file, f"to-site-{exported.serial}.bundle")
