"""The configurations of `deploy/` in the real programs, on ports and in folders of a test."""

from __future__ import annotations

import atexit
import getpass
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from scripts import programs
from tests.serving_world import free_port

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
NAME = "meldkluis.example.org"
START_SECONDS = 20
AT_ONCE = 65_536


@cache
def certificate() -> tuple[str, str]:
    """Return the files of a certificate for `NAME` that signs itself, and of its key."""
    folder = Path(mkdtemp(prefix="meldkluis-certificate-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    files = str(folder / "fullchain.pem"), str(folder / "privkey.pem")
    subprocess.run(
        [
            *(programs.path_of("openssl"), "req", "-x509", "-nodes", "-days", "2"),
            # RSA allows, unlike a curve, what the shipped files must refuse: no key per connection.
            *("-newkey", "rsa:2048"),
            *("-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"),
            *("-out", files[0], "-keyout", files[1]),
        ],
        check=True,
        capture_output=True,
        timeout=START_SECONDS,
    )
    return files


@dataclass
class Echo:
    """A site that answers 200 to everything and keeps each request as it came."""

    port: int = field(default_factory=free_port)
    requests: list[bytes] = field(default_factory=list)

    def serve(self, listener: socket.socket) -> None:
        """Answer until the listener is closed."""
        with suppress(OSError):
            while True:
                connection = listener.accept()[0]
                with connection, suppress(OSError):
                    connection.settimeout(5)
                    self.requests.append(_whole_request(connection))
                    answer = (
                        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\necho"
                    )
                    connection.sendall(answer)

    @property
    def last(self) -> bytes:
        """Return the last request."""
        return self.requests[-1]


def _whole_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data and (piece := connection.recv(AT_ONCE)):
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    chunked = re.search(rb"(?i)\r\ntransfer-encoding: *chunked", head)
    while (chunked and not body.endswith(b"0\r\n\r\n")) or (length and len(body) < int(length[1])):
        piece = connection.recv(AT_ONCE)
        if not piece:
            break
        body += piece
    return head + b"\r\n\r\n" + body


@contextmanager
def echoing() -> Iterator[Echo]:
    """Run an echo in this process."""
    echo = Echo()
    with socket.create_server(("127.0.0.1", echo.port)) as listener:
        thread = threading.Thread(target=echo.serve, args=(listener,), daemon=True)
        thread.start()
        yield echo
        # Closing alone would leave the thread waiting.
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=10)


@dataclass(frozen=True)
class Front:
    """A running web server in front: its ports, its process, and the folder with all its files."""

    kind: str
    process: subprocess.Popen[bytes]
    plain: int
    secure: int
    onion: int
    folder: Path

    @contextmanager
    def connected(self, secure: bool = True) -> Iterator[socket.socket]:
        """Open a connection as a browser on the clear site does, or as tor does."""
        port = self.secure if secure else self.onion
        with ExitStack() as stack:
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), 20))
            if secure:
                context = ssl.create_default_context(cafile=certificate()[0])
                connection = context.wrap_socket(connection, server_hostname=NAME)
                stack.enter_context(connection)
            yield connection

    def ask(self, request: bytes, secure: bool = True) -> Answer:
        """Send a request as it stands and return the answer."""
        with self.connected(secure) as connection:
            with suppress(OSError):  # a server that refuses early closes early, too
                connection.sendall(request)
            return answer_of(connection)

    def get(self, target: str, *headers: str, secure: bool = True) -> Answer:
        """Ask for a page."""
        lines = (f"GET {target} HTTP/1.1", f"Host: {NAME}", "Connection: close", *headers, "", "")
        return self.ask("\r\n".join(lines).encode("latin-1"), secure)

    def processes(self) -> list[int]:
        """Return the ids of its processes."""
        main = self.process.pid
        tasks = Path(f"/proc/{main}/task").glob("*/children")
        return [main, *(int(child) for task in tasks for child in task.read_text().split())]

    def open_files(self) -> set[str]:
        """Return the paths of the regular files that its processes hold open for writing or not."""
        found = set()
        for process in self.processes():
            for handle in Path(f"/proc/{process}/fd").iterdir():
                with suppress(FileNotFoundError):
                    if handle.is_file():
                        found.add(str(handle.readlink()))
        return found

    def stop(self) -> bytes:
        """Stop it; return everything that it printed and that lies in its folder, names too."""
        self.process.terminate()
        said = self.process.communicate(timeout=START_SECONDS)[0]
        files = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return said + b"".join(str(path).encode() + path.read_bytes() for path in files)


@dataclass(frozen=True)
class Answer:
    """An answer: its status, its headers in small letters, its body."""

    status: int
    headers: dict[str, str]
    body: bytes


def answer_of(connection: socket.socket) -> Answer:
    """Read one answer up to its announced end, or the end of the connection."""
    data = b""
    with suppress(OSError):
        while piece := connection.recv(AT_ONCE):
            data += piece
            head, found, body = data.partition(b"\r\n\r\n")
            length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
            if found and length and len(body) >= int(length[1]):
                break
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    if not first.startswith("HTTP/1.1 "):
        return Answer(0, {}, b"")
    fields = (line.partition(": ") for line in lines)
    return Answer(int(first.split()[1]), {name.lower(): value for name, _, value in fields}, body)


def placed(name: str, folder: Path, changes: Iterable[tuple[str, str]]) -> Path:
    """Write a shipped file with the test's places into ``folder``; each change must apply."""
    text = (DEPLOY / name).read_text("utf-8")
    for old, new in changes:
        text, count = re.subn(old, new, text)
        assert count, old
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def nginx_files(folder: Path, ports: tuple[int, int, int], upstream: int) -> list[str]:
    """Write the shipped nginx.conf with the test's places; return the command that runs it."""
    chain, key = certificate()
    letsencrypt = f"/etc/letsencrypt/live/{NAME}"
    changes = (
        (r"user www-data;", f"user {getpass.getuser()};"),
        # Tests listen on this machine only, and it need not have IPv6.
        (r" *listen \[::\].*\n", ""),
        (r"listen 80 ", f"listen 127.0.0.1:{ports[0]} "),
        (r"listen 443 ", f"listen 127.0.0.1:{ports[1]} "),
        (r"\b8081\b", str(ports[2])),
        (r"127\.0\.0\.1:8000\b", f"127.0.0.1:{upstream}"),
        (rf"{letsencrypt}/fullchain\.pem", chain),
        (rf"{letsencrypt}/privkey\.pem", key),
        (r"/run/", f"{folder}/"),
        (r"/opt/meldkluis/", f"{ROOT}/"),
    )
    conf = placed("nginx.conf", folder, changes)
    return [programs.path_of("nginx"), "-p", str(folder), "-c", str(conf), "-g", "daemon off;"]


def caddy_files(folder: Path, ports: tuple[int, int, int], upstream: int) -> list[str]:
    """Write the shipped Caddyfile with the test's places; return the command that runs it."""
    chain, key = certificate()
    changes = (
        (r"\tadmin off\n", f"\tadmin off\n\thttp_port {ports[0]}\n\thttps_port {ports[1]}\n"),
        (rf"\n{NAME} {{\n", f"\n{NAME} {{\n\tbind 127.0.0.1\n\ttls {chain} {key}\n"),
        (r"\b8081\b", str(ports[2])),
        (r"127\.0\.0\.1:8000\b", f"127.0.0.1:{upstream}"),
        (r"/opt/meldkluis/", f"{ROOT}/"),
    )
    conf = placed("Caddyfile", folder, changes)
    return [programs.path_of("caddy"), "run", "--config", str(conf), "--adapter", "caddyfile"]


FILES = {"nginx": nginx_files, "caddy": caddy_files}


@contextmanager
def front(kind: str, folder: Path, upstream: int) -> Iterator[Front]:
    """Run nginx or Caddy with the shipped configuration in front of a port of this machine."""
    folder.mkdir()
    ports = free_port(), free_port(), free_port()
    command = FILES[kind](folder, ports, upstream)
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **home},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        _wait(process, ports)
        # It needs no folder for bodies: without one, a body that would be put there gives an error.
        for body in folder.glob("nginx-*"):
            shutil.rmtree(body)
        yield Front(kind, process, *ports, folder)
    finally:
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=START_SECONDS)


def _wait(process: subprocess.Popen[bytes], ports: tuple[int, int, int]) -> None:
    deadline = time.monotonic() + START_SECONDS
    waiting = set(ports)
    while waiting and time.monotonic() < deadline and process.poll() is None:
        for port in sorted(waiting):
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                waiting.discard(port)
        time.sleep(0.02)
    if waiting:
        process.kill()
        pytest.fail(f"it did not start: {process.communicate()[0]!r}")
