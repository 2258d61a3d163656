"""Who is told, and how: the private file ``alert.toml``.

Apart from site.toml, which is public and copied to every desk: this one names people.
Invariant: neither it nor the password beside it is used while others may read them, or
while anybody but root and this process's user may have written them: a hook is a
command that runs.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from dropbox.alert.errors import (
    AlertFileUnsafe,
    AlertFileUnusable,
    AlertSettingsInvalid,
    AlertSettingsMissing,
)
from dropbox.language import LANGUAGES

MAX_FILE_BYTES = 64 * 1024
MAX_RECIPIENTS = 100
MAX_HOOKS = 16
MAX_ADDRESS_CHARACTERS = 100
"""Fewer than a server takes (254), so that a mail of one size needs little filling."""

STARTTLS, TLS, NONE = "starttls", "tls", "none"
_PORTS = {STARTTLS: 587, TLS: 465, NONE: 25}
_HERE = ("localhost", "127.0.0.1", "::1")
_TOO_WRITABLE = stat.S_IWGRP | stat.S_IWOTH
_TOO_OPEN = _TOO_WRITABLE | stat.S_IRWXO
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
_ADDRESS = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_HOST}")
_SERVER = re.compile(rf"{_HOST}|::1")
_LINE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?")

T = TypeVar("T")


@dataclass(frozen=True)
class Mail:
    """Mail through a server: one message to each of ``recipients``.

    ``security`` is ``starttls``, ``tls``, or ``none`` for a server on this very machine.
    Without a ``user`` there is no login. ``ca_file`` replaces the machine's own list of
    trusted certificates.
    """

    server: str
    port: int
    security: str
    sender: str
    recipients: tuple[str, ...] = field(repr=False)
    user: str = ""
    password_file: Path | None = None
    ca_file: Path | None = None


@dataclass(frozen=True)
class Settings:
    """How the alert goes out: by mail, to programs with their arguments, or both."""

    language: str
    mail: Mail | None
    hooks: tuple[tuple[str, ...], ...]


def read(path: Path) -> Settings:
    """Read one alert.toml. Files that it names without a folder lie beside it.

    Raises:
        AlertSettingsMissing: there is none.
        AlertFileUnsafe: others may read it or have written it.
        AlertFileUnusable, AlertSettingsInvalid: it is no TOML, or a field is wrong.
    """
    try:
        values = tomllib.loads(read_private(path).decode("utf-8"))
    except FileNotFoundError:
        raise AlertSettingsMissing(file=str(path)) from None
    except ValueError:
        raise AlertSettingsInvalid(field=path.name) from None
    language = _typed(values.pop("language", LANGUAGES[0]), str, "language")
    mail = values.pop("mail", None)
    hooks = _typed(values.pop("hook", []), list, "hook")
    settings = Settings(
        language=language,
        mail=None if mail is None else _mail(_typed(mail, dict, "mail"), path.parent),
        hooks=tuple(_hook(each) for each in hooks),
    )
    _finish(values, "")
    if language not in LANGUAGES:
        raise AlertSettingsInvalid(field="language")
    if len(hooks) > MAX_HOOKS or (settings.mail is None and not hooks):
        raise AlertSettingsInvalid(field="hook")
    return settings


def read_private(path: Path) -> bytes:
    """Return a private file's bytes; root's or our own group may read it, nobody else.

    Raises:
        FileNotFoundError: it is not there.
        AlertFileUnsafe: others may read it, or somebody else may have written it.
        AlertFileUnusable: it cannot be read, is no file, or is too long.
    """
    return _read(path, _TOO_OPEN)


def read_trusted(path: Path) -> bytes:
    """Return the bytes of a file that all may read, and only root or we have written.

    Raises:
        FileNotFoundError, AlertFileUnsafe, AlertFileUnusable: see `read_private`.
    """
    return _read(path, _TOO_WRITABLE)


def _read(path: Path, too_open: int) -> bytes:
    try:
        # Without waiting: a named pipe has no writer, and is refused below.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            found = os.fstat(file.fileno())
            content = file.read(MAX_FILE_BYTES + 1) if stat.S_ISREG(found.st_mode) else None
    except FileNotFoundError:
        raise
    except OSError:
        raise AlertFileUnusable(file=str(path)) from None
    if content is None or len(content) > MAX_FILE_BYTES:
        raise AlertFileUnusable(file=str(path))
    if found.st_mode & too_open or found.st_uid not in (0, os.geteuid()):
        raise AlertFileUnsafe(file=str(path))
    return content


def password(mail: Mail) -> str:
    """Return the password: the first line of its file, printable ASCII.

    Raises:
        AlertFileUnsafe, AlertFileUnusable: it is open to others, or not there, or no such line.
    """
    path = mail.password_file or Path()
    try:
        line = read_private(path).decode("ascii").partition("\n")[0].rstrip("\r")
    except (FileNotFoundError, UnicodeDecodeError):
        raise AlertFileUnusable(file=str(path)) from None
    if not _LINE.fullmatch(line):
        raise AlertFileUnusable(file=str(path))
    return line


def _mail(table: dict[str, Any], folder: Path) -> Mail:
    values = dict(table)
    security = _typed(values.pop("security", STARTTLS), str, "mail.security")
    server = _matching(values.pop("server", None), _SERVER, "mail.server")
    if security not in _PORTS or (security == NONE and server not in _HERE):
        raise AlertSettingsInvalid(field="mail.security")
    port = values.pop("port", _PORTS[security])
    if isinstance(port, bool) or not 1 <= _typed(port, int, "mail.port") <= 65_535:
        raise AlertSettingsInvalid(field="mail.port")
    mail = Mail(
        server=server,
        port=port,
        security=security,
        sender=_address(values.pop("from", None), "mail.from"),
        recipients=_recipients(values.pop("to", None)),
        user=_matching(values.pop("user"), _LINE, "mail.user") if "user" in values else "",
        password_file=_path(values, "password_file", folder),
        ca_file=_path(values, "ca_file", folder),
    )
    _finish(values, "mail.")
    if bool(mail.user) != bool(mail.password_file) or (mail.user and security == NONE):
        raise AlertSettingsInvalid(field="mail.user")
    return mail


def _recipients(value: Any) -> tuple[str, ...]:
    found = tuple(_address(each, "mail.to") for each in _typed(value, list, "mail.to"))
    if not 1 <= len(found) <= MAX_RECIPIENTS or len(set(found)) < len(found):
        raise AlertSettingsInvalid(field="mail.to")
    return found


def _hook(value: Any) -> tuple[str, ...]:
    table = dict(_typed(value, dict, "hook"))
    command = _typed(table.pop("command", None), list, "hook.command")
    words = tuple(_typed(word, str, "hook.command") for word in command)
    _finish(table, "hook.")
    # A name without its folder would be looked for wherever the PATH says.
    if not words or not words[0].startswith("/") or any("\0" in word for word in words):
        raise AlertSettingsInvalid(field="hook.command")
    return words


def _path(values: dict[str, Any], name: str, folder: Path) -> Path | None:
    if name not in values:
        return None
    text = _typed(values.pop(name), str, f"mail.{name}")
    if not text or "\0" in text:
        raise AlertSettingsInvalid(field=f"mail.{name}")
    return folder / text


def _address(value: Any, field: str) -> str:
    text = _matching(value, _ADDRESS, field)
    if len(text) > MAX_ADDRESS_CHARACTERS:
        raise AlertSettingsInvalid(field=field)
    return text


def _matching(value: Any, pattern: re.Pattern[str], field: str) -> str:
    text = _typed(value, str, field)
    if not pattern.fullmatch(text):
        raise AlertSettingsInvalid(field=field)
    return text


def _typed(value: Any, kind: type[T], field: str) -> T:
    if not isinstance(value, kind):
        raise AlertSettingsInvalid(field=field)
    return value


def _finish(values: Mapping[str, Any], prefix: str) -> None:
    for unknown in values:
        raise AlertSettingsInvalid(field=f"{prefix}{unknown}")
