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


def jsonl(tmp_path: Path, raw: str | bytes, *more: str, keys: Path | None = None) -> Result:
    """Run --jsonl on a file of these bytes, into ``out.jsonl``."""
    source = tmp_path / "in.jsonl"
    source.write_bytes(raw.encode() if isinstance(raw, str) else raw)
    return run("--jsonl", str(source), str(tmp_path / "out.jsonl"), *more, keys=keys)


def labels(tmp_path: Path) -> list[list[str]]:
    """Return the labels of each line that was written."""
    lines = (tmp_path / "out.jsonl").read_text("ascii").splitlines()
    return [[span["label"] for span in json.loads(line)["spans"]] for line in lines]


@pytest.mark.parametrize(
    "line",
    [
        "[[[",
        "[" * 100_000,
        '"x"',
        "[1]",
        '{"text": "a"}',
        '{"id": null, "text": "a"}',
        '{"id": true, "text": "a"}',
        '{"id": {}, "text": "a"}',
        '{"id": "a", "text": 5}',
        b'{"id": "a", "text": "Fat\xffima"}',
        b"\x00\x01",
    ],
)
def test_a_line_that_is_none_stops_jsonl(tmp_path: Path, line: str | bytes) -> None:
    """One plain line says which it is; the file that stood there stays, and nothing beside it."""
    (tmp_path / "out.jsonl").write_text("before", "utf-8")
    raw = b'{"id": "a", "text": "Fatima"}\n' + (line.encode() if isinstance(line, str) else line)
    done = jsonl(tmp_path, raw)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "Line 2 " in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert (tmp_path / "out.jsonl").read_text("utf-8") == "before"
    assert {each.name for each in tmp_path.iterdir()} == {"in.jsonl", "out.jsonl"}


def test_jsonl_takes_what_other_systems_write(tmp_path: Path) -> None:
    """A byte order mark, CRLF, empty lines, no last line end, equal ids and half a surrogate."""
    one = '{"id": "a", "text": "Fatima", "more": 1}'
    raw = f'\ufeff{one}\r\n\r\n{one}\r\n{{"id": 7, "text": "\\ud800 Fatima"}}'
    assert jsonl(tmp_path, raw).exit_code == 0
    assert labels(tmp_path) == [["PER"], ["PER"], ["PER"]]


def test_an_empty_jsonl_gives_an_empty_one(tmp_path: Path) -> None:
    """No lines in, no lines out."""
    assert jsonl(tmp_path, "").exit_code == 0
    assert (tmp_path / "out.jsonl").read_bytes() == b""


@pytest.mark.parametrize("target", ["", "absent/out.jsonl"])
def test_jsonl_that_cannot_be_written_leaves_nothing(tmp_path: Path, target: str) -> None:
    """A folder, or one that is not there: a plain line, and no half file."""
    source = tmp_path / "in.jsonl"
    source.write_text('{"id": "a", "text": "Fatima"}\n', "utf-8")
    done = run("--jsonl", str(source), str(tmp_path / target))
    assert (done.exit_code, len(done.stderr.splitlines())) == (1, 1)
    assert [each.name for each in tmp_path.iterdir()] == ["in.jsonl"]


def test_jsonl_honours_register_and_own_words(tmp_path: Path) -> None:
    """What holds for a text holds for lines: own names, own stop words, the case register."""
    (tmp_path / "redaction.toml").write_text('names = ["Tafel"]\nstop = ["Xyzzyplugh"]\n', "utf-8")
    (tmp_path / "names.txt").write_text("Anneke Hoop\n", "utf-8")
    raw = "".join(
        json.dumps({"id": at, "text": text}) + "\n"
        for at, text in enumerate(
            ["Dat zei Tafel ook.", "Dat is van Xyzzyplugh zelf.", "Dat zei meneer hoop ook."]
        )
    )
    assert jsonl(tmp_path, raw).exit_code == 0
    before = labels(tmp_path)
    assert (before[0], before[2]) != (["PER"], ["PER"])
    assert (
        jsonl(tmp_path, raw, "--register", str(tmp_path / "names.txt"), keys=tmp_path).exit_code
        == 0
    )
    assert labels(tmp_path) == [["PER"], [], ["PER"]]


@pytest.mark.parametrize("option", [("--role", "x"), ("--format", "html"), ("--about", "a/b")])
def test_jsonl_refuses_what_it_would_ignore(tmp_path: Path, option: tuple[str, str]) -> None:
    """An option that does nothing here is an error, and nothing is written."""
    assert jsonl(tmp_path, '{"id": "a", "text": "b"}\n', *option).exit_code == 1
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize("role", ["[x", "a]", "a\nb", "x" * 41])
def test_a_role_that_breaks_a_mark_is_refused(tmp_path: Path, role: str) -> None:
    """From the command line or the register: a mark is one pair of brackets."""
    assert run("-", "--role", role, text=TEXT).stdout == ""
    if "\n" not in role:
        names = tmp_path / "names.txt"
        names.write_text(f"Fatima = {role}\n", "utf-8")
        assert run("-", "--register", str(names), text=TEXT).stdout == ""


def test_about_takes_period_and_conduct(tmp_path: Path) -> None:
    """The circle is said in full where it is too small; about nothing at all is an error."""
    (tmp_path / "redaction.toml").write_text(
        '[[people]]\nunit = "West"\nfamily = "toezicht"\ncount = 4\n', "utf-8"
    )
    done = run("-", "--about", "toezicht/West/Q1 2024/uitsluiting", text="Niets.", keys=tmp_path)
    assert "(toezicht, West, Q1 2024, uitsluiting)" in done.stderr
    assert run("-", "--about", "/", text="Niets.").stdout == ""


def test_long_names_do_not_mask_their_small_words() -> None:
    """An own name of more words gives its words, and not "van" and "de" everywhere."""
    known = parse('names = ["Xaviera van den Broek", "Wil"]').known
    assert known.names == {"xaviera", "broek", "wil"}


@pytest.mark.parametrize("text", ["", "\ufeff", "\x00", "a\r\nb\r\n"])
def test_any_text_goes_through_as_it_is(text: str) -> None:
    """Nothing in, nothing out; line ends stay; a byte order mark goes."""
    done = run("-", text=text.encode())
    assert done.stdout_bytes == text.removeprefix("\ufeff").encode()
    assert done.exit_code == int("\x00" in text)
