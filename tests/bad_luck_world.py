"""A demonstration whose real web server can be killed, starved and started again, for tests.

Reporters come over HTTP, handlers work at the desk's own rooms, the operator types commands.
"""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from html import unescape
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

from bench.limits import set_limits
from dropbox.cli.site import set_up
from dropbox.config import Places
from dropbox.demo import organisation, server
from dropbox.demo.channels import HOTLINE
from dropbox.demo.organisation import Demonstration
from dropbox.language import translator
from dropbox.store import DATABASE_NAME
from tests.loaded_program import KILLED, Ended, Program, loaded
from tests.serving_world import ROOT

FORM = f"/nl/report/{HOTLINE.plan.slug}"
MAILBOX = "/nl/mailbox"
HANDLER, COLLEAGUE = (person.name for person in HOTLINE.handlers)
START_SECONDS = 60
ANSWER_SECONDS = 30
SETTINGS = f"""
import runpy
globals().update(runpy.run_path({str(ROOT / "gunicorn.conf.py")!r}))
"""
_CLOCK = """
from datetime import date
from pathlib import Path
import dropbox.site
from dropbox.cli import cards, desk, desk_keys, site

def told():
    return date.fromisoformat(Path({path!r}).read_text("ascii"))

for room in (cards, desk, desk_keys, site):
    room.today = told
dropbox.site.create_app = lambda *about, made=dropbox.site.create_app: made(*about[:2], told)
"""
_dutch = translator("nl").gettext
SENT = _dutch("Your message is sent.")
NOTHING = _dutch("This does not work at the moment. Nothing was stored or erased. Try again later.")
LOST = (OSError, HTTPException)
"""How it shows that an answer did not come."""

_HIDDEN = re.compile(r'name="(token|readers)" value="([^"]+)"')
_WORD = re.compile(r"<li>([a-z]+)</li>")


class Answer:
    """An answer that was received in full."""

    def __init__(self, status: int, page: str) -> None:
        self.status = status
        self.page = unescape(page)

    @property
    def code(self) -> str:
        """Return the reply code on the page, or nothing."""
        shown = self.page.partition('id="reply-code"')[2].partition("</ol>")[0]
        return " ".join(_WORD.findall(shown))

    @property
    def hidden(self) -> dict[str, str]:
        """Return the form's own fields."""
        return dict(reversed(_HIDDEN.findall(self.page)))


class Reporter:
    """Somebody with a browser; each request has a connection of its own."""

    def __init__(self, port: int, patience: float = ANSWER_SECONDS) -> None:
        self._port = port
        self._patience = patience

    def get(self, path: str) -> Answer:
        """Load a page; raises one of `LOST` when it does not come in full."""
        return self._ask("GET", path, None)

    def post(self, path: str, **fields: str) -> Answer:
        """Send a form; raises one of `LOST` when the answer does not come in full."""
        return self._ask("POST", path, urlencode(fields).encode())

    def _ask(self, method: str, path: str, body: bytes | None) -> Answer:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=self._patience)
        headers = {"Origin": f"http://127.0.0.1:{self._port}", "Sec-Fetch-Site": "same-origin"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.read().decode())
        finally:
            connection.close()

    def file(self, text: str) -> Answer:
        """Go through the form and the review page; return the answer to the last button."""
        form = self.get(FORM)
        fields = {**form.hidden, "text": text, "mode": "anonymous"}
        self.post(FORM, **fields, step="review")
        return self.post(FORM, **fields, step="send")

    def open(self, code: str) -> Answer:
        """Open a mailbox."""
        return self.post(MAILBOX, code=code, step="open")

    def act(self, code: str, step: str, **fields: str) -> Answer:
        """Open a mailbox and press one of its buttons."""
        token = self.open(code).hidden.get("token", "")
        return self.post(MAILBOX, code=code, token=token, step=step, **fields)


class Town:
    """One demonstration, and its web server while that runs."""

    program: Program

    def __init__(self, folder: Path, wrapper: Sequence[str] = ()) -> None:
        """Make the demonstration in ``folder``; its server starts behind ``wrapper``."""
        places = Places(folder / "keys", folder / "var", server.free_port())
        places.var_dir.mkdir(parents=True, exist_ok=True)
        self.demo: Demonstration = organisation.prepare(places, datetime.now(UTC).date(), set_up)
        # A disk that is small from the start would be taken for one that is nearly full.
        set_limits(self.demo.places.site_toml, disk_reserve_mib=1)
        self.folder = folder
        self.wrapper = tuple(wrapper)
        self.log = folder / "server.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.settings: Path | None = None

    @property
    def database(self) -> Path:
        """Return the server's database."""
        return self.demo.places.site_dir / DATABASE_NAME

    @property
    def port(self) -> int:
        """Return the port of the web server."""
        return self.demo.places.port

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of server and commands."""
        return server.environment(os.environ, self.demo.places)

    def start(self) -> None:
        """Start the web server, and wait for its first page."""
        command = list(server.command())
        if self.settings:
            command[command.index("--config") + 1] = str(self.settings)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.wrapper, *command], env=self.environment, stdout=log, stderr=log
            )
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            # workers of a master that was killed may answer for a while, or take in and never do
            if self.workers():
                with suppress(*LOST):
                    if Reporter(self.port, patience=2).get("/nl/").status == 200:
                        return
            time.sleep(0.02)
        raise AssertionError(f"{self.process.poll()}: {self.log.read_text()}")

    def workers(self) -> list[int]:
        """Return the process ids of the workers."""
        if self.process is None:
            return []
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        try:
            return [int(each) for each in children.read_text().split()]
        except OSError:
            return []

    def stop(self) -> None:
        """Stop the server as an operator does."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(START_SECONDS)

    def kill(self, *, workers_too: bool) -> None:
        """Kill the master, which leaves its workers to themselves, or all at one blow."""
        assert self.process is not None
        workers = self.workers() if workers_too else []
        self.process.kill()
        for worker in workers:
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        self.process.wait(START_SECONDS)

    def run(self, *words: object, delay: float | None = None) -> Ended:
        """Run a command of the program; kill it after ``delay`` seconds."""
        return self.program.run(*words, delay=delay)

    def ok(self, *words: object) -> str:
        """Run a command that must succeed; return what it printed."""
        ended = self.run(*words)
        assert ended.code == 0, ended
        return ended.out

    def refused(self, *words: object) -> str:
        """Run a command that must fail; return the one line that it says."""
        ended = self.run(*words)
        assert (ended.code, ended.err.count("\n")) == (1, 1), ended
        return ended.err.rstrip("\n")

    def desk(self, *words: object, name: str = HANDLER) -> list[object]:
        """Return the words of a desk's command."""
        vault = self.demo.vault(name)
        return ["desk", "--vault", vault, "--passphrase-file", self.demo.passphrase_file, *words]

    def handler(self, name: str = HANDLER) -> str:
        """Return a handler's id as it is typed."""
        return self.demo.handler_id(name).hex()


@contextmanager
def town(
    folder: Path, wrapper: Sequence[str] = (), changes: str = "", *, serve: bool = True
) -> Iterator[Town]:
    """Make a demonstration and run its server; whatever happened, nothing runs on after it.

    Args:
        folder: where it lies.
        wrapper: a command in front of the server and of the operator's and desks' commands.
        changes: lines of Python that server and commands run first.
        serve: whether the web server is started, too.
    """
    made = Town(folder, wrapper)
    if changes:
        made.settings = folder / "settings.py"
        made.settings.write_text(f"{SETTINGS}\n{changes}\n", "utf-8")
    with loaded(made.environment, wrapper, changes) as made.program:
        try:
            if serve:
                made.start()
            yield made
        finally:
            workers = made.workers()
            if made.process and made.process.poll() is None:
                made.process.kill()
                made.process.wait(START_SECONDS)
            for worker in workers:
                with suppress(ProcessLookupError):
                    os.kill(worker, signal.SIGKILL)


class Clock:
    """The clock of a site and its desks: a file with a day, read whenever somebody looks."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "day"
        self.real = datetime.now(UTC).date()
        self.set(0)

    def set(self, days: int) -> date:
        """Let it be so many days after the real one; return that day."""
        today = self.real + timedelta(days=days)
        self._path.write_text(today.isoformat(), "ascii")
        return today

    @property
    def changes(self) -> str:
        """Return the lines of Python that make a program look at it."""
        return _CLOCK.format(path=str(self._path))


@dataclass
class Killer:
    """Kills commands of a town; ``hits`` counts, for each stage, what was hit before its end."""

    town: Town
    seed: int
    hits: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def measure(self, stage: str, words: Sequence[object]) -> None:
        """Run a command to its end, which must be a good one, and keep how long it took."""
        ended = self.town.run(*words)
        assert ended.code == 0, ended
        self.seconds[stage] = ended.seconds

    def kill(self, stage: str, words: Sequence[object], part: int = 0, parts: int = 1) -> None:
        """Run a command and kill it anywhere within the time that it took before.

        ``parts`` divide that time evenly, and ``part`` counts them from 0.
        """
        moment = self.seconds[stage] * (part + self.chance.random()) / parts
        ended = self.town.run(*words, delay=moment)
        assert ended.code in (0, KILLED), ended
        self.hits[stage] = self.hits.get(stage, 0) + (ended.code == KILLED)
