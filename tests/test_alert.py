"""The daily alert, as its timer runs it, with a real mail server and real programs."""

import shlex
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dropbox.alert import hook, mail, message
from dropbox.cli.root import root
from tests.blind_server import Site
from tests.mail_server import CERTIFICATE, PASSWORD, USER, MailServer, Say, mail_server
from tests.operator_world import Run
from tests.organisation import TODAY

ANNA, BAS, CAS = "anna@example.org", "bas@example.org", "cas@example.org"
Alert = Callable[..., Result]


@pytest.fixture
def alert(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Alert:
    """Return what writes the settings and runs the command, in English, on the tests' day."""
    monkeypatch.setenv("MELDKLUIS_LANG", "en")
    monkeypatch.setenv("ALERT", str(tmp_path / "private" / "alert.toml"))
    monkeypatch.setattr("dropbox.cli.alert.today", lambda: TODAY)
    (tmp_path / "private").mkdir(exist_ok=True)

    def run_alert(
        server: MailServer | None = None,
        /,
        to: tuple[str, ...] = (ANNA,),
        commands: tuple[tuple[str, ...], ...] = (),
        login: bool = False,
        **changes: str,
    ) -> Result:
        lines = ['language = "en"']
        if server:
            values = {"server": "127.0.0.1", "security": server.security, "from": "k@example.org"}
            values |= {"ca_file": str(CERTIFICATE)}
            values |= {"user": USER, "password_file": "secret"} if login else {}
            lines += ["[mail]", f"port = {server.port}", f"to = {list(to)}"]
            lines += [f'{name} = "{value}"' for name, value in (values | changes).items() if value]
        lines += [f"[[hook]]\ncommand = {list(command)}" for command in commands]
        for name, text in (("alert.toml", "\n".join(lines)), ("secret", PASSWORD)):
            path = tmp_path / "private" / name
            path.touch(0o600)
            path.write_text(text, "utf-8")
        result = CliRunner().invoke(root, ["alert"])
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return run_alert


def failed(result: Result) -> list[str]:
    """Return the lines about what failed, once the status proved to be 1."""
    assert (result.exit_code, result.stdout) == (1, "")
    lines = result.stderr.splitlines()
    assert lines[-1].startswith("Not delivered: ")
    return lines[:-1]


# Mail


@pytest.mark.parametrize("security", ["starttls", "tls", "none"])
def test_mail_reaches_each_reader_by_itself(alert: Alert, security: str) -> None:
    """One mail each, encrypted and logged in, as it was made; nobody sees who else gets one."""
    with mail_server(security) as server:
        result = alert(server, (ANNA, BAS), login=security != "none")
    assert (result.exit_code, result.output) == (0, "Messages sent: 2\n")
    assert server.recipients() == [ANNA, BAS]
    assert [one.encrypted for one in server.mails] == [security != "none"] * 2
    assert server.logins == ([] if security == "none" else [USER] * 2)
    for one in server.mails:
        assert one.content == message.mail("en", TODAY, "k@example.org", one.recipient)
        assert one.sender == "k@example.org"
        other = BAS if one.recipient == ANNA else ANNA
        assert other.encode() not in one.content


def test_mail_server_hears_no_name_of_this_machine(
    alert: Alert, monkeypatch: pytest.MonkeyPatch
) -> None:
    """We introduce ourselves as nobody, before and after the encryption."""
    monkeypatch.setattr("socket.getfqdn", lambda: "server.intern.example.org")
    with mail_server() as server:
        alert(server)
    greetings = {line for line in server.lines if line.lower().startswith((b"ehlo", b"helo"))}
    assert greetings == {b"ehlo [127.0.0.1]\r\n"}


def test_alert_is_the_same_whatever_was_reported(
    alert: Alert, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With no site, with an empty one, and with fifty reports: the same bytes to the server."""

    def sent() -> tuple[list[bytes], str]:
        with mail_server() as server:
            result = alert(server, (ANNA, BAS))
        return [one.content for one in server.mails] + server.lines, result.output

    before = sent()
    monkeypatch.setenv("VAR", str(tmp_path))
    assert sent() == before
    for _ in range(50):
        site.file()
    assert sent() == before


def test_name_that_nobody_looks_up_holds_up_no_other_reader(
    alert: Alert, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking up the mail server's name has no limit of its own; a hook hears all the same."""
    monkeypatch.setattr("dropbox.alert.mail.MAIL_SECONDS", 0.2)
    monkeypatch.setattr("socket.getaddrinfo", lambda *_about, **_more: time.sleep(3))
    begun = time.monotonic()
    with mail_server() as server:
        lines = failed(alert(server, (ANNA, BAS), (("/bin/true",),), server="mail.example.org"))
    assert lines == [f"Mail {number}: It took longer than 0 seconds." for number in (1, 2)]
    assert time.monotonic() - begun < 2


def test_certificates_that_others_may_change_are_not_trusted(alert: Alert, tmp_path: Path) -> None:
    """Who writes the list of trusted certificates could read the password and the addresses."""
    trusted = tmp_path / "private" / "trusted.pem"
    trusted.write_bytes(CERTIFICATE.read_bytes())
    with mail_server() as server:
        trusted.chmod(0o644)
        assert alert(server, login=True, ca_file=str(trusted)).exit_code == 0
        trusted.chmod(0o666)
        assert "trusted.pem" in failed(alert(server, login=True, ca_file=str(trusted)))[0]
    assert len(server.mails) == 1


def test_certificate_is_checked(alert: Alert, monkeypatch: pytest.MonkeyPatch) -> None:
    """A certificate of nobody we trust, or of another name, gets neither password nor mail."""
    line = "Mail 1: The mail server's certificate or encryption is not in order. Nothing was sent."
    for security in ("starttls", "tls"):
        with mail_server(security) as server:
            assert failed(alert(server, login=True, ca_file="")) == [line]
            # The same machine by a name that is not in its certificate.
            assert failed(alert(server, login=True, server="localhost")) == [line]
        assert (server.mails, server.logins) == ([], [])


@pytest.mark.parametrize("odd", [{"STARTTLS": b"454 no\r\n"}, {"EHLO": b"250 here\r\n"}, None])
def test_nothing_is_sent_in_clear(alert: Alert, odd: dict[str, bytes] | None) -> None:
    """Encryption that is refused, or no longer offered by somebody in between, ends it."""
    with mail_server(**(odd or {})) as server:
        # The third: a server that speaks TLS only later than its settings say.
        result = alert(server, login=True, security="starttls" if odd else "tls")
    reason = "offers no encryption" if odd else "certificate or encryption is not in order"
    assert [reason in line for line in failed(result)] == [True]
    assert (server.mails, server.logins) == ([], [])
    assert not any(line.startswith((b"MAIL", b"mail", b"AUTH")) for line in server.lines)


def test_one_refused_reader_stops_nobody(alert: Alert) -> None:
    """The others get theirs; the line names a number, no address and no word of the server's."""
    with mail_server(refuse=frozenset({BAS})) as server:
        result = alert(server, (ANNA, BAS, CAS))
    assert server.recipients() == [ANNA, CAS]
    assert failed(result) == ["Mail 2: The mail server refused it, code 550."]
    summary = "Not delivered: 1 of 3. These people may not collect today."
    assert result.stderr.splitlines()[-1] == summary
    assert "example.org" not in result.output
    assert "Anna" not in result.output


def test_alert_that_runs_again_sends_all_again(alert: Alert) -> None:
    """Nothing is remembered that could be lost; the mails are the same, ids included."""
    with mail_server() as server:
        alert(server, (ANNA, BAS))
        alert(server, (ANNA, BAS))
    assert server.recipients() == [ANNA, BAS, ANNA, BAS]
    assert server.mails[:2] == server.mails[2:]


def drip(say: Say) -> None:
    """Say a byte now and then, and never end the line."""
    for _ in range(2000):
        say(b"2")
        time.sleep(0.02)


def flood(say: Say) -> None:
    """Go on answering."""
    for _ in range(200_000):
        say(b"250-" + b"x" * 60 + b"\r\n")


SILENT = "The mail server cannot be reached, or does not answer as one."


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        ({"": b""}, "It took longer than 1 seconds."),
        ({"EHLO": drip}, "It took longer than 1 seconds."),
        ({".": b""}, "It took longer than 1 seconds."),
        ({"": None}, SILENT),
        ({"": b"\x00\xff\r\n"}, SILENT),
        ({"": b"HTTP/1.1 400 Bad Request\r\n"}, SILENT),
        ({"": b"554 go away\r\n"}, "The mail server refused it, code 554."),
        ({"EHLO": flood}, SILENT),
        ({"EHLO": b"250-" + b"x" * 100_000 + b"\r\n"}, "The mail server refused it, code 500."),
        ({"STARTTLS": b"220 go\r\nno handshake"}, "encryption is not in order"),
        ({"AUTH": b"535 no\r\n"}, "The mail server does not accept the user or the password."),
        ({"AUTH": None}, SILENT),
        ({"MAIL": b"451 later\r\n"}, "The mail server refused it, code 451."),
        ({"DATA": b"554 no\r\n"}, "The mail server refused it, code 554."),
        ({".": b"552 full\r\n"}, "The mail server refused it, code 552."),
        ({".": None}, SILENT),
    ],
)
def test_server_that_misbehaves_is_one_line(
    alert: Alert, monkeypatch: pytest.MonkeyPatch, odd: dict[str, object], reason: str
) -> None:
    """Silent, slow, endless, closing or refusing at any step: in bounded time, and never sent."""
    monkeypatch.setattr(mail, "MAIL_SECONDS", 1)
    with mail_server(**odd) as server:  # type: ignore[arg-type]
        result = alert(server, login=True)
    (line,) = failed(result)
    assert reason in line
    assert server.mails == []


def test_goodbye_that_fails_is_no_failure(alert: Alert) -> None:
    """What a server took over is delivered, however it ends the talk."""
    with mail_server(QUIT=None) as server:
        assert alert(server).exit_code == 0
    assert server.recipients() == [ANNA]


def test_server_that_is_not_there_is_one_line(alert: Alert) -> None:
    """A closed port, and a name that nobody has, are told for each mail."""
    with mail_server() as server:
        pass
    line = f": {SILENT}"
    assert failed(alert(server, (ANNA, BAS))) == [f"Mail 1{line}", f"Mail 2{line}"]
    assert failed(alert(server, server="nowhere.invalid")) == [f"Mail 1{line}"]


def test_password_file_that_is_gone_stops_the_mails_only(alert: Alert, tmp_path: Path) -> None:
    """The settings hold; a program that needs no password still runs."""
    out = tmp_path / "out"
    with mail_server() as server:
        result = alert(server, login=True, password_file="gone", commands=(writer(tmp_path, out),))
    (said,) = failed(result)
    assert said.startswith(f"Mail 1: {tmp_path / 'private' / 'gone'} is missing, or this user")
    assert out.exists()
    assert server.mails == []


# Programs


def writer(folder: Path, out: Path, more: str = "") -> tuple[str, ...]:
    """Return a command that keeps its input, its arguments and its environment in ``out``."""
    script = folder / "tell"
    script.write_text(
        f"#!{sys.executable}\nimport os, sys, time, subprocess\n"
        "data = sys.stdin.buffer.read()\nprint('noise', flush=True)\n"
        f"open({str(out)!r}, 'w').write(repr((sys.argv[1:], dict(os.environ), data)))\n{more}\n",
        "utf-8",
    )
    script.chmod(0o700)
    return (str(script), "een woord", "$HOME; touch /nowhere")


def test_program_gets_the_message_and_nothing_else(
    alert: Alert, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its words as they stand, the text on its input, none of our environment, no output kept."""
    monkeypatch.setenv("SECRET_OF_OURS", "geheim")
    out = tmp_path / "out"
    command = writer(tmp_path, out)
    result = alert(commands=(command, command))
    assert (result.exit_code, result.output) == (0, "Messages sent: 2\n")
    words, environment, data = eval(out.read_text("utf-8"))  # noqa: S307 - our own repr
    assert (words, data) == (list(command[1:]), message.text("en"))
    assert environment.keys() <= {"PATH", "LANG", "LC_CTYPE"}
    assert "geheim" not in str(environment)


def test_program_that_fails_stops_nobody(alert: Alert, tmp_path: Path) -> None:
    """Missing, not to be run, ending with an error: each its line; the last one is still told."""
    out = tmp_path / "out"
    (tmp_path / "text").write_text("no program", "utf-8")
    commands = (
        (str(tmp_path / "nowhere"),),
        (str(tmp_path / "text"),),
        ("/bin/sh", "-c", "exit 3"),
        ("/bin/sh", "-c", "exec <&-; exit 0"),
        writer(tmp_path, out),
    )
    assert failed(alert(commands=commands)) == [
        "Hook 1: The program is not there, or may not be run.",
        "Hook 2: The program is not there, or may not be run.",
        "Hook 3: The program ended with status 3.",
    ]
    assert out.exists()


def test_program_that_hangs_is_stopped_with_its_children(
    alert: Alert, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After its time it is ended, and so is what it started."""
    monkeypatch.setattr(hook, "HOOK_SECONDS", 1)
    late = tmp_path / "late"
    child = f"sleep 2; touch {shlex.quote(str(late))}"
    started = time.monotonic()
    result = alert(commands=(("/bin/sh", "-c", f"({child}) & wait"),))
    assert failed(result) == ["Hook 1: It took longer than 1 seconds."]
    time.sleep(max(0.0, started + 3 - time.monotonic()))
    assert not late.exists()


# The command


def test_alert_needs_no_site(alert: Alert, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It opens neither settings nor database of the site: a user of its own may run it."""
    monkeypatch.setenv("KEYS", str(tmp_path / "no-keys"))
    monkeypatch.setenv("VAR", str(tmp_path / "no-var"))
    with mail_server() as server:
        assert alert(server).exit_code == 0
    assert not (tmp_path / "no-var").exists()


def test_settings_lie_in_var_where_nothing_else_is_said(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without ALERT it is VAR/alert.toml, and its absence is one line with the way to help."""
    monkeypatch.delenv("ALERT", raising=False)
    result = run("alert")
    path = tmp_path / "var" / "alert.toml"
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"There is no {path}. It says who is told to collect; see docs/alert.md.\n"
    )
