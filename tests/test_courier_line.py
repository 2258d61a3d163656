"""The courier's own end: its key, its way to the site, and its commands."""

import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dropbox.cli.root import root
from dropbox.courier import key as keys
from dropbox.courier.errand import Clock, Errand
from dropbox.courier.errors import (
    CourierBusy,
    CourierKeyThere,
    CourierKeyUnsafe,
    CourierKeyUnusable,
    NoCourierHere,
    StillChanging,
)
from dropbox.courier.fetch import ROUNDS, fetch
from dropbox.courier.line import SiteLine
from dropbox.courier.partial import partial
from dropbox.errors import BadSignature, DropboxError, MalformedBundle
from dropbox.line.address import Address, Proxy5, address
from dropbox.line.errors import (
    LineBroken,
    NotASite,
    OnionWithoutProxy,
    ProxyInvalid,
    ProxyRefused,
    SiteAddressInvalid,
    SiteBusy,
    SiteUntrusted,
)
from dropbox.protocol import carried, courier, sign
from dropbox.protocol.bundle import Frame, FrameType
from dropbox.protocol.courier import Action, BundleChanged
from tests.courier_world import HASTY, Town, running_town, socks
from tests.deploy_world import NAME, certificate, echoing, front
from tests.organisation import SITE_ID, SITE_PK
from tests.serving_world import free_port

PROXY = "socks5h://127.0.0.1:9050"
ONION = "a" * 56 + ".onion"
WORDS = {"MELDKLUIS_LANG": "en"}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Run one site for all tests of this file."""
    with running_town(tmp_path_factory.mktemp("town")) as made:
        made.fill(made.file().keys.mailbox_id, 60)
        yield made


@pytest.fixture
def key_file(town: Town, tmp_path: Path) -> Path:
    """Return a file with the key of the site's courier."""
    path = tmp_path / "courier.key"
    keys.make(path)
    path.write_text(f"meldkluis courier 1 {town.seed.hex()}\n", "ascii")
    return path


@pytest.mark.parametrize(
    ("site", "proxy", "found"),
    [
        ("https://meld.example", None, Address(True, "meld.example", 443)),
        ("https://Meld.example:8443/", None, Address(True, "meld.example", 8443)),
        ("http://127.0.0.1:8000", None, Address(False, "127.0.0.1", 8000)),
        (f"http://{ONION}", PROXY, Address(False, ONION, 80, Proxy5("127.0.0.1", 9050))),
        (
            "https://meld.example",
            "socks5h://me:word@[::1]:9150",
            Address(True, "meld.example", 443, Proxy5("::1", 9150, "me", "word")),
        ),
    ],
)
def test_address_is_read(site: str, proxy: str | None, found: Address) -> None:
    """HTTPS anywhere, HTTP to an onion service or this machine."""
    assert address(site, proxy) == found


@pytest.mark.parametrize(
    ("site", "proxy", "error"),
    [
        ("http://meld.example", None, SiteAddressInvalid),
        ("http://localhost", None, SiteAddressInvalid),
        ("http://127.0.0.1.example", None, SiteAddressInvalid),
        ("http://x.onion.example", PROXY, SiteAddressInvalid),
        ("meld.example", None, SiteAddressInvalid),
        ("ftp://meld.example", None, SiteAddressInvalid),
        ("https://me@meld.example", None, SiteAddressInvalid),
        ("https://meld.example/nl/", None, SiteAddressInvalid),
        ("https://meld.example?x", None, SiteAddressInvalid),
        ("https://meld.example:99999", None, SiteAddressInvalid),
        ("https://meld\u00e9.example", None, SiteAddressInvalid),
        ("https://", None, SiteAddressInvalid),
        ("https://meld.example\n", None, SiteAddressInvalid),
        (f"http://{ONION}", None, OnionWithoutProxy),
        (f"https://{ONION}.", None, OnionWithoutProxy),
        ("https://meld.example", "socks5://127.0.0.1:9050", ProxyInvalid),
        ("https://meld.example", "http://127.0.0.1:9050", ProxyInvalid),
        ("https://meld.example", "socks5h://127.0.0.1", ProxyInvalid),
        ("https://meld.example", "socks5h://127.0.0.1:x", ProxyInvalid),
    ],
)
def test_unsafe_address_is_refused(site: str, proxy: str | None, error: type[DropboxError]) -> None:
    """No name goes out in clear, and none is looked up here when a proxy should."""
    with pytest.raises(error):
        address(site, proxy)


def fetch_on(town: Town, line: SiteLine, out: Path) -> bytes:
    """Fetch over a line; return the bundle's bytes."""
    with closing(line):
        fetch(town.errand(line), SITE_PK, out)
    return out.read_bytes()


@pytest.mark.parametrize("kind", ["nginx", "caddy"])
def test_courier_comes_through_proxy_and_web_server(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """With TLS through SOCKS, and without it as by an onion service: the proxy gets the name.

    The shipped configuration of the web server in front lets the courier pass as it is.
    """
    monkeypatch.setenv("SSL_CERT_FILE", certificate()[0])
    with front(kind, tmp_path / "front", town.port) as server:
        with socks(server.secure) as proxy:
            where = address(f"https://{NAME}", f"socks5h://127.0.0.1:{proxy.port}")
            assert fetch_on(town, SiteLine(where), tmp_path / "one") == town.collected()
            assert set(proxy.asked) == {(3, NAME, 443)}
        with socks(server.onion) as proxy:
            where = address(f"http://{ONION}", f"socks5h://127.0.0.1:{proxy.port}")
            assert fetch_on(town, SiteLine(where), tmp_path / "two") == town.collected()
            assert set(proxy.asked) == {(3, ONION, 80)}
        assert server.open_files() == set()


@pytest.mark.parametrize(("trusted", "name"), [(False, NAME), (True, "other.example.org")])
def test_certificate_is_always_checked(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusted: bool, name: str
) -> None:
    """A certificate that nobody vouches for, or of another name, ends it before a word."""
    monkeypatch.setenv("SSL_CERT_FILE", certificate()[0] if trusted else os.devnull)
    heard: list[bytes] = []
    with encrypted(heard) as port, socks(port) as proxy:
        line = SiteLine(address(f"https://{name}", f"socks5h://127.0.0.1:{proxy.port}"))
        with closing(line), pytest.raises(SiteUntrusted):
            fetch(town.errand(line), SITE_PK, tmp_path / "out")
    assert heard == []
    assert not (tmp_path / "out").exists()


@contextmanager
def encrypted(heard: list[bytes]) -> Iterator[int]:
    """Run a server with the tests' certificate that notes what it is told; yield its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate())

    def serve(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                taken = listener.accept()[0]
                with taken, suppress(OSError), context.wrap_socket(taken, True) as safe:
                    heard.append(safe.recv(100))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        # Closing alone would leave the thread waiting.
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def test_proxy_that_is_not_there_is_named(town: Town, tmp_path: Path) -> None:
    """Nothing goes around a proxy that was asked for."""
    where = address(f"http://127.0.0.1:{town.port}", f"socks5h://127.0.0.1:{free_port()}")
    with closing(SiteLine(where)) as line, pytest.raises(ProxyRefused):
        fetch(town.errand(line, HASTY), SITE_PK, tmp_path / "out")


def test_environment_names_no_proxy(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy of the machine's settings sees nothing of a courier."""
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    assert fetch_on(town, town.line(), tmp_path / "out") == town.collected()


def test_site_learns_nothing_of_the_courier(tmp_path: Path) -> None:
    """A request has the headers that it needs, and names no program, language or machine."""
    with echoing() as echo:
        with closing(SiteLine(address(f"http://127.0.0.1:{echo.port}"))) as line:
            assert line.ask(b"question") == b"echo"
        head, _, body = echo.last.partition(b"\r\n\r\n")
    assert sorted(head.decode().split("\r\n")) == [
        "Accept-Encoding: identity",
        "Content-Length: 8",
        "Content-Type: application/octet-stream",
        f"Host: 127.0.0.1:{echo.port}",
        "POST /courier HTTP/1.1",
    ]
    assert body == b"question"


class Said:
    """A line with fixed answers."""

    def __init__(self, *answers: bytes | DropboxError) -> None:
        self.answers = list(answers)
        self.asked: list[bytes] = []

    def ask(self, body: bytes) -> bytes:
        """Answer the next one."""
        self.asked.append(body)
        answer = self.answers.pop(0)
        if isinstance(answer, DropboxError):
            raise answer
        return answer


HELLO = courier.answer(b"challenge")


def errand(line: Said, waits: list[float], now: list[float] | None = None) -> Errand:
    """Return an errand on a line with fixed answers, and a clock of the test."""
    times = now or [0.0]
    clock = Clock(lambda: times[0], waits.append)
    return Errand(line, bytes(32), SITE_ID, bytes(8), clock)


def test_busy_site_is_asked_again_and_then_no_more() -> None:
    """A line that breaks, and a site that is busy, get some time; then it is said."""
    waits: list[float] = []
    line = Said(HELLO, SiteBusy(), LineBroken(), courier.answer(b"at last"))
    assert errand(line, waits).ask(Action.LIST, b"")[1] == b"at last"
    assert waits == [1.0, 2.0]
    with pytest.raises(LineBroken):
        errand(Said(HELLO, *[LineBroken()] * 6), waits := []).ask(Action.LIST, b"")
    assert waits == [1.0, 2.0, 4.0, 8.0, 16.0]


def test_old_challenge_is_renewed() -> None:
    """After a while, and once when the site was started anew; who is no courier hears it."""
    now = [0.0]
    line = Said(HELLO, courier.answer(), NoCourierHere(), HELLO, courier.answer())
    found = errand(line, [], now)
    found.ask(Action.LIST, b"")
    found.ask(Action.LIST, b"")
    assert not line.answers
    now[0] = 121.0
    line.answers = [HELLO, NoCourierHere()]
    with pytest.raises(NoCourierHere):
        found.ask(Action.LIST, b"")
    line.answers = [NoCourierHere()]
    with pytest.raises(NoCourierHere):
        errand(line, []).ask(Action.LIST, b"")


def listing(*entries: bytes) -> bytes:
    """Return the answer with a list."""
    return courier.answer(carried.Listing(b"head", entries).raw())


def test_hostile_site_gets_no_file_and_no_end(tmp_path: Path) -> None:
    """Frames that nobody asked for, lists that change for ever, and a false end are refused."""
    out = tmp_path / "out"
    frame, other = Frame(FrameType.CARD, b"card"), Frame(FrameType.CARD, b"other")
    listed = listing(carried.entry_of(frame))
    asked = courier.answer(carried.frame_bytes(frame))
    unasked = courier.answer(carried.frame_bytes(other))
    with pytest.raises(NotASite):
        fetch(errand(Said(HELLO, listed, unasked), []), SITE_PK, out)
    empty = [listed, courier.answer()] * ROUNDS
    with pytest.raises(StillChanging):
        fetch(errand(Said(HELLO, *empty), []), SITE_PK, out)
    changing = [listed, asked, courier.failure(BundleChanged())] * ROUNDS
    with pytest.raises(StillChanging):
        fetch(errand(Said(HELLO, *changing), []), SITE_PK, out)
    with pytest.raises(MalformedBundle):
        fetch(errand(Said(HELLO, listed, courier.answer(bytes(105))), []), SITE_PK, out)
    assert {path.name for path in tmp_path.iterdir()} == {"out.part"}


def test_bundle_of_another_sites_key_is_no_bundle(town: Town, tmp_path: Path) -> None:
    """What the site does not sign never lies at the place of a bundle."""
    line = town.line()
    with closing(line), pytest.raises(BadSignature):
        fetch(town.errand(line), sign.public_key(bytes(32)), tmp_path / "out")
    assert {path.name for path in tmp_path.iterdir()} == {"out.part"}


def test_two_commands_do_not_write_one_file(tmp_path: Path) -> None:
    """The second one says so and ends."""
    with (
        partial(tmp_path / "out", SITE_ID, bytes(8)),
        pytest.raises(CourierBusy),
        partial(tmp_path / "out", SITE_ID, bytes(8)),
    ):
        pass


def test_key_is_private_and_never_replaced(tmp_path: Path) -> None:
    """A key file is its owner's alone, comes back as it was made, and stays."""
    path = tmp_path / "key"
    public = keys.make(path)
    assert sign.public_key(keys.load(path)) == public
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CourierKeyThere):
        keys.make(path)
    path.chmod(0o640)
    with pytest.raises(CourierKeyUnsafe):
        keys.load(path)
    path.chmod(0o600)
    for text in ("", "meldkluis courier 1 00\n", path.read_text() * 2, "\xff"):
        path.write_text(text, "latin-1")
        with pytest.raises(CourierKeyUnusable):
            keys.load(path)


def arguments(town: Town, key_file: Path, out: Path) -> list[str]:
    """Return the command line that fetches the first handler's bundle."""
    return [
        *("courier", "fetch", "--site", f"http://127.0.0.1:{town.port}"),
        *("--key", str(key_file), "--site-toml", str(town.places.site_toml)),
        *("--handler", town.handler.handler_id.hex(), "--out", str(out)),
    ]


def run(*words: object) -> Result:
    """Run a command line in this process, in English."""
    result = CliRunner(env=WORDS).invoke(root, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def test_commands_say_what_they_did(town: Town, key_file: Path, tmp_path: Path) -> None:
    """Key, fetch and hand-in as they are typed; a failure is one line and status 1."""
    made = run("courier", "key", "--out", tmp_path / "new.key")
    public = sign.public_key(keys.load(tmp_path / "new.key")).hex()
    assert f'key = "{public}"' in made.output
    out = tmp_path / "in.bundle"
    done = run(*arguments(town, key_file, out))
    assert (done.exit_code, str(out.stat().st_size) in done.output) == (0, True)
    stranger = run(*arguments(town, tmp_path / "new.key", out))
    assert stranger.exit_code == 1
    assert stranger.output.startswith("The site does not take this key for this handler.")
    wrong = run("courier", "hand-in", *arguments(town, key_file, out)[2:8], "--in", out)
    assert wrong.output == "The bundle belongs to another site, channel or handler.\n"
    assert run(*arguments(town, key_file, out), "--handler", "x").exit_code == 1


def test_killed_command_is_finished_by_running_it_again(
    town: Town, key_file: Path, tmp_path: Path
) -> None:
    """SIGKILL in the middle leaves a private part, no bundle; the next run brings the rest."""
    out, part = tmp_path / "in.bundle", tmp_path / "in.bundle.part"
    command = [sys.executable, "-m", "dropbox.cli", *arguments(town, key_file, out)]
    process = subprocess.Popen(command, env={**os.environ, **WORDS})
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        if part.exists() and part.stat().st_size > 400_000:
            process.kill()
            break
        time.sleep(0.001)
    assert process.wait(20) == -signal.SIGKILL
    assert not out.exists()
    assert part.stat().st_mode & 0o777 == 0o600
    done = subprocess.run(command, env={**os.environ, **WORDS}, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert out.read_bytes() == town.collected()
    assert {path.name for path in tmp_path.iterdir()} == {"in.bundle", "courier.key"}
