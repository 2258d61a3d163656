"""``meldkluis redact``: files and pipes, the gate's exit status, and JSONL."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dropbox.cli.root import root
from dropbox.export.settings import RedactionSettingsWrong, parse

TEXT = "Mijn collega Fatima el Bouazzaoui werd uitgescholden door Jeroen."


def run(*arguments: str, text: str | bytes = "", keys: Path | None = None) -> Result:
    """Run the command in English."""
    env = {"MELDKLUIS_LANG": "en", "KEYS": str(keys) if keys else "absent"}
    return CliRunner().invoke(root, ["redact", *arguments], input=text, env=env)


def test_a_pipe_is_redacted() -> None:
    """Text in, text out, and exit status 0 when the gate finds nothing."""
    done = run("-", text=TEXT)
    assert done.stdout == "Mijn collega [5.1.2.e] werd uitgescholden door [5.1.2.e]."
    assert done.exit_code == 0


def test_a_file_is_redacted_as_html(tmp_path: Path) -> None:
    """The same, for a web page."""
    file = tmp_path / "report.txt"
    file.write_text(TEXT, "utf-8")
    done = run(str(file), "--format", "html")
    assert done.stdout.startswith('<p>Mijn collega <mark class="woo">[5.1.2.e]</mark> werd')
    assert done.exit_code == 0


def test_an_undecided_description_refuses() -> None:
    """The result is printed for whoever decides, the reason beside it, and the status is 1."""
    done = run("-", text="Het was op 14 maart.\n")
    assert done.exit_code == 1
    assert done.stdout == "Het was op 14 maart.\n"
    assert "line 1: a description (date)" in done.stderr


@pytest.mark.parametrize("choice", ["mask", "keep"])
def test_descriptions_can_be_decided_at_once(choice: str) -> None:
    """Whoever has read the text may mask or keep them all."""
    done = run("-", "--descriptions", choice, text="Het was op 14 maart.\n")
    assert done.exit_code == 0
    assert ("14 maart" in done.stdout) == (choice == "keep")


def test_a_register_gives_roles(tmp_path: Path) -> None:
    """Names known in the case are always found, and may carry a role."""
    names = tmp_path / "names.txt"
    names.write_text("Fatima el Bouazzaoui = melder\n", "utf-8")
    done = run("-", "--register", str(names), text="fatmia heeft dat gezegd tegen mij")
    assert done.stdout == "[melder A] heeft dat gezegd tegen mij"


def test_a_small_circle_refuses(tmp_path: Path) -> None:
    """Head counts come from redaction.toml; an unknown one refuses."""
    (tmp_path / "redaction.toml").write_text(
        '[[people]]\nunit = "West"\nfamily = "toezicht"\ncount = 4\n', "utf-8"
    )
    assert run("-", "--about", "toezicht/West", text="Niets.", keys=tmp_path).exit_code == 1
    assert run("-", "--about", "beleid/West", text="Niets.", keys=tmp_path).exit_code == 1


def test_jsonl_gives_spans(tmp_path: Path) -> None:
    """Each line's text is analysed, and its spans are in characters."""
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    text = "💥 Fatima belde 06-12345678 op 14 maart."
    source.write_text(json.dumps({"id": "a", "text": text, "more": 1}) + "\n\n", "utf-8")
    assert run("--jsonl", str(source), str(target)).exit_code == 0
    (line,) = [json.loads(each) for each in target.read_text("utf-8").splitlines()]
    found = {text[span["start"] : span["end"]]: span["label"] for span in line["spans"]}
    assert line["id"] == "a"
    assert found == {"Fatima": "PER", "06-12345678": "CONTACT", "14 maart": "QUASI"}


@pytest.mark.parametrize(
    ("arguments", "text"),
    [((), ""), (("-", "-"), ""), (("-",), b"\xff\xfe\x00"), (("absent.txt",), "")],
)
def test_what_cannot_be_redacted_is_one_line(arguments: tuple[str, ...], text: str | bytes) -> None:
    """Wrong files and bytes that are no text are said plainly, with nothing written."""
    done = run(*arguments, text=text)
    assert done.exit_code == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1


def test_a_wrong_line_stops_jsonl(tmp_path: Path) -> None:
    """No half file is written."""
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"id": "a", "text": "Fatima"}\n{"id": "b"}\n', "utf-8")
    done = run("--jsonl", str(source), str(target))
    assert done.exit_code == 1
    assert not target.exists()


@pytest.mark.parametrize(
    "raw",
    [
        "names = 3",
        "other = 1",
        "threshold = 1",
        "ground = '[x'",
        "[families]\na = 1",
        "[[people]]\nunit = 'a'",
        "[[people]]\nunit = 'a'\nfamily = 'b'\ncount = -1",
        "not toml",
    ],
)
def test_wrong_settings_are_an_error(raw: str) -> None:
    """A setting that is not understood is never ignored."""
    with pytest.raises(RedactionSettingsWrong):
        parse(raw)
