"""A whole machine in one folder: the real gunicorn, its operator, and people who write there.

Everything that somebody sends carries a mark, so that a search for three marks is a search for
all of it: texts, names, choices, addresses' company, headers, and what is no request at all.
"""

from __future__ import annotations

import compileall
import json
import os
import random
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import quote, urlencode

from dropbox.cli.site import set_up
from dropbox.config import EXAMPLE_SITE_TOML, Places
from dropbox.protocol import keys, reply_code
from dropbox.protocol.new_mailbox import NewMailbox
from dropbox.store import CardShelf
from tests.adversary import Exhibit, Sought, of_folder, of_process
from tests.blind_server import Filed
from tests.organisation import SITE_ID, SITE_PK, SITE_SEED, Office, office
from tests.serving_world import ROOT, free_port
from tests.site_client import hidden

_LETTERS = "bcdfghjklmnpqrstvwxz"


def _letters(count: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(count))


PLAIN = f"qxk{_letters(9)}"
"""Stands in everything that is typed or sent."""

ACCENTED = f"Zoë{_letters(6)}ïñü"
"""Stands in every text, beside the other."""

CHOICE = f"vhq{_letters(9)}"
"""Stands in the codes and names of what can be chosen, and so in the site's settings, too."""

CODE_PARTS = ("dropbox", "templates", "keys", "gunicorn.conf.py", "wsgi.py")
START_SECONDS = 30
CHORE_SECONDS = 1.0
AGED = 1_000_000_000

# The site, and two pages more: one fails with everything that was sent in its error, the
# other tells which files the worker has opened since its start.
FAILING = """
import os
import sys

from flask import request
from wsgi import app

opened = []
os.register_at_fork(after_in_child=opened.clear)
sys.addaudithook(lambda event, given: opened.append(str(given[0])) if event == "open" else None)

def tell():
    return "|".join(sorted(set(opened)))

app.add_url_rule("/nl/opened", "opened", tell)

def fail():
    raise ValueError(request.get_data(), request.full_path, dict(request.headers))

app.add_url_rule("/nl/fail", "fail", fail, methods=["GET", "POST"])
"""
SETTINGS = f"""
import runpy
from dropbox.serving import worker
globals().update(runpy.run_path("gunicorn.conf.py"))
worker.CHORE_SECONDS = {CHORE_SECONDS}
wsgi_app = "failing:app"
"""


@dataclass
class Machine:
    """One server in ``root``, with a channel of three handlers."""

    root: Path
    port: int = field(default_factory=free_port)
    office: Office = field(default_factory=lambda: office("adviseur", "coordinator", "hoofd"))
    process: subprocess.Popen[bytes] | None = None
    tokens: list[str] = field(default_factory=list)
    shipped: set[bytes] = field(default_factory=set)

    def __post_init__(self) -> None:
        for name in ("home", "tmp", "srv", "keys", "var/site", "log", "opt"):
            (self.root / name).mkdir(parents=True)
        for part in CODE_PARTS:
            source, target = ROOT / part, self.root / "opt" / part
            shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
        (self.root / "opt" / "failing.py").write_text(FAILING, "utf-8")
        (self.root / "opt" / "settings.py").write_text(SETTINGS, "utf-8")
        self._set_up()
        compileall.compile_dir(self.root / "opt", quiet=2)
        self.shipped = {exhibit.data for exhibit in of_folder(self.root / "opt")}

    @property
    def site_dir(self) -> Path:
        """Return the folder with the database."""
        return self.root / "var" / "site"

    @property
    def log(self) -> Path:
        """Return the file with the server's log."""
        return self.root / "log" / "meldkluis.log"

    @property
    def settings(self) -> Path:
        """Return site.toml, which names the choices."""
        return self.root / "keys" / "site.toml"

    def _set_up(self) -> None:
        toml = EXAMPLE_SITE_TOML.read_text("utf-8")
        toml = toml.replace('site_id = ""', f'site_id = "{SITE_ID.hex()}"')
        toml = toml.replace('site_pk = ""', f'site_pk = "{SITE_PK.hex()}"')
        for table in ("conduct", "grounds", "units"):
            choice = f'{CHOICE}_{table} = {{ nl = "{CHOICE} nl", en = "{CHOICE} en" }}'
            toml = toml.replace(f"[{table}]\n", f"[{table}]\n{choice}\n")
        self.settings.write_text(toml, "utf-8")
        (self.site_dir / "bundle.key").write_bytes(SITE_SEED)
        set_up(Places(self.root / "keys", self.root / "var", self.port))
        CardShelf(self.root / "keys" / "cards", SITE_ID).add(
            self.office.card_bytes(today=today()), today()
        )

    def environment(self) -> dict[str, str]:
        """Return the environment of the site's user: nothing of the tests' own."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.root / "home"),
            "TMPDIR": str(self.root / "tmp"),
            "KEYS": str(self.root / "keys"),
            "VAR": str(self.root / "var"),
            "PORT": str(self.port),
            "MELDKLUIS_LANG": "en",
            "PYTHONPATH": str(self.root / "opt"),
        }

    def start(self) -> None:
        """Start the site and wait until it listens."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "--config", "settings.py"],
                cwd=self.root / "opt",
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            time.sleep(0.02)
        raise AssertionError(self.log.read_text("utf-8"))

    def age(self) -> None:
        """Let every file's last reading be days ago: then the next one counts, once a day."""
        for path in self.root.rglob("*"):
            with suppress(FileNotFoundError):
                os.utime(path, (AGED, path.stat().st_mtime))

    def stop(self) -> None:
        """Stop the site as an operator does."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=START_SECONDS)

    def workers(self) -> list[int]:
        """Return the ids of the processes that answer."""
        assert self.process
        own = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        return [int(pid) for pid in Path(own).read_text().split()]

    def end(self, worker: int) -> None:
        """End one worker as its master would."""
        assert worker in self.workers()
        os.kill(worker, signal.SIGTERM)

    def run(self, *words: str) -> None:
        """Run a command of the operator, in the folder for bundles."""
        subprocess.run(
            [sys.executable, "-m", "dropbox.cli", *words],
            cwd=self.root / "srv",
            env=self.environment(),
            check=True,
            capture_output=True,
            timeout=60,
        )

    def exhibits(self) -> Iterator[Exhibit]:
        """Yield the machine's image: all but memory, the program itself, and what it offers."""
        for exhibit in of_folder(self.root):
            if exhibit.data not in self.shipped and exhibit.name != str(self.settings):
                yield exhibit
        if self.process and self.process.poll() is None:
            for pid in (self.process.pid, *self.workers()):
                yield from of_process(pid)


def wait_until(done: Callable[[], bool], seconds: float = START_SECONDS) -> None:
    """Wait for something that comes by itself."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)


def today() -> date:
    """Return today in UTC, as the site has it."""
    return datetime.now(UTC).date()


@dataclass
class Person:
    """Somebody with an address, a browser and habits of their own, all of it marked."""

    machine: Machine
    number: int
    language: str = "nl"
    code: str = ""

    @property
    def address(self) -> str:
        """Return this person's own address, on the loopback."""
        return f"127.{40 + self.number}.{7 * self.number % 151 + 100}.{200 - self.number}"

    @property
    def host(self) -> str:
        """Return the name by which this person knows the site."""
        return f"127.0.0.1:{self.machine.port}" if self.number % 3 else f"{PLAIN}.example"

    def headers(self) -> dict[str, str]:
        """Return what a browser and the proxies before it tell of this person."""
        return {
            "Host": self.host,
            "Origin": f"http://{self.host}",
            "User-Agent": f"Mozilla/5.0 {PLAIN} ({self.number})",
            "Referer": f"http://intranet.example/{PLAIN}?q={self.number}",
            "X-Forwarded-For": f"203.0.113.{self.number}, 198.51.100.{self.number}",
            "X-Real-IP": f"203.0.113.{self.number}",
            "Forwarded": f"for=203.0.113.{self.number};by={PLAIN}",
            "Cookie": f"session={PLAIN}; pref={self.number}",
            "Accept-Language": f"{self.language}, x-{PLAIN}",
        }

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, str]:
        """Send a request; return status and page."""
        connection = HTTPConnection(
            "127.0.0.1", self.machine.port, timeout=30, source_address=(self.address, 0)
        )
        sent = self.headers() | {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            page = answer.read().decode("utf-8")
        except (OSError, HTTPException):
            return 0, ""
        finally:
            connection.close()
        self.machine.tokens += re.findall(r'name="token" value="([^"]+)"', page)
        return answer.status, page

    def raw(self, data: bytes) -> bytes:
        """Send bytes as they are, and nothing more; return the answer's start."""
        place = ("127.0.0.1", self.machine.port)
        with socket.create_connection(place, 10, (self.address, 0)) as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            with suppress(OSError):
                return connection.recv(200)
        return b""

    def post(self, path: str, fields: dict[str, object]) -> tuple[int, str]:
        """Send a form of the site."""
        body = urlencode(fields, doseq=True).encode()
        kind = "application/x-www-form-urlencoded"
        return self.ask("POST", path, body, Content_Type=kind)

    def report(self) -> None:
        """Write and send a report; keep the reply code."""
        form = f"/{self.language}/report/meldpunt"
        status, page = self.ask("GET", f"{form}?van={quote(ACCENTED)}&x={PLAIN}")
        assert status == 200
        typed = hidden(page) | self.answers()
        status, page = self.post(f"{form}?{PLAIN}", typed | {"step": "review"})
        assert status == 200, page
        status, page = self.post(form, hidden(page) | {"step": "send"})
        assert status == 200, page
        words = re.search(r'id="reply-code"[^>]*>(.*?)</ol>', page, re.DOTALL)
        assert words, page
        self.code = " ".join(re.findall(r"<li>(\w+)</li>", words[1]))

    def answers(self) -> dict[str, object]:
        """Return what this person fills in."""
        given: dict[str, object] = {"text": story(self.number), "mode": "anonymous"}
        if self.number % 2:
            given |= {
                "mode": "confidential",
                "name": f"{ACCENTED} {PLAIN}",
                "contact": f"06-{self.number:08d}, {PLAIN}@voorbeeld.example",
            }
        if self.number % 3 == 1:
            given["excluded"] = [self.machine.office.handlers[2].handler_id.hex()]
        if self.number % 4 < 3:
            given |= {
                "conduct": [f"{CHOICE}_conduct", "racism"],
                "grounds": [f"{CHOICE}_grounds"],
                "unit": f"{CHOICE}_units",
                "supporter": "yes",
                "works_with_subject": "no",
            }
        return given

    def filed(self) -> Filed:
        """Return what a desk and an adversary can know of this person's mailbox, and its keys."""
        key = reply_code.parse(self.code)
        own = keys.reporter_keys(SITE_ID, self.machine.office.channel_pk, key)
        lookup = keys.lookup(keys.token(SITE_ID, key))
        return Filed(key, own, NewMailbox(lookup, own.ed_pk, own.x_pk, b"", b""), b"")

    def mailbox(self, step: str, **fields: object) -> tuple[int, str]:
        """Open the mailbox and press one of its buttons."""
        path = f"/{self.language}/mailbox"
        status, page = self.post(path, {"code": self.code, "step": "open"})
        assert status == 200, page
        if step == "open":
            return status, page
        token = hidden(page)["token"]
        return self.post(path, {"code": self.code, "token": token, "step": step} | fields)


def story(number: int) -> str:
    """Return one of many kinds of text, with both marks again and again."""
    words = f"{PLAIN}{number:02d} zei {ACCENTED}, één keer te veel. "
    kinds = (
        words,
        (words * 400)[:20_000],
        json.dumps({"text": words * 20, "deep": [{"x": None, "y": [1, "\u20ac"]}]}),
        f"<script>alert('{words}')</script><img src=x onerror={PLAIN}>" * 5,
        f"{words}\r\n\r\n\u202e{words}\N{PILE OF POO}\u2028{words}\0" * 10,
        f"Coördinator, cliënten, ideeën, financiële, {words}" * 60,
        f"' OR 1=1; -- {words} {{{{7*7}}}} ${{x}} %s %00 ../../{PLAIN}",
        words * random.Random(number).randrange(2, 300),
    )
    return kinds[number % len(kinds)]


def sought(people: list[Person], *marks: str) -> Sought:
    """Return what must be nowhere: the marks, every code, its keys, tokens, and addresses."""
    secret: list[bytes] = []
    for person in people:
        key = reply_code.parse(person.code)
        own = keys.reporter_keys(SITE_ID, person.machine.office.channel_pk, key)
        secret += [key, keys.token(SITE_ID, key), own.x_sk, own.ed_seed]
    machine = people[0].machine
    secret += [token.encode() for token in machine.tokens[:: len(machine.tokens) // 20 + 1]]
    return Sought(
        [*marks, "203.0.113.", "198.51.100.", *(person.address for person in people)],
        secret,
        [person.code.split() for person in people],
    )
