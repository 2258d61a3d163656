"""The reporter's site over a real blind server, and a browser-like client, for tests."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field, replace
from datetime import date
from http import HTTPStatus
from pathlib import Path

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dropbox.config import EXAMPLE_SITE_TOML, Config, Places, read_site
from dropbox.protocol import box, payload, reply_code
from dropbox.protocol.bundle import Frame, FrameType
from dropbox.protocol.handler import (
    OpenedMessage,
    OpenedReport,
    kind,
    open_letter,
    read_message,
    seal_reply,
)
from dropbox.protocol.handler import read_report as read_sealed_report
from dropbox.site import create_app
from tests import organisation
from tests.blind_server import Site, desk_bundle
from tests.organisation import SITE_ID, SITE_PK, TODAY, Handler, Office

HOST = "localhost"
ORIGIN = {"Origin": f"http://{HOST}"}
URLENCODED = "application/x-www-form-urlencoded"
STORY = "Mijn leidinggevende schreeuwt tegen ons.\n\nElke week."
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
_CODE = re.compile(r'<ol class="code" id="reply-code"[^>]*>(.*?)</ol>', re.DOTALL)


@dataclass
class World:
    """One site in a folder: the blind server, its channels, the application and the day."""

    folder: Path
    offices: tuple[Office, ...]
    today: date = TODAY
    server: Site = field(init=False)
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        keys_dir, var_dir = self.folder / "keys", self.folder / "var"
        keys_dir.mkdir()
        toml = EXAMPLE_SITE_TOML.read_text("utf-8")
        (keys_dir / "site.toml").write_text(
            toml.replace('site_id = ""', f'site_id = "{SITE_ID.hex()}"').replace(
                'site_pk = ""', f'site_pk = "{SITE_PK.hex()}"'
            ),
            "utf-8",
        )
        (var_dir / "site").mkdir(parents=True)
        self.server = Site(var_dir / "site", *self.offices)
        places = Places(keys_dir, var_dir, 8000)
        self.config = Config(places, read_site(places.site_toml))
        self.start()

    def start(self, **changes: object) -> None:
        """Start the application, again if it runs; ``changes`` are of the site's settings."""
        site = replace(self.config.site, **changes)  # type: ignore[arg-type]
        config = Config(self.config.places, site)
        app = create_app(config, self.server.mailboxes, lambda: self.today)
        self.app = app
        self.client = app.test_client()

    def get(self, path: str) -> TestResponse:
        """Ask for a page."""
        return self.client.get(path)

    def post(self, path: str, fields: dict[str, object], **headers: str) -> TestResponse:
        """Send a form as a browser on this site does."""
        return self.client.post(path, data=fields, headers=ORIGIN | headers)

    def filled(
        self, slug: str = "meldpunt", lang: str = "en", **fields: object
    ) -> dict[str, object]:
        """Open the form and fill it in."""
        page = self.get(f"/{lang}/report/{slug}").text
        return hidden(page) | {"text": STORY, "mode": "anonymous"} | fields

    def reviewed(self, lang: str = "en", **fields: object) -> dict[str, object]:
        """Fill in the form and look it through; return the fields that would be sent.

        They are those of the review page, or what was typed where that page did not come.
        """
        typed = self.filled(lang=lang, **fields)
        review = self.post(f"/{lang}/report/meldpunt", typed | {"step": "review"})
        return hidden(review.text) if review.status_code == HTTPStatus.OK else typed

    def send(self, lang: str = "en", **fields: object) -> TestResponse:
        """Open the form, fill it in, look it through, and send it."""
        typed = self.reviewed(lang=lang, **fields)
        return self.post(f"/{lang}/report/meldpunt", typed | {"step": "send"})

    def file(self, **fields: object) -> str:
        """File a report; return the reply code."""
        return code(self.send(**fields))

    def open(self, words: str, lang: str = "en", **fields: object) -> TestResponse:
        """Open a mailbox."""
        return self.post(f"/{lang}/mailbox", {"code": words, "step": "open"} | fields)

    def act(self, words: str, step: str, **fields: object) -> TestResponse:
        """Open a mailbox and press one of its buttons."""
        token = hidden(self.open(words).text)["token"]
        typed = {"code": words, "token": token, "step": step}
        return self.post("/en/mailbox", typed | fields)

    def envelopes(self, handler: Handler) -> list[bytes]:
        """Return all envelopes that the server holds for a handler, in no order."""
        rows = self.server.store.connection().execute(
            "SELECT body FROM envelope JOIN slot ON slot.envelope = envelope.id "
            "WHERE recipient = ?",
            (box.key_id(handler.x_pk),),
        )
        return [row[0] for row in rows.fetchall()]

    def reports(self, handler: Handler) -> list[OpenedReport]:
        """Open the first reports that a handler can read."""
        office = self._office(handler)
        letters = [
            open_letter(body, office.channel, handler.box_keys) for body in self.envelopes(handler)
        ]
        return [read_sealed_report(one) for one in letters if kind(one) == "report"]

    def messages(self, handler: Handler) -> list[OpenedMessage]:
        """Open the later messages that a handler can read, by turn."""
        office = self._office(handler)
        letters = [
            open_letter(body, office.channel, handler.box_keys) for body in self.envelopes(handler)
        ]
        pinned = {one.pinned.mailbox_id: one.pinned for one in self.reports(handler)}
        opened = [
            read_message(one, pinned[one.header.mailbox_id])
            for one in letters
            if kind(one) == "message"
        ]
        return sorted(opened, key=lambda one: one.message.turn)

    def report(self, handler: Handler) -> payload.Report:
        """Open the only report that a handler can read."""
        (opened,) = self.reports(handler)
        return opened.report

    def _office(self, handler: Handler) -> Office:
        return next(office for office in self.offices if handler in office.handlers)

    def files(self) -> bytes:
        """Return everything in the data folder, names too."""
        places = self.config.places.var_dir
        found = sorted(path for path in places.rglob("*") if path.is_file())
        return b"".join(str(path).encode() + path.read_bytes() for path in found)


def hidden(page: str) -> dict[str, object]:
    """Return the hidden fields of a page's forms; a field that stands twice is a list."""
    found: dict[str, list[str]] = {}
    for name, value in _HIDDEN.findall(page):
        found.setdefault(name, []).append(html.unescape(value))
    return {name: values[0] if len(set(values)) == 1 else values for name, values in found.items()}


def code(page: TestResponse) -> str:
    """Return the ten words of a code page."""
    match = _CODE.search(page.text)
    if match is None:
        raise AssertionError("this is no code page")
    return " ".join(re.findall(r"<li>(\w+)</li>", match[1]))


def textarea(page: TestResponse, name: str = "text") -> str:
    """Return what a browser shows in a text field: HTML drops one leading line feed."""
    match = re.search(rf'<textarea[^>]* name="{name}"[^>]*>(.*?)</textarea>', page.text, re.DOTALL)
    if match is None:
        raise AssertionError("there is no such field")
    return html.unescape(match[1].removeprefix("\n"))


def raw(
    world: World, body: bytes, path: str = "/en/report/meldpunt", kind: str = URLENCODED
) -> TestResponse:
    """Post bytes as they are."""
    return world.client.post(path, data=body, content_type=kind, headers=ORIGIN)


class Desk:
    """Writes replies of one channel's handlers and delivers them."""

    def __init__(self, world: World, words: str) -> None:
        self.world = world
        self.office = world.offices[0]
        key = reply_code.parse(words)
        self.pinned = organisation.pinned(
            organisation.keys.reporter_keys(SITE_ID, self.office.channel_pk, key)
        )
        self.serials: dict[bytes, int] = {}

    def reply(self, handler: Handler, text: str = "Dank je wel.", **changes: object) -> None:
        """Seal a reply and bring it to the site."""
        sealed = seal_reply(
            self.office.channel,
            handler.seed,
            self.office.certificate(handler),
            self.pinned,
            [other.recipient for other in self.office.handlers if other is not handler],
            organisation.reply(text, **changes),
        )
        self.deliver(handler, sealed)

    def deliver(self, handler: Handler, envelope: bytes) -> None:
        """Bring one envelope to the site."""
        serial = self.serials.get(handler.handler_id, 0) + 1
        self.serials[handler.handler_id] = serial
        frame = Frame(FrameType.ENVELOPE, envelope)
        self.world.server.deliver(desk_bundle(self.office, handler, serial, frame))
