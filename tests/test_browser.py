"""A reporter in a real Chromium without JavaScript, a real gunicorn, and real desks."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests import live
from tests.live import LiveSite

STORY = "Mijn leidinggevende maakt merkteken-aalscholver grappen.\n\nElke week weer."
ANSWER = "Dank je wel. We hebben je melding gelezen."
MORE = "Er is nog merkteken-aalscholver iets."
HEAD = "hoofd van het Integriteitspunt"
PAGES = ("", "routes", "report", "report/integriteitspunt", "mailbox", "keys", "drop")
TEXTS = ("privacy", "accessibility", "contact")
LARGE_LETTERS = "document.documentElement.style.fontSize = '32px'"
BREADTH = "document.documentElement.scrollWidth"
PHONE = 390
HEAVIEST_LOAD = 44_000


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """Run the demonstration."""
    with live.live_site(tmp_path_factory.mktemp("live")) as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a visit without JavaScript, on a phone."""
    context = live.without_script(browser)
    yield context.new_page()
    context.close()


def file_report(page: Page, site: LiveSite, story: str = STORY, exclude: str = HEAD) -> str:
    """File a report as a person does, from the start page on; return the reply code."""
    page.goto(f"{site.origin}/nl/")
    page.get_by_role("main").get_by_role(
        "link", name=re.compile("meld", re.IGNORECASE)
    ).first.click()
    page.goto(f"{site.origin}/nl/report/integriteitspunt")
    page.locator("textarea[name=text]").fill(story)
    if exclude:
        page.get_by_label(exclude).check()
    page.locator("select[name=unit]").select_option("north")
    press(page, page.locator("main button[value=review]"))
    assert story.split("\n")[0] in page.locator("main").inner_text()
    press(page, page.locator("button[value=send]"))
    return live.code_on(page)


def open_mailbox(page: Page, site: LiveSite, code: str) -> str:
    """Type the code; return the text of the page."""
    page.goto(f"{site.origin}/nl/mailbox")
    page.locator("textarea[name=code], input[name=code]").first.fill(code)
    press(page, page.locator("main button[value=open]").first)
    return page.locator("main").inner_text()


def press(page: Page, button: Locator) -> None:
    """Press a button of a form, and wait for the page that comes."""
    with page.expect_navigation():
        button.click()


def test_whole_loop_by_hand(page: Page, site: LiveSite) -> None:
    """A report in the browser, the printed commands, the answer in the browser, and back."""
    code = file_report(page, site)
    assert len(code.split()) == 10
    collect, take_in, read, reply, export = site.commands()
    site.run(collect)
    listed = site.run(take_in)
    number = re.findall(r"\b[0-9a-f]{8,64}\b", listed)[0]
    assert "merkteken-aalscholver" in site.run(read.replace("CASE", number))
    site.run(reply.replace("CASE", number).replace("Dank je wel. We lezen het.", ANSWER))
    site.run(export)
    assert ANSWER in open_mailbox(page, site, code)
    page.locator("main textarea[name=text]").fill(MORE)
    press(page, page.locator("main button[value=message]"))
    for name in ("integriteit-1", "integriteit-2"):
        site.carry_in(name)
        thread = site.desk(name, f"read {number}")
        for said in (STORY.split("\n")[0], ANSWER.split(".")[0], "Er is nog"):
            assert said in re.sub(r"[\s│┆]+", " ", thread)
    site.carry_in("integriteit-3")
    assert number not in site.desk("integriteit-3", "list")


def test_code_is_read_back_however_it_was_written_down(page: Page, site: LiveSite) -> None:
    """Capitals, numbers and first letters open the mailbox; a wrong word is named."""
    code = file_report(page, site)
    numbered = "\n".join(f"{n}. {w.upper()}" for n, w in enumerate(code.split(), 1))
    assert "postvak" in open_mailbox(page, site, numbered).lower()
    short = " ".join(word[:4] for word in code.split())
    assert "postvak" in open_mailbox(page, site, short).lower()
    wrong = " ".join([*code.split()[:9], "qqqqz"])
    assert "qqqqz" in open_mailbox(page, site, wrong)


def test_pause_resume_and_withdraw(page: Page, site: LiveSite) -> None:
    """The three moves work from the mailbox, reach the desk, and the last one is final."""
    code = file_report(page, site, "Verhaal over pauzeren.")
    open_mailbox(page, site, code)
    press(page, page.locator("button[value=hold]"))
    assert page.locator("button[value=resume]").count() == 1
    site.carry_in("integriteit-1")
    open_mailbox(page, site, code)
    press(page, page.locator("button[value=resume]"))
    assert page.locator("button[value=hold]").count() == 1
    press(page, page.locator("button[value=withdraw]"))
    press(page, page.locator("button[value=withdraw_now]"))
    unknown = open_mailbox(page, site, code)
    assert page.locator("button[value=hold]").count() == 0
    words = code.split()
    other = " ".join([words[1], words[0], *words[2:]])
    assert open_mailbox(page, site, other) == unknown
    site.carry_in("integriteit-1")


def test_form_sent_twice_is_stored_once(page: Page, site: LiveSite) -> None:
    """Going back and sending again says so and gives no second code."""
    page.goto(f"{site.origin}/nl/report/extern-meldpunt")
    page.locator("textarea[name=text]").fill("Twee keer gedrukt.")
    press(page, page.locator("main button[value=review]"))
    html = page.content()
    press(page, page.locator("button[value=send]"))
    assert live.code_on(page)
    page.route("**/again", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(f"{site.origin}/nl/again")
    press(page, page.locator("button[value=send]"))
    assert page.locator("#reply-code").count() == 0
    press(page, page.locator("main button[value=send]"))
    assert live.code_on(page)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_every_page_fits_its_screen(
    browser: Browser, site: LiveSite, language: str, width: int
) -> None:
    """No page scrolls sideways, from the narrowest phone on; each has one heading and a title."""
    context = live.without_script(browser, width)
    page = context.new_page()
    for path in (*PAGES, *TEXTS):
        page.goto(f"{site.origin}/{language}/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.locator("h1").count() == 1, path
        assert page.locator("html").get_attribute("lang") == language
        assert page.title()
    context.close()


@pytest.mark.parametrize("language", ["nl", "en"])
def test_first_load_of_the_form_is_light(page: Page, site: LiveSite, language: str) -> None:
    """With three channels, the form and its stylesheet, uncompressed, are under 44,000 bytes."""
    loaded: list[int] = []
    page.on("response", lambda response: loaded.append(len(response.body())))
    page.goto(f"{site.origin}/{language}/report/integriteitspunt", wait_until="networkidle")
    assert len(loaded) in (2, 3)
    assert sum(loaded) < HEAVIEST_LOAD


@pytest.mark.parametrize("language", ["nl", "en"])
def test_letters_of_twice_the_size_fit_a_phone(
    browser: Browser, site: LiveSite, language: str
) -> None:
    """With large letters no page scrolls sideways, and the way out stays whole."""
    context = live.without_script(browser, PHONE)
    page = context.new_page()

    def fits() -> None:
        page.evaluate(LARGE_LETTERS)
        assert page.evaluate(BREADTH) <= PHONE, page.url
        way_out = page.locator("a.leave").bounding_box()
        assert way_out
        assert way_out["x"] + way_out["width"] <= PHONE

    for path in (*PAGES, *TEXTS):
        page.goto(f"{site.origin}/{language}/{path}")
        fits()
    page.goto(f"{site.origin}/{language}/report/integriteitspunt")
    page.locator("textarea[name=text]").fill(STORY)
    for button in ("main button[value=review]", "button[value=send]"):
        press(page, page.locator(button))
        fits()
    code = live.code_on(page)
    page.goto(f"{site.origin}/{language}/mailbox")
    page.locator("textarea[name=code]").fill(code)
    for button in ("main button[value=open]", "button[value=withdraw]"):
        press(page, page.locator(button))
        fits()
    context.close()


def test_phone_numbers_are_large_enough_for_a_thumb(page: Page, site: LiveSite) -> None:
    """Each link to a phone number is at least 24 pixels high."""
    page.goto(f"{site.origin}/nl/routes")
    links = page.locator("a[href^='tel:']").all()
    boxes = [link.bounding_box() for link in links]
    assert len(links) > 3
    assert all(box and box["height"] >= 24 for box in boxes)


def test_code_page_says_where_the_mailbox_is(page: Page, site: LiveSite) -> None:
    """The slip that is printed names the site, so that it can be found again."""
    file_report(page, site)
    page.emulate_media(media="print")
    host = site.origin.removeprefix("http://")
    assert f"{host}/nl/mailbox" in page.locator(".slip").inner_text()
    assert page.locator(".slip").is_visible()


def test_story_does_not_come_back_after_leaving(page: Page, site: LiveSite) -> None:
    """As the form says, the browser's way back loses the text: nobody else finds it either."""
    page.goto(f"{site.origin}/nl/report/integriteitspunt")
    page.locator("textarea[name=text]").fill(STORY)
    press(page, page.locator("main button[value=review]"))
    page.wait_for_selector("button[value=send]")
    page.wait_for_load_state("load")
    page.go_back()
    assert page.locator("textarea[name=text]").input_value() == ""


def answer_to(site: LiveSite, request: bytes) -> bytes:
    """Send bytes to the server as they are; return its answer."""
    port = int(site.origin.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(request)
        answer = b""
        while piece := line.recv(65536):
            answer += piece
    return answer


@pytest.mark.parametrize("body", [b"zz\r\nabc\r\n0\r\n\r\n", b"5\r\nabcdeXX0\r\n\r\n"])
def test_malformed_chunks_are_a_bad_request(site: LiveSite, body: bytes) -> None:
    """What gunicorn cannot take apart is a page of ours, and no failure."""
    head = (
        b"POST /nl/mailbox HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\nConnection: close\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    answer = answer_to(site, head + body)
    assert b" 400 " in answer.splitlines()[0]
    assert b"Content-Security-Policy" in answer


@pytest.mark.parametrize("path", [b"/nl", b"//evil.example/..", b"//nl//report", b"/nl//report"])
@pytest.mark.parametrize("host", [b"a..b", b"x" * 70, b"evil.example", b"\xff"])
def test_no_host_sends_the_reader_elsewhere(site: LiveSite, host: bytes, path: bytes) -> None:
    """Whatever host a request names: no failure, and no address that leads there."""
    request = b"GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % (path, host)
    answer = answer_to(site, request)
    assert int(answer.split()[1]) in (200, 302, 400, 404)
    assert re.search(rb"(?im)^location: (?!/nl/\r)", answer) is None


def test_nothing_but_the_site_is_asked_and_nothing_is_kept(
    browser: Browser, site: LiveSite
) -> None:
    """With JavaScript on, too: no other host, no cookie, no storage, no complaint, one script."""
    context = browser.new_context()
    page = context.new_page()
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    for path in (*PAGES, *TEXTS):
        page.goto(f"{site.origin}/nl/{path}")
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0
        assert page.locator("script").count() == 1
    assert all(url.startswith(site.origin) for url in asked)
    assert context.cookies() == []
    assert complaints == []
    context.close()


def test_form_can_be_filled_by_keyboard(page: Page, site: LiveSite) -> None:
    """Tab reaches the skip link first, then all; Enter and Space do the rest."""
    page.goto(f"{site.origin}/nl/report/vertrouwenspersoon")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "text":
            break
    page.keyboard.type("Alleen met het toetsenbord.")
    for _ in range(80):
        page.keyboard.press("Tab")
        name = "document.activeElement.value"
        if page.evaluate(name) == "review":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("button[value=send]")
    assert "Alleen met het toetsenbord." in page.locator("main").inner_text()


def test_no_trace_of_the_reporter_on_the_servers_disk(browser: Browser, site: LiveSite) -> None:
    """Story, code, agent and referrer of a report are in no file below VAR and in no log."""
    agent = "merkteken-agent/1.0"
    context = live.without_script(
        browser, user_agent=agent, extra_http_headers={"X-Forwarded-For": "203.0.113.77"}
    )
    page = context.new_page()
    code = file_report(page, site, "Geheim merkteken-kwartel in het verhaal.", exclude="")
    open_mailbox(page, site, code)
    context.close()
    words = code.split()
    planted = ["merkteken-kwartel", agent, "203.0.113.77", "127.0.0.1:", f"{words[0]} {words[1]}"]
    planted += ["+".join(words[:2]), "report/integriteitspunt", "north"]
    kept = b""
    for folder in (site.demo.places.site_dir, site.demo.places.keys_dir / "cards"):
        for root, _folders, names in os.walk(folder):
            kept += b"".join(Path(root, name).read_bytes() for name in names)
    kept += site.log.read_bytes()
    assert len(kept) > 10_000
    for trace in planted:
        assert trace.encode() not in kept, trace
