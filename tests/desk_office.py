"""A channel in a folder, worked by the desk's commands alone."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from dropbox.cli.desk import desk
from dropbox.cli.screen import Root
from dropbox.desk import casebook
from dropbox.desk.vault import Vault
from dropbox.protocol import bundle, keys, reporter
from dropbox.protocol.bundle import BundleDirection, BundleHeader
from dropbox.protocol.channel_card import ChannelCard, read_card
from dropbox.protocol.letter import Recipient
from dropbox.protocol.payload import Report
from dropbox.protocol.reply_code import new_key
from tests.desk_world import PASSPHRASE, SITE, SITE_ID, TODAY, envelopes, write_bundle

SITE_TOML = f"""
site_id = "{SITE_ID.hex()}"
site_pk = "{SITE.site_pk.hex()}"
leave_url = "https://example.org/"
[organisation]
nl = "Voorbeeldgemeente"
en = "Example Town"
[conduct.bullying]
nl = "pesten"
en = "bullying"
[grounds.age]
nl = "leeftijd"
en = "age"
[units.parks]
nl = "Parken"
en = "Parks"
"""

TEXTS = """
[nl]
name = "Bureau Voorbeeld"
runs = "De gemeente."
reads = "Twee mensen."
about = "Verzonnen."
[en]
name = "Example Office"
runs = "The municipality."
reads = "Two people."
about = "Invented."
"""


class Office:
    """A folder with a channel, worked by commands alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.day = TODAY
        self.runner = CliRunner()
        self.root = Root("meldkluis")
        self.root.add_command(desk)
        for name, text in (("site.toml", SITE_TOML), ("texts.toml", TEXTS), ("pass", PASSPHRASE)):
            (folder / name).write_text(text, "utf-8")

    def place(self, name: str) -> str:
        """Return a file's path as it is typed."""
        return str(self.folder / name)

    def run(self, vault: str, *words: str, typed: str | bytes = "", language: str = "en") -> Result:
        """Run one command on a vault."""
        start = ["desk", "--vault", self.place(vault), "--passphrase-file", self.place("pass")]
        return self.runner.invoke(
            self.root, [*start, *words], input=typed, env={"MELDKLUIS_LANG": language}
        )

    def ok(self, vault: str, *words: str, **options: str) -> str:
        """Run a command that must succeed; return what it printed."""
        result = self.run(vault, *words, **options)
        assert result.exit_code == 0, result.output
        return result.output

    def refused(self, vault: str, *words: str, **options: str) -> str:
        """Run a command that must fail with one line on stderr; return the line."""
        result = self.run(vault, *words, **options)
        assert result.exit_code == 1, result.output
        assert result.stdout == ""
        assert result.stderr.count("\n") == 1
        assert "Traceback" not in result.stderr
        return result.stderr

    def open_channel(self) -> None:
        """Make a channel's identity, two handlers and a card, and hand the card out."""
        toml = ("--site-toml", self.place("site.toml"))
        plan = ("--slug", "bureau", "--kind", "integrity", "--texts", self.place("texts.toml"))
        self.ok("owner", "init", *toml, "--owner", *plan)
        for name in ("anna", "bram"):
            self.ok(name, "init", *toml)
            roles = ("--role-nl", f"rol {name}", "--role-en", f"role {name}")
            self.ok(name, "request", "--out", self.place(f"{name}.request"), *roles)
        asked = [self.place(f"{name}.request") for name in ("anna", "bram")]
        self.ok("owner", "sign", *asked, "--out", self.place("card"))
        for name in ("anna", "bram"):
            self.ok(name, "import", self.place("card"))

    @property
    def card(self) -> ChannelCard:
        """Return the signed card."""
        return read_card((self.folder / "card").read_bytes(), SITE_ID, self.day)

    def reporter(self) -> keys.ReporterKeys:
        """Return the keys of a fresh reply code."""
        return keys.reporter_keys(SITE_ID, self.card.channel_pk, new_key())

    def bring(self, *items: bytes, again: bool = False) -> None:
        """Write bundles with ``items`` for both handlers: ``anna.bundle`` and ``bram.bundle``."""
        for number, handler in enumerate(self.card.handlers):
            name = handler.role["en"].removeprefix("role ")
            assert number < 2
            header = BundleHeader(
                BundleDirection.TO_DESK,
                SITE_ID,
                self.card.channel_pk,
                handler.handler_id,
                0,
                again=again,
                day=self.day,
            )
            write_bundle(self.folder / f"{name}.bundle", header, items)

    def report(self, keys_: keys.ReporterKeys, text: str, **changes: object) -> bytes:
        """Seal a report to both handlers."""
        readers = [Recipient(h.handler_id, h.intake_key(self.day)) for h in self.card.handlers]
        values: dict[str, object] = {"mode": "anonymous", "language": "nl", "text": text}
        report = Report(day=self.day, turn=1, recipients=(), **(values | changes))  # type: ignore[arg-type]
        return reporter.seal_report(keys_, readers, report)

    def number(self, vault: str, keys_: keys.ReporterKeys) -> str:
        """Return a case's number as the list shows it."""
        with Vault.open(self.folder / vault, PASSPHRASE) as opened:
            return casebook.numbers(opened)[keys_.mailbox_id]

    def replies(self, keys_: keys.ReporterKeys) -> list[str]:
        """Return the texts of the replies in the bundle that was exported."""
        with (self.folder / "out.bundle").open("rb") as file:
            frames = list(bundle.BundleReader(file.read).frames())
        readers = {each.handler_id for each in self.card.handlers}
        return [reporter.open_reply(keys_, data, readers).reply.text for data in envelopes(frames)]
