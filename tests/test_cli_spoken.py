"""Help and wrong use speak the terminal's language, click's own words included."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from babel.messages.extract import extract_from_dir
from click.testing import CliRunner, Result

from dropbox import language
from dropbox.cli import spoken
from dropbox.cli.root import root


def say(*line: str) -> Result:
    """Run a command line."""
    return CliRunner().invoke(root, line)


def every(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of every command and group."""
    yield path
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from every(inner, (*path, name))


def test_click_still_has_the_texts_that_we_translate() -> None:
    """After an upgrade of click no translation stands there for a text that it lost."""
    package = Path(click.__file__).parent
    said = {message for _f, _l, message, _c, _x in extract_from_dir(package)}
    assert [text for text in spoken.CLICK_TEXTS if text not in said] == []


def test_help_of_every_command_is_dutch(monkeypatch: pytest.MonkeyPatch) -> None:
    """No command explains itself in another language than the terminal's."""
    monkeypatch.setenv("MELDKLUIS_LANG", "nl")
    dutch = {path: say(*path, "--help").output for path in every(root)}
    monkeypatch.setenv("MELDKLUIS_LANG", "en")
    for path, text in dutch.items():
        english = say(*path, "--help").output
        assert text.startswith("Gebruik: "), path
        assert english.startswith("Usage: "), path
        explained = [line for line in text.splitlines() if line.startswith("  ")]
        same = set(explained) & set(english.splitlines())
        # Options without an explanation, and the one that click keeps once it was shown.
        bare = re.compile(r"  (?:--\w+ \[|-h, --help|\s)")
        assert [one for one in same if not bare.match(one)] == [], path


def test_program_explains_itself_in_dutch_from_its_first_line() -> None:
    """As a person starts it, without a word about a language: Dutch, the help of help too."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG"))}
    ended = subprocess.run(
        [sys.executable, "-m", "dropbox.cli", "--help"],
        env=environment | {"PYTHONIOENCODING": "utf-8"},
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "-h, --help  Toon deze uitleg." in ended.stdout
    assert "Opdrachten:" in ended.stdout


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("collect", "Fout: Er ontbreekt een optie: '--handler'."),
        ("deliver", "Fout: Er ontbreekt iets: 'BESTAND'."),
        ("deliver a b", "Fout: Dit kan niet bij 'BESTAND': Bestand 'a' bestaat niet."),
        ("stat", "Fout: De opdracht 'stat' bestaat niet. Bedoel je 'status'?"),
        ("status --jso", "Fout: De optie '--jso' bestaat niet. Bedoel je '--json'?"),
        ("status --json=ja", "Fout: Bij de optie '--json' hoort geen waarde."),
        ("status ja", "Fout: Er staat iets te veel (ja)"),
        ("collect --handler", "Fout: Bij de optie '--handler' hoort een waarde."),
        ("desk --vault . list", "Fout: Dit kan niet bij '--vault': Bestand '.' is een map."),
        ("desk list", "Fout: Noem de kluis: meldkluis desk --vault BESTAND OPDRACHT"),
        ("desk reply a --state weg", "Fout: Dit kan niet bij '--state': 'weg' is niet een van"),
        ("desk sign --out x --after-version y", "'y' is geen geldig getal"),
        ("desk sign --out x --after-version -1", "-1 ligt niet binnen 0<=x<="),
    ],
)
def test_wrong_use_is_told_in_dutch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, words: str
) -> None:
    """What click itself has to say is said in the terminal's language, with status 2."""
    monkeypatch.setenv("MELDKLUIS_LANG", "nl")
    monkeypatch.chdir(tmp_path)
    result = say(*line.split())
    assert (result.exit_code, words in result.stderr) == (2, True), result.stderr


def test_language_ends_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands themselves stay as they are written, and so does the environment."""
    monkeypatch.setenv("LANGUAGE", "fr")
    before = spoken.texts(root)
    monkeypatch.setenv("MELDKLUIS_LANG", "nl")
    assert say("--help").output.startswith("Gebruik")
    assert spoken.texts(root) == before
    assert os.environ["LANGUAGE"] == "fr"
    monkeypatch.delenv("LANGUAGE")
    say("--help")
    assert "LANGUAGE" not in os.environ


@pytest.mark.parametrize("content", [None, b"", b"no catalogue", b"\xde\x12\x04\x95cut off"])
def test_help_without_a_catalogue_is_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    """Missing or damaged translations never stop a command from explaining itself."""
    broken = tmp_path / "nl" / "LC_MESSAGES"
    broken.mkdir(parents=True)
    if content is not None:
        (broken / "messages.mo").write_bytes(content)
    monkeypatch.setenv("MELDKLUIS_LANG", "nl")
    for module in (spoken, language):
        monkeypatch.setattr(module, "LOCALE_DIR", tmp_path)
    language.translator.cache_clear()
    result = say("desk", "--help")
    language.translator.cache_clear()
    assert (result.exit_code, result.output[:7]) == (0, "Usage: ")
