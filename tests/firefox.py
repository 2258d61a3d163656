"""A `Visitor` in the Firefox that Tor Browser is made of, driven over WebDriver BiDi.

The other end is ``browser/test/firefox.mjs``. Profile, cache and home lie in a folder of
their own, which goes when the visit is over.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts import programs
from tests.visitor import LONGEST_MILLISECONDS, PHONE, Sent, Trap

DRIVER = Path(__file__).resolve().parent.parent / "browser" / "test" / "firefox.mjs"
END_SECONDS = 30
_HOMES = ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")
_OWN_NEWS_SERVER = "MOZ_REMOTE_SETTINGS_DEVTOOLS"
"""Without it a release ignores that another server is set for its news, below: none."""

SAFER: dict[str, object] = {
    "javascript.options.ion": False,
    "javascript.options.baselinejit": False,
    "javascript.options.native_regexp": False,
    "javascript.options.asmjs": False,
    "javascript.options.wasm": False,
    "mathml.disabled": True,
    "gfx.font_rendering.graphite.enabled": False,
    "gfx.font_rendering.opentype_svg.enabled": False,
}
"""What Tor Browser's level "Safer" sets. Its NoScript also keeps scripts from http addresses
other than onion services, and asks before media: neither meets a page of ours.

Source: Tor Browser, SecurityLevel.sys.mjs, kSecuritySettings, column 2.
"""

TORS_OWN: dict[str, object] = {
    "privacy.resistFingerprinting": True,
    "privacy.firstparty.isolate": True,
    "browser.privatebrowsing.autostart": True,
    "browser.cache.disk.enable": False,
    "browser.sessionstore.privacy_level": 2,
    "browser.formfill.enable": False,
    "places.history.enabled": False,
    "dom.serviceWorkers.enabled": False,
    "media.peerconnection.enabled": False,
    "media.autoplay.default": 5,
    "webgl.disabled": True,
    "network.http.referer.XOriginPolicy": 2,
}
"""What Tor Browser sets at every level, as far as a stock Firefox knows it."""

QUIET: dict[str, object] = {
    "app.normandy.enabled": False,
    "app.shield.optoutstudies.enabled": False,
    "app.update.enabled": False,
    "browser.discovery.enabled": False,
    "browser.newtabpage.activity-stream.feeds.telemetry": False,
    "browser.newtabpage.activity-stream.telemetry": False,
    "browser.region.network.url": "",
    "browser.region.update.enabled": False,
    "browser.search.geoSpecificDefaults": False,
    "browser.topsites.contile.enabled": False,
    "captivedetect.canonicalURL": "",
    "dom.push.connection.enabled": False,
    "extensions.systemAddon.update.enabled": False,
    "extensions.blocklist.enabled": False,
    "media.gmp-manager.url": "",
    "messaging-system.rsexperimentloader.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True,
    "network.trr.mode": 5,
    "security.remote_settings.crlite_filters.enabled": False,
    "security.remote_settings.intermediates.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.enabled": False,
    "toolkit.telemetry.server": "",
    "toolkit.telemetry.unified": False,
}
"""What keeps a stock Firefox from asking its maker for news, which the `Trap` would catch."""


class Firefox:
    """A `Visitor` in Firefox, and its `Visits`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def _do(self, step: str, *given: object) -> object:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"step": step, "with": given}) + "\n")
        self._process.stdin.flush()
        return self.answer()

    def answer(self) -> object:
        """Read the driver's next answer; one that says what went wrong fails the test."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        answer = json.loads(line or '{"error": "the driver ended"}')
        if "error" in answer:
            raise AssertionError(answer["error"])
        return answer["value"]

    @contextmanager
    def visit(self) -> Iterator[Firefox]:
        """Open a fresh visit; there is one at a time."""
        self._do("open", *PHONE)
        yield self
        self._do("close")

    def goto(self, url: str) -> None:
        self._do("goto", url)

    def reload(self) -> None:
        self._do("reload")

    def back(self) -> None:
        self._do("back")

    def url(self) -> str:
        return str(self._do("url"))

    def before(self, code: str) -> None:
        self._do("before", code)

    def fill(self, at: str, text: str) -> None:
        self._do("fill", at, text)

    def choose(self, at: str, value: str) -> None:
        self._do("choose", at, value)

    def click(self, at: str) -> None:
        self._do("click", at)

    def leave(self, at: str) -> None:
        self._do("leave", at)

    def press(self, key: str) -> None:
        self._do("press", key)

    def type(self, text: str) -> None:
        self._do("type", text)

    def text(self, at: str) -> str:
        return str(self._do("text", at))

    def texts(self, at: str) -> list[str]:
        found = self._do("texts", at)
        assert isinstance(found, list)
        return found

    def value(self, at: str) -> str:
        return str(self._do("value", at))

    def attribute(self, at: str, name: str) -> str | None:
        found = self._do("attribute", at, name)
        return None if found is None else str(found)

    def shown(self, at: str) -> int:
        return int(str(self._do("shown", at)))

    def wait(self, at: str) -> None:
        self._do("wait", at)

    def gone(self, at: str) -> None:
        self._do("gone", at)

    def evaluate(self, code: str) -> object:
        return self._do("evaluate", code)

    def shot(self, path: Path) -> None:
        self._do("shot", str(path))

    def sent(self) -> list[Sent]:
        found = self._do("sent")
        assert isinstance(found, list)
        return [
            Sent(
                each["method"],
                each["url"],
                each["headers"],
                base64.b64decode(each["body"] or ""),
            )
            for each in found
        ]

    def complaints(self) -> list[str]:
        found = self._do("complaints")
        assert isinstance(found, list)
        return found


@contextmanager
def firefox(trap: Trap, language: str = "nl") -> Iterator[Firefox]:
    """Start a headless Firefox with the settings of Tor Browser's level "Safer"."""
    proxy: dict[str, object] = {
        "network.proxy.type": 1,
        "network.proxy.http": "127.0.0.1",
        "network.proxy.http_port": trap.port,
        "network.proxy.ssl": "127.0.0.1",
        "network.proxy.ssl_port": trap.port,
        "intl.accept_languages": language,
    }
    with tempfile.TemporaryDirectory(prefix="meldkluis-firefox-") as folder:
        settings = {
            "path": programs.path_of("firefox-esr"),
            "profile": str(Path(folder, "profile")),
            "prefs": QUIET | TORS_OWN | SAFER | proxy,
            "longest": LONGEST_MILLISECONDS,
        }
        Path(folder, "profile").mkdir()
        process = subprocess.Popen(
            [programs.node(), str(DRIVER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | dict.fromkeys(_HOMES, folder) | {_OWN_NEWS_SERVER: "1"},
        )
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(settings) + "\n")
            process.stdin.flush()
            started = Firefox(process)
            started.answer()
            yield started
        finally:
            process.stdin.close()
            try:
                process.wait(timeout=END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            assert process.stdout is not None
            process.stdout.close()
