"""Takes pictures of the desk's pages, with invented reports, as `make screenshots` asks.

The demonstration runs in a folder that is thrown away; its desk looks at it some days later,
so that dates are due. Invariants: nothing but invented words is in a picture; what the guide
shows comes to stand in docs/pictures and is in the repository, all other sizes only in build.
"""

from __future__ import annotations

import argparse
import base64
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page

from dropbox.demo.organisation import PASSPHRASE
from scripts import programs
from scripts.invented import (
    ANSWER,
    CLOSED_WITH,
    NOTE,
    QUESTION,
    REPORTS,
    SIGNAL,
    SUPPORT,
    Invented,
)
from tests import live
from tests.live import LiveSite

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
FIRST, SECOND = "integriteit-1", "integriteit-2"
LATER = timedelta(days=6)
"""Receipts are owed within a day then."""

WIDTHS = (1280, 1920)
SCHEMES = ("light", "dark")
HEIGHT = 900
GUIDE = ("cases", "case", "preview", "bundles", "patterns", "care")
"""The pages that the guide shows, in each language."""

GUIDE_HEIGHT = 760
FEWER_COLOURS = """async (url) => {
  const image = new Image(); image.src = url; await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.width; canvas.height = image.height;
  const brush = canvas.getContext('2d'); brush.drawImage(image, 0, 0);
  const seen = brush.getImageData(0, 0, canvas.width, canvas.height).data;
  const at = (n) => seen[n] * 65536 + seen[n + 1] * 256 + seen[n + 2];
  const count = new Map();
  for (let n = 0; n < seen.length; n += 4) count.set(at(n), (count.get(at(n)) || 0) + 1);
  const palette = [...count].sort((a, b) => b[1] - a[1]).slice(0, 96).map((each) => each[0]);
  const parts = (one) => [one >> 16, (one >> 8) & 255, one & 255];
  const far = (a, b) => parts(a).reduce((sum, part, n) => sum + (part - parts(b)[n]) ** 2, 0);
  const nearest = new Map(palette.map((each, n) => [each, n]));
  for (const one of count.keys()) if (!nearest.has(one)) nearest.set(one,
    palette.reduce((best, each, n) => far(one, each) < far(one, palette[best]) ? n : best, 0));
  const lines = [];
  for (let y = 0, n = 0; y < canvas.height; y++) {
    let line = '';
    for (let x = 0; x < canvas.width; x++, n += 4)
      line += String.fromCharCode(nearest.get(at(n)));
    lines.push(line);
  }
  return {width: canvas.width, lines, palette: palette.map(parts)}; }"""
"""Keeps a picture's most frequent colours: a page has few, and few take little room."""

SERVE = """
import sys
from datetime import date
from pathlib import Path
from dropbox.desk.pages import serve
serve.run(Path(sys.argv[1]), port=0, language=sys.argv[2],
    today=lambda: date.fromisoformat(sys.argv[3]), idle_seconds=3600,
    announce=lambda address: print(address, flush=True))
"""


class Camera:
    """A browser at a desk, and where its pictures go."""

    def __init__(self, page: Page, address: str, language: str, folder: Path) -> None:
        self.page, self.language, self.folder = page, language, folder
        self.origin = address.split("/enter/")[0]
        page.goto(address)
        if page.locator("#passphrase").is_visible():
            self.take("unlock")
            page.locator("#passphrase").fill(PASSPHRASE)
            self.press("main button")

    def press(self, selector: str) -> None:
        """Press a button or a link, and wait for the page that comes."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()

    def go(self, path: str) -> None:
        """Open a page of the desk."""
        self.page.goto(self.origin + path)

    def take(self, name: str) -> None:
        """Take the page as it stands, in each width, light and dark."""
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            for scheme in SCHEMES:
                self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                path = self.folder / f"{self.language}-{name}-{width}-{scheme}.png"
                self.page.screenshot(path=path, full_page=True)
        self.page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
        self.page.emulate_media(color_scheme="light")

    def show(self, name: str, path: str = "") -> None:
        """Take a page, and the guide's picture where the guide has one."""
        if path:
            self.go(path)
        self.take(name)
        if name in GUIDE:
            self.page.set_viewport_size({"width": WIDTHS[0], "height": GUIDE_HEIGHT})
            self.page.screenshot(path=self.folder / f"{name}.{self.language}.guide.png")


@contextmanager
def desk(vault: Path, language: str) -> Iterator[str]:
    """Serve a vault's pages as they will be some days later; yield the address."""
    day = (datetime.now(UTC) + LATER).date().isoformat()
    command = [sys.executable, "-c", SERVE, str(vault), language, day]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip() if process.stdout else ""
    finally:
        process.terminate()
        process.wait(30)


def file_report(browser: Browser, site: LiveSite, report: Invented) -> None:
    """File a report, and pause or withdraw it where it says so."""
    context = live.without_script(browser)
    page = context.new_page()

    def press(step: str) -> None:
        with page.expect_navigation():
            page.locator(f"main button[value={step}]").first.click()

    page.goto(f"{site.origin}/nl/report/integriteitspunt")
    page.locator("textarea[name=text]").fill(report.text)
    for name, values in report.ticked.items():
        for value in values:
            page.locator(f"input[name={name}][value={value}]").check(force=True)
    page.locator("select[name=unit]").select_option(report.unit)
    if report.name:
        page.locator("#name").fill(report.name)
    press("review")
    press("send")
    if report.then:
        code = live.code_on(page)
        page.goto(f"{site.origin}/nl/mailbox")
        page.locator("textarea[name=code]").fill(code)
        press("open")
        for step in report.then:
            press(step)
    context.close()


def number_of(camera: Camera, text: str) -> str:
    """Return the number of the case in which a text stands."""
    camera.go("/cases")
    camera.press("button[name=all]")
    camera.page.locator("#words").fill(text)
    camera.press(".left button.main")
    found = camera.page.locator("tbody th a").first.inner_text()
    camera.press("button[name=all]")
    return found


def work(camera: Camera, bundle: Path) -> str:
    """Do what a handler does in a week; return the number of the case that is shown."""
    page = camera.page
    camera.go("/bundles")
    page.locator("#file").set_input_files(bundle)
    camera.press("#in ~ form button.main")
    camera.show("imported")
    camera.go("/keys")
    with page.expect_download():
        page.locator("form[action='/keys/backup'] button").click()
    number = number_of(camera, REPORTS[0].text[:30])
    camera.go(f"/cases/{number}")
    page.locator("#answer textarea[name=text]").fill(ANSWER)
    camera.press("button[value=preview]")
    camera.press("main button.main")
    page.locator("#note").fill(NOTE)
    camera.press("form:has(#note) button")
    camera.press("form:has(#assignee) button")
    camera.go("/patterns")
    if page.locator("aside form button").count():
        camera.press("aside .box form button")
        camera.show("signal")
    return number


def take_case(camera: Camera, number: str) -> None:
    """Take the pages of one case."""
    page, at = camera.page, f"/cases/{number}"
    camera.show("case", at)
    page.locator("#answer textarea[name=text]").fill(QUESTION)
    camera.press("button[value=preview]")
    camera.show("preview")
    camera.go(at)
    camera.press("button[value=discard]")
    camera.go(f"{at}/close")
    page.locator("#text").fill(CLOSED_WITH)
    camera.take("close")
    camera.show("transfer", f"{at}/transfer")


def take_entry(camera: Camera) -> None:
    """Take the steps of an entry."""
    page = camera.page
    camera.go("/intake")
    page.locator("input[name=origin][value=council]").check()
    page.locator("#text").fill(SIGNAL)
    camera.take("entry")
    camera.press("main button[value=names]")
    camera.take("entry-names")
    camera.press("main button[value=preview]")
    camera.take("entry-preview")
    camera.go("/intake")
    if page.locator("main button[value=discard]").count():
        camera.press("main button[value=discard]")


def take_desk(camera: Camera, bundle: Path) -> None:
    """Take every page of a handler's desk."""
    number = work(camera, bundle)
    camera.show("cases", "/cases")
    take_case(camera, number)
    take_entry(camera)
    paused = number_of(camera, REPORTS[1].text[:30])
    camera.show("paused", f"/cases/{paused}")
    for name in ("bundles", "patterns", "care", "care/measures", "phrases", "support"):
        camera.show(name.replace("/", "-"), f"/{name}")
    camera.press("main form button")
    camera.press("form:has(#kind) button")
    camera.page.locator("#text").fill(SUPPORT)
    camera.take("support-record")
    for name in ("keys", "keys/passphrase", "keys/activity", "keys/rehearse"):
        camera.show(name.replace("/", "-"), f"/{name}")
    for name in ("keys/lost", "keys/leaving", "start"):
        camera.show(name.replace("/", "-"), f"/{name}")
    camera.go("/poster")
    camera.page.locator("#clear").fill("https://meldpunt.example.org")
    camera.press("main form button")
    camera.take("poster")
    camera.show("poster-sheet", f"/poster/{camera.language}")
    camera.show("not-there", "/cases/00000000")


def take_start(browser: Browser, folder: Path, site: LiveSite, language: str) -> None:
    """Take what somebody sees who has no vault yet, and what an owner sees."""
    for vault in (folder / f"{language}-empty.vault", site.demo.vault("integriteitspunt")):
        with desk(vault, language) as address:
            page = browser.new_page()
            camera = Camera(page, address, language, folder)
            if vault.exists():
                camera.show("channel", "/channel")
                camera.show("owner-keys", "/keys")
            else:
                for name in ("start", "start/handler", "start/owner", "start/restore"):
                    camera.show(f"first-{name.replace('/', '-')}", f"/{name}")
            page.close()


def take_all(browser: Browser, folder: Path, pictures: Path) -> None:
    """Take everything, in a language for each handler, and keep what the guide shows."""
    with tempfile.TemporaryDirectory() as place, live.live_site(Path(place)) as site:
        for report in REPORTS:
            file_report(browser, site, report)
        for language, name in (("nl", FIRST), ("en", SECOND)):
            bundle = Path(place) / f"{name}.bundle"
            handler = site.demo.handler_id(name).hex()
            site.run(f"{live.PROGRAM} collect --handler {handler} --out {bundle}")
            with desk(site.demo.vault(name), language) as address:
                page = browser.new_page()
                take_desk(Camera(page, address, language, folder), bundle)
                page.close()
            take_start(browser, folder, site, language)
    for raw in sorted(folder.glob("*.guide.png")):
        keep(browser, raw, pictures / raw.name.replace(".guide", ""))


def keep(browser: Browser, raw: Path, path: Path) -> None:
    """Write a picture with few colours."""
    page = browser.new_page()
    url = "data:image/png;base64," + base64.b64encode(raw.read_bytes()).decode("ascii")
    found = page.evaluate(FEWER_COLOURS, url)
    path.write_bytes(indexed_png(found["width"], found["lines"], found["palette"]))
    raw.unlink()
    page.close()


def indexed_png(width: int, lines: list[str], palette: list[list[int]]) -> bytes:
    """Return a picture of at most 256 colours as PNG.

    Source: PNG (W3C, third edition), chapters 5 and 11: colour type 3, eight bits a pixel.

    Args:
        width: in pixels.
        lines: one character for each pixel, whose number is its colour's in the palette.
        palette: red, green and blue of each colour, at most 256.
    """

    def chunk(name: bytes, content: bytes) -> bytes:
        crc = zlib.crc32(name + content)
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", crc)

    colours = bytes(part for each in palette for part in each)
    pixels = b"".join(b"\0" + line.encode("latin-1") for line in lines)
    head = struct.pack(">IIBBBBB", width, len(lines), 8, 3, 0, 0, 0)
    packed = zlib.compress(pixels, 9)
    parts = ((b"IHDR", head), (b"PLTE", colours), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*each) for each in parts)


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where every size goes")
    folder = parser.parse_args().folder.resolve()
    for each in (folder, PICTURES):
        each.mkdir(parents=True, exist_ok=True)
    with live.chromium_browser(programs.path_of("chromium")) as browser:
        take_all(browser, folder, PICTURES)
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


if __name__ == "__main__":
    main()
