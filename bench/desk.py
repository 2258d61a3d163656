"""The desk's pages over 10,000 cases: unlocking, the list, the search, memory and the vault's size.

The vault is filled by one import of a bundle with as many reports, and the pages are a real
``meldkluis desk`` that is asked over HTTP as a browser would.
"""

from __future__ import annotations

import os
import re
import signal
import statistics
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from bench import command, imports
from bench.results import Result, at_most, raw
from dropbox.demo.channels import HOTLINE
from dropbox.desk import vault_file
from dropbox.desk.vault import Vault

CASES = 10_000
ASKED = 30
"""How often a page is asked for; the median counts."""

UNLOCK_SECONDS = 2.0
PAGE_MILLISECONDS = 200.0
VAULT_TIMES = 2.0
MEMORY_MEGABYTES = 400.0
_WORDS = ("gebeurd", "werk", "iets", "mijn", "niet-te-vinden")
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_KIBIBYTE = 1024
_MEGABYTE = 1_000_000
_NAME = HOTLINE.handlers[0].name


class _Browser:
    """One session at the desk's pages; a connection for each request, as little as it needs."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._origin, self._port = f"{parts.scheme}://{parts.netloc}", parts.port
        self._cookie = ""
        self.ask(parts.path)

    def ask(self, path: str, form: Mapping[str, str] | None = None) -> str:
        """Return the text of an answer, kept cookies sent along."""
        headers = {"Sec-Fetch-Site": "same-origin", "Cookie": self._cookie}
        body = None
        if form is not None:
            headers |= {
                "Origin": self._origin,
                "Content-Type": "application/x-www-form-urlencoded",
            }
            body = urlencode(form)
        connection = HTTPConnection("127.0.0.1", self._port, timeout=120)
        try:
            connection.request("GET" if form is None else "POST", path, body, headers)
            answer = connection.getresponse()
            found = answer.headers.get("Set-Cookie")
            self._cookie = found.partition(";")[0] if found else self._cookie
            return answer.read().decode("utf-8")
        finally:
            connection.close()

    def form(self, page: str) -> dict[str, str]:
        """Return the token of a page's forms, to be sent with what is filled in."""
        found = _TOKEN.search(self.ask(page))
        if found is None:
            raise RuntimeError(f"no form on {page}")
        return {"csrf_token": found[1]}


@contextmanager
def _pages(vault: Path) -> Iterator[tuple[_Browser, int]]:
    """Run the pages over a vault; yield a browser in them and the process id."""
    words = (*command.MELDKLUIS, "desk", "--vault", str(vault))
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    try:
        assert process.stdout is not None
        address = next(line for line in process.stdout if line.startswith("http://"))
        yield _Browser(address.strip()), process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def measure(folder: Path) -> list[Result]:
    """Fill a vault, then ask its pages."""
    desk = imports.Desk(folder)
    desk.write(desk.report() for _ in range(CASES))
    desk.import_anew(CASES)
    passphrase = desk.site.demo.passphrase_file.read_text("utf-8").strip()
    own_cost = _passphrase_alone(folder / "empty.vault", desk.vault, passphrase)
    with _pages(desk.vault) as (browser, pid):
        form = browser.form("/unlock")
        begin = time.perf_counter()
        browser.ask("/unlock", form | {"passphrase": passphrase})
        unlocked = time.perf_counter() - begin - own_cost
        begin = time.perf_counter()
        while "<progress" in browser.ask("/cases"):
            pass
        reading = time.perf_counter() - begin
        shown = statistics.median(_list(browser) for _ in range(ASKED))
        found = statistics.median(_search(browser, at) for at in range(ASKED))
        memory = _peak(pid)
    times = desk.vault.stat().st_size / desk.bundle.stat().st_size
    of = f"of a desk with {CASES:,} cases"
    return [
        at_most(f"unlocking {of}, without Argon2id", unlocked, "s", UNLOCK_SECONDS),
        raw("  Argon2id alone", own_cost, "s"),
        raw("  reading them all for list and search, once", reading, "s"),
        at_most(f"list page {of}, median", shown * 1000, "ms", PAGE_MILLISECONDS),
        at_most(f"search {of}, median", found * 1000, "ms", PAGE_MILLISECONDS),
        at_most(f"memory {of}, at most", memory, "MB", MEMORY_MEGABYTES),
        at_most("vault, in sizes of what came in", times, "", VAULT_TIMES),
    ]


def _passphrase_alone(empty: Path, like: Path, passphrase: str) -> float:
    """Return the seconds that an empty vault of the same cost takes to open."""
    with Vault.open(like, passphrase) as vault:
        cost = vault.head.cost
    with vault_file.create(empty, passphrase, cost):
        pass
    begin = time.perf_counter()
    Vault.open(empty, passphrase).close()
    return time.perf_counter() - begin


def _list(browser: _Browser) -> float:
    """Return the seconds that the list takes."""
    begin = time.perf_counter()
    browser.ask("/cases")
    return time.perf_counter() - begin


def _search(browser: _Browser, at: int) -> float:
    """Return the seconds from asking for a word until the list that fits it is there."""
    form = browser.form("/cases")
    begin = time.perf_counter()
    browser.ask("/cases/ask", form | {"words": _WORDS[at % len(_WORDS)]})
    browser.ask("/cases")
    return time.perf_counter() - begin


def _peak(pid: int) -> float:
    """Return the highest resident memory of a process, in MB."""
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * _KIBIBYTE / _MEGABYTE
