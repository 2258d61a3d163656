"""The lock: nothing of the vault is to be had while it is on, and nothing typed is lost."""

from __future__ import annotations

import gc
import re
import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dropbox.desk import outbox, vault_rows, vault_seal
from dropbox.desk.errors import ImportFirst, NotAHandlersVault, WrongPassphrase
from dropbox.desk.pages import door
from dropbox.desk.pages import workplace as workplaces
from dropbox.desk.pages.workplace import Locked, TooSoon, Workplace
from dropbox.desk.vault import Vault
from tests import live
from tests.desk_process import RunningDesk, client, running_desk
from tests.desk_world import PASSPHRASE, TODAY, World

STORY = "merkteken-aalscholver: zo ging het"
IDLE = 3.0


class Clock:
    """A clock that a test turns."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    """Return a clock at its beginning."""
    return Clock()


@pytest.fixture
def desk(world: World, clock: Clock) -> Workplace:
    """Return a workplace with a vault that has a report, locked."""
    world.take_in("anna", world.report(world.reporter(), text=STORY))
    return Workplace(world.path("anna"), today=lambda: TODAY, now=clock)


def visit(browser: Browser, running: RunningDesk, *, script: bool = True) -> Page:
    """Enter a desk in a fresh visit, and unlock it."""
    context = browser.new_context(java_script_enabled=script)
    context.set_default_timeout(live.TIMEOUT_MILLISECONDS)
    page = context.new_page()
    page.goto(running.address)
    page.locator("#passphrase").fill(PASSPHRASE)
    page.locator("main button").click()
    expect(page.locator("h1")).to_have_text("Cases")
    return page


def press_alt_l(page: Page) -> None:
    """Press Alt and L as a keyboard does; Playwright's own keys never reach an access key."""
    alt = {"key": "Alt", "code": "AltLeft", "windowsVirtualKeyCode": 18}
    letter = {"key": "l", "code": "KeyL", "windowsVirtualKeyCode": 76, "unmodifiedText": "l"}
    session = page.context.new_cdp_session(page)
    for kind, key in (("rawKeyDown", alt), ("rawKeyDown", letter), ("char", letter)):
        session.send("Input.dispatchKeyEvent", {"type": kind, "modifiers": 1, **key})


def test_nothing_is_open_while_locked(desk: Workplace) -> None:
    """Cases and memory are there after the passphrase, and gone with the lock."""
    with pytest.raises(Locked), desk.cases():
        pass
    desk.unlock(PASSPHRASE)
    with desk.cases() as vault:
        desk.memory["index"] = [STORY]
        assert vault.count("case_key") == 1
    kept = desk.memory
    desk.lock()
    assert (kept, desk.memory) == ({}, {})
    with pytest.raises(Locked), desk.open():
        pass


def test_vault_object_is_gone_with_the_lock(desk: Workplace) -> None:
    """No open vault, and so no key, is left in the process after locking."""
    desk.unlock(PASSPHRASE)
    desk.lock()
    assert [each for each in gc.get_objects() if isinstance(each, Vault)] == []


def test_locks_after_ten_idle_minutes_and_not_before(desk: Workplace, clock: Clock) -> None:
    """Ten minutes after the last use, also when a use came in between."""
    assert desk.idle_seconds == 600
    desk.unlock(PASSPHRASE)
    clock.seconds = 599
    desk.lock_if_idle()
    with desk.open():
        pass
    clock.seconds = 1198
    desk.lock_if_idle()
    assert desk.is_open
    clock.seconds = 1199
    desk.lock_if_idle()
    assert not desk.is_open


def test_time_asleep_counts() -> None:
    """The clock of the lock is one that goes on while a laptop is closed."""
    assert abs(workplaces.moment() - time.clock_gettime(time.CLOCK_BOOTTIME)) < 5


def test_lock_waits_for_the_request_in_the_vault(desk: Workplace) -> None:
    """Who is in the vault finishes; the lock comes right after."""
    desk.unlock(PASSPHRASE)
    locker = threading.Thread(target=desk.lock)
    with desk.open() as vault:
        locker.start()
        locker.join(0.2)
        assert locker.is_alive()
        assert vault.count("case_key") == 1
    locker.join(10)
    assert not desk.is_open


def test_wrong_passphrases_make_the_next_one_wait(
    desk: Workplace, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the third on the wait doubles up to a minute, and a try too soon is not looked at."""
    waits = []
    for _each in range(10):
        with pytest.raises(WrongPassphrase):
            desk.unlock("niet het wachtwoord")
        before = clock.seconds
        while True:
            with monkeypatch.context() as patch:
                patch.setattr(Vault, "open", lambda *_unused: pytest.fail("it was looked at"))
                try:
                    desk.unlock(PASSPHRASE)
                except TooSoon:
                    clock.seconds += 0.5
                except pytest.fail.Exception:
                    break
        waits.append(clock.seconds - before)
    assert waits == [0, 0, 2, 4, 8, 16, 32, 60, 60, 60]
    desk.unlock(PASSPHRASE)
    with pytest.raises(WrongPassphrase):
        desk.unlock("niet het wachtwoord")
    desk.unlock(PASSPHRASE)  # the count began anew


def test_memory_is_emptied_when_a_command_changed_the_vault(desk: Workplace) -> None:
    """What pages keep in memory cannot outlive a change that they did not make."""
    desk.unlock(PASSPHRASE)
    with desk.cases():
        desk.memory["index"] = [STORY]
    with desk.cases() as vault:
        vault.put("setting", b"own change", b"")
    with desk.cases():
        assert desk.memory["index"] == [STORY]
    with Vault.open(desk.path, PASSPHRASE) as other:
        other.put("setting", b"test", b"")
    with desk.cases():
        assert desk.memory == {}


def test_another_vault_in_its_place_locks(desk: Workplace, tmp_path: Path) -> None:
    """Nothing is written into a file that a restore has replaced."""
    desk.unlock(PASSPHRASE)
    copy = tmp_path / "copy"
    shutil.copy(desk.path, copy)
    copy.replace(desk.path)
    with pytest.raises(Locked), desk.open():
        pass
    assert not desk.is_open


def test_vaults_without_cases_say_what_they_lack(world: World, desk: Workplace) -> None:
    """An owner's vault, one without a card and a restored one show no cases."""
    for name, error in (("owner", NotAHandlersVault), ("bram", ImportFirst)):
        other = Workplace(world.path(name), today=lambda: TODAY)
        if name == "bram":
            with world.vault(name) as vault:
                outbox.save_courier(vault, replace(outbox.courier(vault), import_first=True))
        other.unlock(PASSPHRASE)
        with pytest.raises(error), other.cases():
            pass


def test_typed_too_late_is_sealed_until_the_vault_opens(desk: Workplace) -> None:
    """What comes while it is locked is kept, but in no readable form."""
    assert not desk.late.keep(STORY)  # it was never open: there is nobody to seal to
    desk.unlock(PASSPHRASE)
    desk.lock()
    assert desk.late.keep(STORY)
    assert not desk.late.keep("  \n")
    held = [each for each in gc.get_objects() if isinstance(each, bytes | str)]
    assert STORY.encode() not in held
    desk.unlock(PASSPHRASE)
    with desk.open() as vault:
        assert desk.late.texts(vault) == [STORY]
    desk.late.forget()
    assert len(desk.late) == 0


def test_locked_desk_shows_nothing_and_keeps_what_is_posted(world: World) -> None:
    """In the real process: lock, post, unlock; the text is shown once more and not sent."""
    with running_desk(world.path("anna")) as running:
        running.enter()
        assert running.unlock("fout wachtwoord").status == 400
        assert running.unlock(PASSPHRASE).status == 303
        assert running.ask("/cases").status == 200
        assert running.post("/lock").headers["Location"] == "/unlock"
        for path in ("/", "/cases", "/unlock/late"):
            assert running.ask(path).headers["Location"] == "/unlock"
        late = running.post("/unlock/late", text=STORY)
        assert late.headers["Location"] == "/unlock"
        assert STORY not in running.ask("/unlock").text
        assert running.unlock(PASSPHRASE).headers["Location"] == "/unlock/late"
        assert STORY in running.ask("/unlock/late").text
        running.post("/unlock/late")
        assert STORY not in running.ask("/unlock/late").text


def test_form_for_a_replaced_vault_is_not_lost(desk: Workplace, tmp_path: Path) -> None:
    """A text that comes when the vault's file was just replaced is there after unlocking."""
    visitor = client(desk, unlock=PASSPHRASE)
    copy = tmp_path / "copy"
    shutil.copy(desk.path, copy)
    token = visitor.token()
    copy.replace(desk.path)
    found = visitor.post("/start/request", token=token, text=STORY)
    assert found.headers["Location"] == "/unlock"
    assert visitor.post("/unlock", passphrase=PASSPHRASE).headers["Location"] == "/unlock/late"
    assert STORY in visitor.get("/unlock/late").text


@pytest.mark.parametrize("name", door.WRITTEN)
def test_no_field_that_is_written_in_is_lost_by_the_lock(desk: Workplace, name: str) -> None:
    """A reason, a note's why and an aftercare text come back as an answer does; nothing else."""
    visitor = client(desk, unlock=PASSPHRASE)
    token = visitor.token()
    desk.lock()
    visitor.post("/cases/00000000", token=token, **{name: STORY, "outcome": "merkteken-uil"})
    visitor.post("/unlock", passphrase=PASSPHRASE)
    shown = visitor.get("/unlock/late").text
    assert STORY in shown
    assert "merkteken-uil" not in shown


def test_erasure_that_could_not_finish_is_shown(desk: Workplace) -> None:
    """As the commands do, every page says that the file still has to be rewritten."""
    visitor = client(desk, unlock=PASSPHRASE)
    assert "could not be rewritten" not in visitor.get("/cases").text
    with desk.open() as vault:
        vault.unfinished = True
    assert "could not be rewritten" in visitor.get("/cases").text


def test_busy_vault_is_a_page(desk: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a command holds the vault, the pages say so and go on afterwards."""
    monkeypatch.setattr(vault_rows, "BUSY_SECONDS", 0.1)
    visitor = client(desk)
    with Vault.open(desk.path, PASSPHRASE) as held:
        held._database.execute("BEGIN EXCLUSIVE")
        found = visitor.post("/unlock", passphrase=PASSPHRASE)
        held._database.execute("ROLLBACK")
    assert "Another program is using the vault" in found.text
    assert found.status_code == 400
    assert visitor.post("/unlock", passphrase=PASSPHRASE).status_code == 303


def test_idle_page_goes_away_without_script(world: World, browser: Browser) -> None:
    """A page that nobody uses shows the lock by itself, also in a browser without scripts."""
    with running_desk(world.path("anna"), idle_seconds=IDLE) as running:
        page = visit(browser, running, script=False)
        page.wait_for_url("**/unlock", timeout=30_000)
        expect(page.locator("h1")).to_have_text("The desk is locked")
        page.context.close()


def test_who_types_is_not_locked_out_and_who_left_loses_nothing(
    world: World, browser: Browser
) -> None:
    """Typing counts as use; after it the page goes away, and the text is there again."""
    with running_desk(world.path("anna"), idle_seconds=IDLE) as running:
        page = visit(browser, running)
        page.evaluate(
            "() => { const box = document.createElement('textarea'); box.name = 'text';"
            " document.querySelector('main').append(box); }"
        )
        deadline = time.monotonic() + 2 * IDLE
        while time.monotonic() < deadline:
            page.locator("textarea").press_sequentially("a")
            page.wait_for_timeout(300)
            assert page.url.endswith("/cases")
        page.locator("textarea").fill(STORY)
        page.wait_for_url("**/unlock", timeout=30_000)
        assert STORY not in page.content()
        page.locator("#passphrase").fill(PASSPHRASE)
        page.locator("main button").click()
        expect(page.locator("textarea")).to_have_value(STORY)
        page.context.close()


def test_lock_by_key_and_by_button(world: World, browser: Browser) -> None:
    """Alt and L locks from any page; afterwards going back shows nothing of before."""
    with running_desk(world.path("anna")) as running:
        page = visit(browser, running)
        assert page.locator("#lock button").get_attribute("accesskey") == "l"
        press_alt_l(page)
        expect(page.locator("h1")).to_have_text("The desk is locked")
        page.go_back()
        expect(page.locator("h1")).to_have_text("The desk is locked")
        assert running.address.rpartition("/")[2] not in page.url
        page.context.close()


def test_stretching_is_what_new_vaults_get() -> None:
    """A vault made by the pages costs a guess as much as one that a command makes."""
    assert Workplace(Path("x"), today=lambda: TODAY).cost == vault_seal.MODERATE
    assert re.fullmatch(r"Workplace\(…\)", repr(Workplace(Path("x"), today=lambda: TODAY)))
