"""A demonstration site under measurement, and the reporter who visits it without script."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlencode

from bench.limits import UNLIMITED, set_limits
from bench.load import Client
from bench.servers import Server, serving
from dropbox import exchange
from dropbox.cli.site import set_up
from dropbox.config import Places, read_site
from dropbox.demo import organisation
from dropbox.demo.channels import HOTLINE
from dropbox.demo.organisation import Demonstration
from dropbox.demo.server import environment, free_port
from dropbox.desk import casebook, inbound, outbound, replies
from dropbox.store import DATABASE_NAME, CardShelf, Store, site_key

FORM = f"/nl/report/{HOTLINE.plan.slug}"
"""A channel with two handlers, so that every report is sealed to two."""

MAILBOX = "/nl/mailbox"
STORY = ("Er is iets gebeurd op mijn werk. " * 61)[:2000]
ANSWER = "Dank je wel dat je dit hebt geschreven. We hebben je melding gelezen. " * 4

_TOKEN = re.compile(rb'name="token" value="([^"]+)"')
_READERS = re.compile(rb'name="readers" value="([^"]+)"')
_WORDS = re.compile(rb"<li>([a-z]+)</li>")
_LETTER = b'class="letter"'
_OPENED = b'type="hidden" name="code"'


class Site:
    """The demonstration in a folder of its own, with what the operator holds."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        places = Places(folder / "keys", folder / "var", free_port())
        places.var_dir.mkdir()
        self.today: date = datetime.now(UTC).date()
        self.demo: Demonstration = organisation.prepare(places, self.today, set_up)
        set_limits(self.demo.places.site_toml, **UNLIMITED)
        site_dir = self.demo.places.site_dir
        self.site_id = read_site(self.demo.places.site_toml).site_id
        self.seed = site_key.load(site_dir)
        self.shelf = CardShelf(self.demo.places.cards_dir, self.site_id)
        self.store = Store(site_dir / DATABASE_NAME)

    @property
    def environ(self) -> dict[str, str]:
        """Return the variables by which commands and server find this site."""
        return environment({}, self.demo.places)

    def serving(self) -> AbstractContextManager[Server]:
        """Run its web server until the block ends."""
        return serving("wsgi:app", self.demo.places.port, self.environ, "/nl/")

    def mailboxes(self) -> int:
        """Return the number of mailboxes."""
        rows = self.store.connection().execute("SELECT count(*) FROM mailbox").fetchone()
        self.store.close()
        return int(rows[0])

    def answer(self, count: int) -> None:
        """Let a handler of the channel answer its only report ``count`` times, by courier."""
        name = HOTLINE.handlers[0].name
        signer = exchange.Signer(self.site_id, self.seed)
        handler_id = self.demo.handler_id(name)
        parts = exchange.collect(signer, self.store, self.shelf, handler_id, self.today)
        inward, outward = (self.demo.desks / f"{way}.bundle" for way in ("in", "out"))
        inward.write_bytes(b"".join(parts))
        with self.demo.open(name) as vault:
            inbound.import_bundle(vault, inward, self.today)
            (mailbox_id,) = casebook.ids(vault)
            for _ in range(count):
                replies.reply(vault, mailbox_id, ANSWER, self.today)
            outbound.export(vault, outward, self.today)
        with outward.open("rb") as one, outward.open("rb") as two:
            readers = iter((one.read, two.read))
            exchange.deliver(
                self.site_id, self.store, self.shelf, lambda: next(readers), self.today
            )
        self.store.close()


def file_report(client: Client) -> bytes:
    """Do the whole job: form, review, post, code page; return the reply code."""
    form = client.get(FORM)
    token, readers = (name.findall(form)[0].decode() for name in (_TOKEN, _READERS))
    fields = {"token": token, "readers": readers, "text": STORY, "mode": "anonymous"}
    client.post(FORM, urlencode(fields | {"step": "review"}).encode())
    answer = client.post(FORM, urlencode(fields | {"step": "send"}).encode())
    if b'id="reply-code"' not in answer:
        raise RuntimeError("no reply code")
    return b" ".join(_WORDS.findall(answer)[:10])


def open_mailbox(client: Client, code: bytes, letters: int = 0) -> None:
    """Open the mailbox of a code; it must be there and show so many replies."""
    page = client.post(MAILBOX, urlencode({"code": code, "step": "open"}).encode())
    if _OPENED not in page or page.count(_LETTER) != letters:
        raise RuntimeError("the mailbox did not open as it should")


def minimal_job(client: Client) -> None:
    """Do the reference's whole job: its form and its post."""
    client.get("/")
    client.post("/", urlencode({"text": STORY}).encode())
