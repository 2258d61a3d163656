"""A whole organisation in a folder, worked by the real commands on days that a test chooses.

One site with the reporter's pages, one channel with two handlers, and a courier. Nothing
here knows the clock: every command and the site see the day that stands in ``today``.
"""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dropbox import config
from dropbox.cli import desk_session
from dropbox.cli.root import root
from dropbox.config import Config
from dropbox.desk.vault import Vault
from dropbox.mailbox import Mailboxes
from dropbox.protocol import days
from dropbox.protocol.channel_card import ChannelCard
from dropbox.protocol.keys import ReporterKeys, reporter_keys
from dropbox.protocol.reply_code import parse
from dropbox.site import create_app
from dropbox.store import CardShelf, Store
from tests import site_client
from tests.desk_office import TEXTS
from tests.desk_world import CHEAP, PASSPHRASE

HANDLERS = ("anna", "bram")
MODULES_WITH_A_CLOCK = ("backup", "cards", "desk", "desk_keys", "site")
NEVER_GIVEN = "abandon abandon abandon abandon abandon abandon abandon abandon abandon about"


class Town(site_client.World):
    """Everything but the people: ``run`` is the operator's keyboard, ``desk`` a handler's."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, first_day: date) -> None:
        self.folder, self.today, self.offices = folder, first_day, ()
        monkeypatch.setattr(desk_session, "COST", CHEAP)
        for module in MODULES_WITH_A_CLOCK:
            monkeypatch.setattr(f"dropbox.cli.{module}.today", lambda: self.today)
        self.places = config.Places(folder / "keys", folder / "var", 8000)
        for name, value in (
            ("KEYS", str(self.places.keys_dir)),
            ("VAR", str(self.places.var_dir)),
            ("MELDKLUIS_LANG", "en"),
        ):
            monkeypatch.setenv(name, value)
        (folder / "pass").write_text(PASSPHRASE, "utf-8")
        (folder / "texts.toml").write_text(TEXTS, "utf-8")
        self.run("init")
        self._open_channel()
        self.open_site()

    def __repr__(self) -> str:
        """Name the folder: the fields of the world that this one stands on are not all here."""
        return f"Town({str(self.folder)!r})"

    # The operator

    def try_run(self, *words: object, given: bytes | None = None) -> Result:
        """Type a command, with something on its standard input; return what came of it."""
        result = CliRunner().invoke(root, [str(word) for word in words], input=given)
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        return result

    def run(self, *words: object) -> str:
        """Type a command that must succeed; return what it printed."""
        result = self.try_run(*words)
        assert result.exit_code == 0, (words, result.output)
        return result.output

    def refused(self, *words: object) -> str:
        """Type a command that must fail with one line; return the line."""
        result = self.try_run(*words)
        assert (result.exit_code, result.stderr.count("\n")) == (1, 1), (words, result.output)
        return result.stderr

    def open_site(self) -> None:
        """Start the site, or start it again."""
        self.config: Config = config.load(os.environ)
        site_id = self.config.site.site_id
        self.mailboxes = Mailboxes.at(site_id, self.places.site_dir, self.places.cards_dir)
        self.app = create_app(self.config, self.mailboxes, lambda: self.today)
        self.client = self.app.test_client()

    def close_site(self) -> None:
        """Stop the site: nothing of the database stays open, as when its processes end."""
        self.mailboxes.check()
        gc.collect()  # commands ran in this very process, and it did not end

    def destroy_server(self) -> None:
        """Lose the server's disk."""
        self.close_site()
        shutil.rmtree(self.places.keys_dir)
        shutil.rmtree(self.places.var_dir)

    @property
    def store(self) -> Store:
        """Return the database, for a look into it; close it."""
        return Store(self.places.site_dir / "site.db")

    def count(self, table: str) -> int:
        """Return how many rows a table of the site has."""
        store = self.store
        found = int(store.connection().table(table).count)
        store.close()
        return found

    @property
    def card(self) -> ChannelCard:
        """Return the channel's card on the site."""
        shelf = CardShelf(self.places.cards_dir, self.config.site.site_id)
        return shelf.cards(self.today)[0].card

    # The channel

    def _open_channel(self) -> None:
        toml = ("--site-toml", self.places.site_toml)
        plan = ("--slug", "meldpunt", "--kind", "integrity", "--texts", self.folder / "texts.toml")
        self.desk("owner", "init", *toml, "--owner", *plan)
        for name in HANDLERS:
            self.desk(name, "init", *toml)
        self.renew()

    def renew(self, names: Sequence[str] = HANDLERS, *options: str) -> None:
        """Do what stands in the calendar for the first week of a quarter."""
        for name in names:
            roles = ("--role-nl", f"rol {name}", "--role-en", f"role {name}")
            self.desk(name, "request", "--out", self.file_of(name, "request"), *roles)
        asked = [self.file_of(name, "request") for name in names]
        self.desk("owner", "sign", *asked, *options, "--out", self.folder / "card")
        for name in names:
            self.desk(name, "import", self.folder / "card")
        self.run("card", "add", self.folder / "card", "--yes")

    # The desks and the courier

    def file_of(self, name: str, kind: str) -> Path:
        """Return where a handler's file of a kind lies."""
        return self.folder / f"{name}.{kind}"

    def _desk_words(self, name: str, words: Sequence[object]) -> list[object]:
        vault = ("--vault", self.file_of(name, "vault"))
        return ["desk", *vault, "--passphrase-file", self.folder / "pass", *words]

    def desk(self, name: str, *words: object) -> str:
        """Type a desk command that must succeed; return what it printed."""
        return self.run(*self._desk_words(name, words))

    def desk_refused(self, name: str, *words: object) -> str:
        """Type a desk command that must fail; return the line."""
        return self.refused(*self._desk_words(name, words))

    def vault(self, name: str) -> Vault:
        """Open a vault, for a look into it; close it."""
        return Vault.open(self.file_of(name, "vault"), PASSPHRASE)

    def handler_id(self, name: str) -> str:
        """Return a handler's id as it is typed."""
        return next(
            h for h in self.card.handlers if h.role["en"] == f"role {name}"
        ).handler_id.hex()

    def collect(self, name: str, *options: str, to: str = "to") -> Path:
        """Collect a handler's bundle."""
        path = self.file_of(name, to)
        self.run("collect", "--handler", self.ids(name), "--out", path, *options)
        return path

    def ids(self, name: str) -> str:
        """Return a handler's id as it was when it was first asked for."""
        # Who left is on no card any more, and is still known by the id of before.
        path = self.file_of(name, "id")
        if not path.exists():
            path.write_text(self.handler_id(name), "utf-8")
        return path.read_text("utf-8")

    def carry_in(self, name: str, *options: str) -> str:
        """Bring a handler's bundle to the desk; return what its import printed."""
        return self.desk(name, "import", self.collect(name, *options))

    def carry_out(self, name: str) -> Path:
        """Bring a desk's bundle to the site."""
        path = self.file_of(name, "from")
        self.desk(name, "export", "--out", path)
        self.run("deliver", path)
        return path

    def round(self, *names: str) -> dict[str, str]:
        """Let the courier go to each desk and back; return what the imports printed."""
        printed = {}
        for name in names or HANDLERS:
            printed[name] = self.carry_in(name)
            self.carry_out(name)
        return printed

    # The reporters

    def keys_of(self, words: str) -> ReporterKeys:
        """Return the keys behind a reply code."""
        return reporter_keys(self.config.site.site_id, self.card.channel_pk, parse(words))

    def case(self, words: str) -> str:
        """Return the number of a reporter's case as a handler types it."""
        return self.keys_of(words).mailbox_id.hex()[:16]

    def mailbox(self, words: str) -> str:
        """Return the words on the page that a reply code opens."""
        return self.open(words).text

    def knows(self, words: str) -> bool:
        """Tell whether a reply code opens a mailbox; if not, it is one that never was."""
        page = self.open(words)
        if "<h1>Your mailbox</h1>" in page.text:
            return True
        assert _without_fill(page.data) == _without_fill(self.open(NEVER_GIVEN).data)
        return False


def _without_fill(page: bytes) -> bytes:
    return page.rpartition(b"<!--")[0]


def every_day(first: date, last: date) -> Iterator[date]:
    """Yield each day."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def telling_days(first: date, last: date) -> Iterator[date]:
    """Yield the first day, the middle and the last day of each month: where things change."""
    for day in every_day(first, last):
        if 1 in (day.day, (day + timedelta(days=1)).day) or day.day == 15:
            yield day


def last_day(month: int) -> date:
    """Return the last day of a month by its number."""
    return days.add_months(date(month // 12, month % 12 + 1, 1), 1) - timedelta(days=1)
