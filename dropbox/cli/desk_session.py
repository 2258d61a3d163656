"""What every desk command stands on: which vault, its passphrase, and the day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from dropbox.cli.screen import _
from dropbox.desk import keyring, outbox, vault_seal
from dropbox.desk.errors import EmptyText, FileTooLarge, ImportFirst, NotText
from dropbox.desk.vault import Vault
from dropbox.errors import N_, TextTooLong
from dropbox.protocol.payload import MAX_REPLY_BYTES, MAX_REPLY_CHARACTERS

COST = vault_seal.MODERATE
"""What a guess at the passphrase of a new vault costs."""

UNFINISHED = N_(
    "WARNING: what was erased is gone, but the vault's file could not be rewritten. Make room on"
    " the disk; the next command tries again."
)

MAX_FILE_BYTES = 64 * 1024
"""The most that is read of a file with a passphrase or with a channel's texts."""

FILE = click.Path(dir_okay=False, path_type=Path)
EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

TEXT = click.option(
    "--text",
    help="What to say. It stays in the history of your shell: rather use --text-file -",
)
TEXT_FILE = click.option(
    "--text-file",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="A text file, or - to type the text here and end it with Ctrl+D.",
)


@dataclass(frozen=True)
class Session:
    """One call of a desk command."""

    named: Path | None
    passphrase_file: Path | None

    @property
    def vault_path(self) -> Path:
        """Return the vault's file; asked for here, so that help needs none.

        Raises:
            click.UsageError: none was named.
        """
        if self.named is None:
            raise click.UsageError(_("Name the vault: meldkluis desk --vault FILE COMMAND"))
        return self.named

    def passphrase(self, *, fresh: bool = False) -> str:
        """Return the vault's passphrase; a fresh one is asked for twice."""
        return ask_passphrase(self.passphrase_file, fresh=fresh)

    @contextmanager
    def open(self) -> Iterator[Vault]:
        """Open the vault; say at the end when its file could not be rewritten."""
        with Vault.open(self.vault_path, self.passphrase()) as vault:
            try:
                yield vault
            finally:
                if vault.unfinished:
                    click.echo(_(UNFINISHED), err=True)

    @contextmanager
    def open_cases(self) -> Iterator[Vault]:
        """Open a handler's vault to look at its cases or write in them.

        Raises:
            NotAHandlersVault, NoCardYet: there can be no cases in it.
            ImportFirst: it was restored and may show what was withdrawn since.
        """
        with self.open() as vault:
            keyring.channel(vault)
            if outbox.courier(vault).import_first:
                raise ImportFirst
            yield vault


def ask_passphrase(file: Path | None, *, fresh: bool = False) -> str:
    """Return the first line of ``file``, or what is typed without showing it.

    Raises:
        NotText, FileTooLarge: the file is no short text in UTF-8.
        OSError: it cannot be read.
    """
    if file is None:
        prompt = _("New passphrase") if fresh else _("Passphrase")
        again = _("Once more") if fresh else False
        typed: str = click.prompt(prompt, hide_input=True, confirmation_prompt=again, err=True)
        return typed
    return read_text(file).partition("\n")[0].rstrip("\r")


def read_text(file: Path) -> str:
    """Return a short file's text.

    Raises:
        FileTooLarge: it has more than `MAX_FILE_BYTES`.
        NotText: it is not UTF-8.
    """
    with file.open("rb") as opened:
        raw = opened.read(MAX_FILE_BYTES + 1)
    if len(raw) > MAX_FILE_BYTES:
        raise FileTooLarge(bytes=MAX_FILE_BYTES)
    return as_text(raw)


def as_text(raw: bytes) -> str:
    """Return bytes as text; raises NotText where they are not UTF-8."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise NotText from None


def typed_text(text: str | None, text_file: Path | None) -> str:
    """Return what `TEXT` or `TEXT_FILE` gave: a reply, or a note, which may be as long.

    Raises:
        EmptyText: neither did.
        TextTooLong, NotText: the file is no short text in UTF-8.
    """
    if text is not None:
        return text
    if text_file is None:
        raise EmptyText
    with click.open_file(str(text_file), "rb") as file:
        raw = file.read(MAX_REPLY_BYTES + 1)
    if len(raw) > MAX_REPLY_BYTES:
        raise TextTooLong(characters=MAX_REPLY_CHARACTERS, bytes=MAX_REPLY_BYTES)
    return as_text(raw)


pass_session = click.make_pass_decorator(Session)
