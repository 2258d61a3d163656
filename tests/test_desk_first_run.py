"""From an empty place to a handler with a card, by a real browser and file choosers alone."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dropbox.desk import keyring
from dropbox.desk.pages.workplace import Workplace
from dropbox.desk.vault import Vault
from dropbox.protocol.channel_card import read_card
from tests import live
from tests.desk_office import SITE_TOML
from tests.desk_process import Visitor, client, running_desk
from tests.desk_world import CHEAP, PASSPHRASE, SITE_ID, TODAY, World

TEXTS = {
    f"{code}-{field}": f"{field} {code}"
    for code in ("nl", "en")
    for field in ("name", "runs", "reads", "about")
}


@pytest.fixture
def site_toml(tmp_path: Path) -> Path:
    """Return the file that an operator gives."""
    path = tmp_path / "site.toml"
    path.write_text(SITE_TOML, "utf-8")
    return path


@pytest.fixture
def empty(tmp_path: Path) -> Workplace:
    """Return a workplace without a vault."""
    return Workplace(tmp_path / "vault", today=lambda: TODAY, cost=CHEAP)


def press(page: Page, name: str) -> None:
    """Press a button, and wait for the page that comes."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def fill_vault(page: Page, site_toml: Path) -> None:
    """Fill in what every new vault needs."""
    page.get_by_label("New passphrase").fill(PASSPHRASE)
    page.get_by_label("The passphrase once more").fill(PASSPHRASE)
    page.get_by_label("The site's settings").set_input_files(site_toml)


def saved(page: Page, button: str, path: Path) -> Path:
    """Press a button that hands out a file, and keep the file."""
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    download.value.save_as(path)
    return path


def parts(toml: str = SITE_TOML, **changed: str) -> dict[str, object]:
    """Return what the form of a new vault sends."""
    file = (BytesIO(toml.encode()), "site.toml")
    return {"passphrase": PASSPHRASE, "again": PASSPHRASE, "site_toml": file, **changed}


def make_channel(owner: Page, address: str, site_toml: Path) -> str:
    """Make a channel's identity; return the fingerprint that the page shows."""
    owner.goto(address)
    owner.get_by_role("link", name="Make a channel").click()
    fill_vault(owner, site_toml)
    owner.get_by_label("Short name").fill("bureau")
    for name, text in TEXTS.items():
        owner.locator(f"[name='{name}']").fill(text)
    press(owner, "Make the channel")
    return owner.locator("dd.key").inner_text()


def make_handler(anna: Page, address: str, site_toml: Path, request: Path) -> str:
    """Make a handler's vault and a request; return the handler id that the page shows."""
    anna.goto(address)
    anna.get_by_role("link", name="Make a handler's vault").click()
    fill_vault(anna, site_toml)
    press(anna, "Make the vault")
    anna.get_by_label("Role in Dutch").fill("adviseur")
    anna.get_by_label("Role in English").fill("adviser")
    saved(anna, "Save the request", request)
    return anna.locator("p.key").inner_text()


def test_two_people_open_a_channel_by_hand(
    browser: Browser, tmp_path: Path, site_toml: Path
) -> None:
    """An owner and a handler, each with a browser, pass files and a fingerprint to each other."""
    context = browser.new_context(accept_downloads=True)
    context.set_default_timeout(live.TIMEOUT_MILLISECONDS)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    request, card = tmp_path / "anna.request", tmp_path / "bureau.card"
    with (
        running_desk(tmp_path / "owner.vault") as owners,
        running_desk(tmp_path / "anna.vault") as annas,
    ):
        owner, anna = context.new_page(), context.new_page()
        fingerprint = make_channel(owner, owners.address, site_toml)
        assert len(fingerprint.replace(" ", "")) == 25
        handler_id = make_handler(anna, annas.address, site_toml, request)

        owner.get_by_label("Requests").set_input_files(request)
        press(owner, "Look at them")
        assert handler_id in owner.locator("#offered").inner_text()
        press(owner, "Sign the next card")
        saved(owner, "Save the card", card)

        anna.goto(f"{annas.origin}/start")
        anna.locator("#card").set_input_files(card)
        anna.get_by_label("The fingerprint").fill(fingerprint.lower())
        press(anna, "Compare and take in")
        expect(anna.locator("dl.facts")).to_contain_text("name en")
        anna.goto(f"{annas.origin}/cases")
        expect(anna.locator("main")).to_contain_text("There are no cases")
    origins = {re.sub(r"^(http://127\.0\.0\.1:\d+)/.*", r"\1", each) for each in asked}
    assert origins == {owners.origin, annas.origin}
    with Vault.open(tmp_path / "anna.vault", PASSPHRASE) as vault:
        pinned = keyring.card_for_reading(vault, TODAY)
    assert pinned.fingerprint == fingerprint
    assert [each.handler_id.hex() for each in pinned.handlers] == [handler_id]
    context.close()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (parts(again="iets anders helemaal"), "not the same"),
        (parts(passphrase="kort", again="kort"), "too short"),
        (parts("geen = [toml"), "site.toml"),
        ({"passphrase": PASSPHRASE, "again": PASSPHRASE}, "Choose a file"),
    ],
)
def test_wrong_answers_make_no_vault(empty: Workplace, sent: dict[str, object], said: str) -> None:
    """What is wrong is said on the form, no passphrase is given back, and no file is made."""
    visitor = client(empty)
    if "site_toml" in sent:
        file, name = sent["site_toml"]  # type: ignore[misc]
        sent = {**sent, "site_toml": (BytesIO(file.getvalue()), name)}
    found = visitor.post("/start/handler", **sent)
    assert 400 <= found.status_code <= 500
    assert said in found.text
    assert PASSPHRASE not in found.text
    assert not empty.is_there


def test_wrong_plan_of_a_channel_is_said_and_the_words_stay(empty: Workplace) -> None:
    """A short name that cannot be loses none of the texts."""
    visitor = client(empty)
    sent = parts(slug="Geen Slug!", kind="integrity", **TEXTS)
    found = visitor.post("/start/owner", **sent)
    assert found.status_code == 400
    assert "reads nl" in found.text
    assert "about en" in found.text
    assert not empty.is_there
    assert (
        visitor.post("/start/owner", **parts(slug="wel-goed", kind="x", **TEXTS)).status_code == 400
    )


def test_vault_that_is_there_is_never_replaced(world: World) -> None:
    """No page of the first run touches a vault that stands there, open or locked."""
    desk = Workplace(world.path("anna"), today=lambda: TODAY)
    visitor = client(desk)
    before = desk.path.read_bytes()
    for path in ("/start/handler", "/start/owner"):
        assert visitor.get(path).headers["Location"] == "/start"
        assert "stands there already" in visitor.post(path, **parts()).text
    assert desk.path.read_bytes() == before


def handler_without_card(desk: Workplace) -> Visitor:
    """Make a handler's vault by its page."""
    visitor = client(desk)
    assert visitor.post("/start/handler", **parts()).headers["Location"] == "/start"
    return visitor


def test_card_is_refused_without_its_fingerprint(empty: Workplace, world: World) -> None:
    """A card whose fingerprint nobody typed, or another one, or that has not us, stays out."""
    visitor = handler_without_card(empty)
    assert visitor.get("/cases").headers["Location"] == "/start"
    raw, right = world.card.raw, world.card.fingerprint
    for content, typed, said in (
        (raw, "", "Type the fingerprint"),
        (raw, "AAAAA" * 5, "does not fit"),
        (raw, right, "does not name you"),
        (raw[:-1], right, "malformed"),
        (b"", right, "Choose a file"),
        (b"x" * 70_000, right, "too large"),
    ):
        form = {"card": (BytesIO(content), "x.card"), "fingerprint": typed}
        found = visitor.post("/start/card", **form)
        assert found.status_code >= 400
        assert said in found.text
    assert visitor.get("/cases").headers["Location"] == "/start"


def test_request_needs_a_role(empty: Workplace) -> None:
    """An empty or endless role is refused on the page; a good one is a file."""
    visitor = handler_without_card(empty)
    for nl in ("", "x" * 61):
        found = visitor.post("/start/request", nl=nl, en="adviser")
        assert (found.status_code, "60" in found.text) == (400, True)
    found = visitor.post("/start/request", nl="adviseur", en="adviser")
    assert found.data[:4] == b"MKRQ"
    assert re.fullmatch(
        r"attachment; filename=[0-9a-f]{16}\.request", found.headers["Content-Disposition"]
    )


def test_owner_signs_only_whom_the_page_showed(world: World) -> None:
    """Requests of others than this site are refused; who was forgotten is not on the card."""
    desk = Workplace(world.path("owner"), today=lambda: TODAY)
    visitor = client(desk, unlock=PASSPHRASE)
    assert visitor.get("/cases").headers["Location"] == "/start"
    assert visitor.get("/start").headers["Location"] == "/channel"
    assert "Cases" not in visitor.get("/channel").text
    assert visitor.post("/channel/requests").status_code == 400
    wrong = visitor.post("/channel/requests", requests=(BytesIO(b"MKRQ" + bytes(99)), "x"))
    assert "another version" in wrong.text
    before = len(world.card.handlers)
    asked = world.request("anna")
    visitor.post("/channel/requests", requests=(BytesIO(asked), "x"))
    assert world.handler_id("anna").hex() in visitor.get("/channel").text
    visitor.post("/channel/forget")
    visitor.post("/channel/sign")
    card = read_card(visitor.post("/channel/card").data, SITE_ID, TODAY)
    assert (card.version, len(card.handlers)) == (world.card.version + 1, before)


def test_hostile_roles_look_like_what_they_are(empty: Workplace, world: World) -> None:
    """A handler's role full of tags and control characters is shown, and does nothing."""
    owner = client(Workplace(world.path("owner"), today=lambda: TODAY), unlock=PASSPHRASE)
    visitor = handler_without_card(empty)
    asked = visitor.post("/start/request", nl="<b>&amp;</b>", en="<script>alert(1)</script>").data
    owner.post("/channel/requests", requests=(BytesIO(asked), "x"))
    page = owner.get("/channel").text
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


def multipart(token: str, content: bytes) -> bytes:
    """Return a form with a file as a browser sends it, made without a temporary file."""
    head = f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
    head += '--x\r\nContent-Disposition: form-data; name="card"; filename="x"\r\n\r\n'
    return head.encode() + content + b"\r\n--x--\r\n"


def test_uploads_stay_in_memory(empty: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    """No temporary file is made, however large what is chosen."""
    visitor = handler_without_card(empty)

    def refuse(*_unused: object, **_unused_too: object) -> None:
        raise AssertionError("a temporary file was made")

    for name in ("TemporaryFile", "SpooledTemporaryFile", "NamedTemporaryFile", "mkstemp"):
        monkeypatch.setattr(f"tempfile.{name}", refuse)
    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", refuse)
    for size, status in ((3_000_000, 400), (5_000_000, 413)):
        found = visitor.send("/start/card", multipart(visitor.token(), bytes(size)))
        assert found.status_code == status
