"""The alert's private settings: whole and closed to others, or one line that says what to do."""

import os
from pathlib import Path
from typing import Any

import pytest

from dropbox.alert import settings
from dropbox.alert.errors import (
    AlertFileUnsafe,
    AlertFileUnusable,
    AlertSettingsInvalid,
    AlertSettingsMissing,
)
from dropbox.config import CHECKOUT

GOOD = """
[mail]
server = "smtp.example.org"
from = "kluis@example.org"
to = ["anna@example.org"]
"""


def written(folder: Path, text: str, mode: int = 0o600) -> Path:
    """Write an alert.toml that only its owner may read, or with another mode."""
    path = folder / "alert.toml"
    path.write_text(text, "utf-8")
    path.chmod(mode)
    return path


def test_least_that_works_is_four_lines(tmp_path: Path) -> None:
    """A server, a sender and a reader are enough: encrypted, at the usual port, in Dutch."""
    found = settings.read(written(tmp_path, GOOD))
    assert (found.language, found.hooks) == ("nl", ())
    assert found.mail is not None
    assert (found.mail.security, found.mail.port, found.mail.user) == ("starttls", 587, "")
    assert found.mail.recipients == ("anna@example.org",)
    assert "anna" not in repr(found)


def test_example_in_the_documentation_is_read(tmp_path: Path) -> None:
    """What docs/alert.md tells an operator to type loads, line by line."""
    page = (CHECKOUT / "docs" / "alert.md").read_text("utf-8")
    example = page.partition("```toml\n")[2].partition("```")[0]
    found = settings.read(written(tmp_path, example))
    assert found.mail is not None
    assert found.mail.password_file == tmp_path / "smtp-password"
    assert len(found.mail.recipients) == 2
    assert found.hooks == (("/usr/local/bin/tell-handlers", "--quiet"),)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("[mail]", "[mail", "alert.toml"),
        ("[mail]", "\xff[mail]", "alert.toml"),
        ("[mail]", 'language = "de"\n[mail]', "language"),
        ("[mail]", 'colour = "red"\n[mail]', "colour"),
        ("[mail]", "mail = 3\n[other]", "mail"),
        ("[mail]", "hook = 3\n[mail]", "hook"),
        ('server = "smtp.example.org"', "", "mail.server"),
        ("smtp.example.org", "smtp.example.org -oX", "mail.server"),
        ("smtp.example.org", "", "mail.server"),
        ("from =", 'colour = "red"\nfrom =', "mail.colour"),
        ("from =", "port = 0\nfrom =", "mail.port"),
        ("from =", "port = true\nfrom =", "mail.port"),
        ("from =", 'port = "25"\nfrom =', "mail.port"),
        ("from =", 'security = "ssl"\nfrom =', "mail.security"),
        ("from =", 'security = "none"\nfrom =', "mail.security"),
        ("from =", 'user = "kluis"\nfrom =', "mail.user"),
        ("from =", 'user = ""\nfrom =', "mail.user"),
        ("from =", 'password_file = "x"\nfrom =', "mail.user"),
        ("from =", 'password_file = ""\nfrom =', "mail.password_file"),
        ("kluis@example.org", "kluis", "mail.from"),
        ("kluis@example.org", "", "mail.from"),
        ('["anna@example.org"]', "[]", "mail.to"),
        ('["anna@example.org"]', '"anna@example.org"', "mail.to"),
        ('["anna@example.org"]', '["a@b", "a@b"]', "mail.to"),
        ("anna@example.org", "anna@example.org\\r\\nBcc: eve@example.org", "mail.to"),
        ("anna@example.org", "anna@example.org, eve@example.org", "mail.to"),
        ("anna@example.org", "Anna <anna@example.org>", "mail.to"),
        ("anna@example.org", "an..na@example.org", "mail.to"),
        ("anna@example.org", ".anna@example.org", "mail.to"),
        ("anna@example.org", "anna@-example.org", "mail.to"),
        ("anna@example.org", "ann\u00e9@example.org", "mail.to"),
        ("anna@example.org", f"{'a' * 65}@example.org", "mail.to"),
        ("anna@example.org", f"a@{'b' * 99}", "mail.to"),
    ],
)
def test_wrong_setting_is_named(tmp_path: Path, old: str, new: str, field: str) -> None:
    """A missing, unknown or wrong field stops the alert with its name, before anything is sent."""
    path = written(tmp_path, GOOD)
    text = GOOD.replace(old, new)
    assert text != GOOD
    path.write_bytes(text.encode("latin-1" if "\xff" in new else "utf-8"))
    with pytest.raises(AlertSettingsInvalid) as caught:
        settings.read(path)
    assert caught.value.params == {"field": field}


@pytest.mark.parametrize(
    "command",
    ['"tell"', '["tell"]', "[]", "[3]", '["/bin/tell\\u0000"]', '["/bin/tell"]\nshell = true'],
)
def test_hook_is_a_whole_path_with_words(tmp_path: Path, command: str) -> None:
    """No shell line, and no name that is looked for along a path."""
    with pytest.raises(AlertSettingsInvalid):
        settings.read(written(tmp_path, f"[[hook]]\ncommand = {command}\n"))


def test_settings_that_tell_nobody_are_wrong(tmp_path: Path) -> None:
    """A file in which nobody is named is a mistake, and no quiet success."""
    with pytest.raises(AlertSettingsInvalid):
        settings.read(written(tmp_path, ""))
    with pytest.raises(AlertSettingsMissing):
        settings.read(tmp_path / "nowhere.toml")


@pytest.mark.parametrize("mode", [0o604, 0o620, 0o602, 0o601, 0o660])
def test_file_that_others_can_open_is_refused(tmp_path: Path, mode: int) -> None:
    """Readable by all it names the handlers; writable by others it is a command of theirs."""
    path = written(tmp_path, GOOD, mode)
    with pytest.raises(AlertFileUnsafe):
        settings.read(path)
    path.chmod(0o440)
    settings.read(path)


def test_file_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hook in a file that the site's own user wrote would run as whoever runs the alert."""
    path = written(tmp_path, GOOD)
    if os.geteuid() == 0:
        os.chown(path, 12345, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(AlertFileUnsafe):
        settings.read(path)


@pytest.mark.parametrize("kind", ["folder", "pipe", "long"])
def test_thing_that_is_no_file_is_refused(tmp_path: Path, kind: str) -> None:
    """A folder, a pipe that nobody writes into, and a huge file each give a line at once."""
    path = tmp_path / "alert.toml"
    if kind == "folder":
        path.mkdir(mode=0o700)
    elif kind == "pipe":
        os.mkfifo(path, 0o600)
    else:
        written(tmp_path, "#" * (settings.MAX_FILE_BYTES + 1))
    with pytest.raises(AlertFileUnusable):
        settings.read(path)


def with_password(folder: Path, **changes: Any) -> settings.Mail:
    """Return settings that name a password file."""
    more = 'user = "kluis"\npassword_file = "secret"\nfrom ='
    found = settings.read(written(folder, GOOD.replace("from =", more))).mail
    assert found is not None
    return found


@pytest.mark.parametrize("content", ["een lang wachtwoord", "x\n", "x\r\ny\n"])
def test_password_is_the_first_line(tmp_path: Path, content: str) -> None:
    """Lines end in any way; the file lies beside the settings where no folder is named."""
    mail = with_password(tmp_path)
    (tmp_path / "secret").write_bytes(content.encode())
    (tmp_path / "secret").chmod(0o600)
    assert settings.password(mail) == content.splitlines()[0]
    (tmp_path / "secret").chmod(0o644)
    with pytest.raises(AlertFileUnsafe):
        settings.password(mail)


@pytest.mark.parametrize("content", [None, "", "\nx", "w\u00e1chtwoord", "a\tb", " "])
def test_password_that_cannot_be_typed_is_refused(tmp_path: Path, content: str | None) -> None:
    """Without a usable first line there is no login, and the file is named."""
    mail = with_password(tmp_path)
    if content is not None:
        (tmp_path / "secret").write_text(content, "utf-8")
        (tmp_path / "secret").chmod(0o600)
    with pytest.raises(AlertFileUnusable) as caught:
        settings.password(mail)
    assert caught.value.params == {"file": str(tmp_path / "secret")}
