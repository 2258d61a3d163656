"""The pages about keys, backups and people who go do what they say, and say what they do."""

from __future__ import annotations

import re
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from dropbox.desk import activity, keyring, notes, outbox
from dropbox.desk.keyring import INTAKE_MONTHS
from dropbox.desk.pages.workplace import Workplace
from dropbox.desk.vault import Vault
from dropbox.desk.vault_seal import SENSITIVE
from dropbox.protocol import box
from dropbox.protocol.certificate import read_request
from dropbox.protocol.channel_card import read_card
from dropbox.protocol.keys import ReporterKeys
from tests.desk_process import Visitor, client
from tests.desk_world import CHEAP, PASSPHRASE, SITE_ID, TODAY, World

OTHER = "een heel andere zin"
PAGES = ("/keys", "/keys/passphrase", "/keys/activity", "/keys/rehearse", "/keys/lost")


@pytest.fixture
def keys(world: World) -> ReporterKeys:
    """Return a reporter whose report anna has."""
    found = world.reporter()
    world.take_in("anna", world.report(found), world.card.raw)
    return found


def desk_of(world: World, name: str = "anna") -> Workplace:
    """Return a workplace on a vault, on the world's day."""
    return Workplace(world.path(name), today=lambda: world.today, cost=CHEAP)


def at(world: World, name: str = "anna", language: str = "en") -> Visitor:
    """Open the pages of a vault."""
    return client(desk_of(world, name), unlock=PASSPHRASE, language=language)


def plain(html: str) -> str:
    """Return a page's words."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_page_tells_what_this_desk_holds(world: World, keys: ReporterKeys) -> None:
    """Own id and role, keys by month, the card with its end, colleagues, days of import."""
    said = plain(at(world).get("/keys").text)
    for name in ("anna", "bram"):
        assert world.handler_id(name).hex() in said
        assert f"role {name}" in said
    assert world.card.fingerprint in said
    assert "1 November 2026 30 November 2026 4 January 2027 yes" in said
    assert said.count(" yes ") == INTAKE_MONTHS
    assert "Last import 21 November 2026" in said
    assert "What is sealed today can be opened until 4 January 2027" in said
    assert keys.mailbox_id.hex()[:8] not in said


def test_pages_hold_no_secret(world: World, keys: ReporterKeys) -> None:
    """No page of keys shows a seed, a secret half or a passphrase."""
    with world.vault("anna") as vault:
        desk = keyring.load(vault)
    secrets = [desk.seed.hex(), *(each.secret.hex() for each in desk.intake), PASSPHRASE]
    visitor = at(world)
    for path in (*PAGES, "/keys/leaving"):
        found = visitor.get(path)
        assert found.status_code == 200
        assert not [each for each in secrets if each in found.text]


@pytest.mark.parametrize(("name", "path"), [("anna", "/keys"), ("owner", "/keys")])
def test_locked_desk_shows_no_keys(world: World, name: str, path: str) -> None:
    """While the vault is locked every one of these pages leads to the lock."""
    visitor = client(desk_of(world, name))
    for each in (*PAGES, path, "/keys/leaving"):
        assert visitor.get(each).headers["Location"] == "/unlock"
    for each in ("/keys/backup", "/keys/request", "/keys/passphrase", "/keys/rehearse"):
        assert visitor.post(each).headers["Location"] == "/unlock"


def test_reminder_begins_thirty_days_before_the_end(world: World, keys: ReporterKeys) -> None:
    """Every page has one line from then on; new keys and a new card end it."""
    visitor, ends = at(world), world.card.expires
    visitor.post("/keys/backup")
    world.today = ends - timedelta(days=31)
    visitor.post("/keys/backup", date_is_right="1")
    assert "channel card ends" not in visitor.get("/cases").text
    world.today = ends - timedelta(days=30)
    for path in ("/cases", "/bundles", "/keys"):
        assert "The channel card ends on 1 March 2027" in plain(visitor.get(path).text)
    asked = visitor.post("/keys/request", nl="rol anna", en="role anna").data
    assert "You made new keys: give the request" in visitor.get("/cases").text
    world.card = world.sign([asked, world.request("bram")])
    world.pin("anna")
    for over in ("The channel card ends", "give the request to the owner"):
        assert over not in visitor.get("/cases").text


def test_reminder_of_keys_and_of_an_ended_card(world: World, keys: ReporterKeys) -> None:
    """When the keys themselves end, or the card has ended, the line says so."""
    visitor = at(world)
    world.today = date(2027, 4, 5)
    assert "The channel card ended on 1 March 2027" in plain(visitor.get("/keys").text)
    world.today = world.card.expires - timedelta(days=1)
    with world.vault("anna") as vault, vault.transaction():
        desk = keyring.load(vault)
        early = tuple(each for each in desk.intake if each.first_day < date(2027, 3, 1))
        keyring.save_setting(vault, b"desk", keyring.replace(desk, intake=early))
    assert "Your keys end on 28 February 2027" in plain(at(world).get("/keys").text)


def test_no_reminder_while_another_request_is_at_work(world: World, keys: ReporterKeys) -> None:
    """A page that needs no vault does not wait for one that has it."""
    desk = desk_of(world)
    visitor = client(desk, unlock=PASSPHRASE)
    assert "There is no backup" in visitor.get("/nowhere").text
    desk._turn = Taken()  # type: ignore[assignment]
    assert "There is no backup" not in visitor.get("/nowhere").text


class Taken:
    """A turn that somebody else has."""

    def acquire(self, *, blocking: bool) -> bool:
        """Refuse."""
        assert not blocking
        return False


def test_new_keys_at_once_replace_those_of_running_months(world: World, keys: ReporterKeys) -> None:
    """A fresh request offers other keys for the same months; older envelopes still open."""
    late = world.report(world.reporter(), "anna", text="Nog aan de oude sleutel.")
    visitor = at(world)
    usual = visitor.post("/keys/request", nl="rol anna", en="role anna").data
    fresh = visitor.post("/keys/request", nl="rol anna", en="role anna", fresh="1").data
    before, after = read_request(usual, SITE_ID), read_request(fresh, SITE_ID)
    assert before.handler_id == after.handler_id
    assert {each.first_day for each in before.intake_keys} == {
        each.first_day for each in after.intake_keys
    }
    assert not {box.key_id(each.x_pk) for each in before.intake_keys} & {
        box.key_id(each.x_pk) for each in after.intake_keys
    }
    assert visitor.get("/keys").text.count("2 keys, the newest is used") == INTAKE_MONTHS
    world.card = world.sign([fresh])
    world.pin("anna")
    new = world.report(world.reporter(), "anna", text="Aan de nieuwe.")
    assert world.take_in("anna", late, new).reports == 2
    again = visitor.post("/keys/request", nl="rol anna", en="role anna").data
    assert [each.x_pk for each in read_request(again, SITE_ID).intake_keys] == [
        each.x_pk for each in after.intake_keys
    ]


def test_request_without_a_role_is_refused_on_the_page(world: World) -> None:
    """The reason stands on the page, and no key is made."""
    found = at(world).post("/keys/request", nl="", en="x", fresh="1")
    assert (found.status_code, "60" in found.text) == (400, True)
    with world.vault("anna") as vault:
        assert len(keyring.load(vault).intake) == INTAKE_MONTHS


def test_passphrase_is_changed_by_who_knows_it(world: World) -> None:
    """The old one is asked again; what is wrong is said; older backups open with the old one."""
    visitor = at(world)
    old = visitor.post("/keys/backup").data
    for current, fresh, again, said in (
        ("iets anders hier", OTHER, OTHER, "passphrase is wrong"),
        (PASSPHRASE, OTHER, "nog iets anders", "not the same"),
        (PASSPHRASE, "kort", "kort", "too short"),
    ):
        form = {"current": current, "passphrase": fresh, "again": again}
        found = visitor.post("/keys/passphrase", **form)
        assert found.status_code >= 400
        assert said in found.text
        assert fresh not in found.text
    Vault.open(world.path("anna"), PASSPHRASE).close()
    form = {"current": PASSPHRASE, "passphrase": OTHER, "again": OTHER, "cost": "usual"}
    assert visitor.post("/keys/passphrase", **form).headers["Location"] == "/keys"
    page = visitor.get("/keys").text
    assert "Older backups still open with the old one" in page
    assert "Older backups" not in visitor.get("/keys").text
    with Vault.open(world.path("anna"), OTHER) as vault:
        assert vault.head.cost == CHEAP
    for typed, opens in ((OTHER, False), (PASSPHRASE, True)):
        form = {"file": (BytesIO(old), "x"), "passphrase": typed}
        assert (visitor.post("/keys/rehearse", **form).status_code == 200) == opens


def test_a_dearer_guess_can_be_chosen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The form says what each choice costs, and the vault has the chosen one."""
    visitor = at(world)
    assert "1024 MiB, 4 passes" in plain(visitor.get("/keys/passphrase").text)
    chosen = []
    monkeypatch.setattr(
        Vault, "change_passphrase", lambda _vault, _fresh, cost: chosen.append(cost)
    )
    form = {"current": PASSPHRASE, "passphrase": OTHER, "again": OTHER, "cost": "strong"}
    visitor.post("/keys/passphrase", **form)
    assert chosen == [SENSITIVE]


def test_backup_is_saved_rehearsed_and_restored_by_pages(
    world: World, keys: ReporterKeys, tmp_path: Path
) -> None:
    """From the button to a restored vault at an empty place, without a command."""
    visitor = at(world)
    assert "There is no backup of this vault" in visitor.get("/cases").text
    files = sorted(world.folder.iterdir())
    found = visitor.post("/keys/backup")
    assert sorted(world.folder.iterdir()) == files
    assert found.headers["Content-Disposition"].endswith('"meldkluis-2026-11-21.backup"')
    assert "There is no backup" not in visitor.get("/cases").text
    assert "26 December 2026" in visitor.get("/keys").text
    told = visitor.post("/keys/rehearse", file=(BytesIO(found.data), "x"), passphrase=PASSPHRASE)
    assert "opens to its last row" in told.text
    assert "Cases that open with all that is in them 1" in plain(told.text)
    empty = Workplace(tmp_path / "elsewhere.vault", today=lambda: TODAY, cost=CHEAP)
    new = client(empty)
    assert "/start/restore" in new.get("/start").text
    form = {"file": (BytesIO(found.data), "x"), "passphrase": PASSPHRASE, "step": "rehearse"}
    assert "opens to its last row" in new.post("/start/restore", **form).text
    assert not empty.is_there
    form = {"file": (BytesIO(found.data), "x"), "passphrase": PASSPHRASE, "step": "restore"}
    assert new.post("/start/restore", **form).headers["Location"] == "/keys"
    assert "with --again" in new.get("/keys").text
    assert new.get("/start/restore").headers["Location"] == "/start"
    with Vault.open(empty.path, PASSPHRASE) as vault:
        assert outbox.courier(vault).import_first


def test_what_cannot_be_restored_makes_no_vault(
    world: World, keys: ReporterKeys, tmp_path: Path
) -> None:
    """A wrong passphrase, a damaged or expired backup and no file at all are said on the page."""
    raw = at(world).post("/keys/backup").data
    empty = Workplace(tmp_path / "elsewhere.vault", today=lambda: world.today, cost=CHEAP)
    visitor = client(empty)
    cases = [(raw, OTHER, "wrong"), (raw[:-1], PASSPHRASE, "damaged"), (b"", PASSPHRASE, "damaged")]
    for step in ("restore", "rehearse"):
        for content, typed, said in cases:
            form = {"file": (BytesIO(content), "x"), "passphrase": typed, "step": step}
            found = visitor.post("/start/restore", **form)
            assert found.status_code >= 400
            assert said in found.text
            assert typed not in found.text
    assert "Choose a file" in visitor.post("/start/restore", passphrase=PASSPHRASE).text
    world.today = TODAY + timedelta(days=36)
    form = {"file": (BytesIO(raw), "x"), "passphrase": PASSPHRASE}
    assert "expired" in visitor.post("/start/restore", **form).text
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith("else")] == []


def test_vault_that_is_there_is_not_restored_over(world: World, keys: ReporterKeys) -> None:
    """The page of the first run touches no vault, and another's backup is said to be that."""
    raw = at(world, "bram").post("/keys/backup").data
    visitor = at(world)
    before = world.path("anna").read_bytes()
    form = {"file": (BytesIO(raw), "x"), "passphrase": PASSPHRASE}
    assert "stands there already" in visitor.post("/start/restore", **form).text
    assert world.path("anna").read_bytes() == before
    form = {"file": (BytesIO(raw), "x"), "passphrase": PASSPHRASE}
    assert "of another handler" in visitor.post("/keys/rehearse", **form).text


def test_doubtful_date_is_asked_about(world: World, keys: ReporterKeys) -> None:
    """No backup is made on a day before the last import, until a person vouches for it."""
    visitor = at(world)
    world.today = TODAY - timedelta(days=9)
    found = visitor.post("/keys/backup")
    assert found.status_code >= 400
    assert "12 November 2026" in found.text
    found = visitor.post("/keys/backup", date_is_right="1")
    assert found.data[:4] == b"MKBK"


def test_uploaded_backup_leaves_no_name_on_the_disk(
    world: World, keys: ReporterKeys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the system's temporary folder is, nothing is left in it or beside the vault."""
    (tmp_path / "t").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "t"))
    visitor = at(world)
    files = sorted(world.folder.iterdir())
    raw = visitor.post("/keys/backup").data
    for typed in (PASSPHRASE, OTHER):
        visitor.post("/keys/rehearse", file=(BytesIO(raw), "x"), passphrase=typed)
    assert list((tmp_path / "t").iterdir()) == []
    assert sorted(world.folder.iterdir()) == files


def test_owner_removes_a_handler(world: World) -> None:
    """A page says what it means; the card that comes has the others, and the next version."""
    visitor, gone = at(world, "owner"), world.handler_id("bram").hex()
    assert f"/channel/handlers/{gone}" in visitor.get("/channel").text
    page = visitor.get(f"/channel/handlers/{gone}").text
    assert "seal nothing to this handler any more" in page
    assert visitor.post(f"/channel/handlers/{gone}").headers["Location"] == "/channel#signed"
    card = read_card(visitor.post("/channel/card").data, SITE_ID, TODAY)
    assert card.version == world.card.version + 1
    assert [each.handler_id for each in card.handlers] == [world.handler_id("anna")]
    assert visitor.get(f"/channel/handlers/{gone}").status_code == 400
    last = world.handler_id("anna").hex()
    assert "the only handler" in visitor.get(f"/channel/handlers/{last}").text
    assert "at least one handler" in visitor.post(f"/channel/handlers/{last}").text


def test_owner_signs_after_the_version_of_the_site(world: World) -> None:
    """After a restore the next card is higher than the one that the site has."""
    visitor = at(world, "owner")
    for typed, version in (("41", 42), ("-3", 43), ("x", 44)):
        visitor.post("/channel/sign", after_version=typed)
        card = read_card(visitor.post("/channel/card").data, SITE_ID, TODAY)
        assert card.version == version


def test_owner_sees_own_keys_and_reminder(world: World) -> None:
    """The owner's page has the fingerprint and the end of the card; no page of cases opens."""
    world.card = world.sign()
    visitor = at(world, "owner")
    page = visitor.get("/keys").text
    assert world.card.fingerprint in page
    assert "No report can be read with it" in page
    world.today = world.card.expires - timedelta(days=30)
    assert "The card that you signed ends on" in visitor.get("/channel").text
    assert "Choose the handler" in visitor.get("/keys/lost").text
    assert visitor.get("/keys/leaving").headers["Location"] == "/start"


def test_handler_who_leaves_hands_over_what_may_be_read(world: World, keys: ReporterKeys) -> None:
    """Open cases go to a colleague by notes; one that excludes the colleague stays."""
    only = world.reporter()
    world.take_in("anna", world.report(only, "anna"))
    own, to = world.handler_id("anna"), world.handler_id("bram").hex()
    for each in (keys, only):
        world.write("anna", notes.assign, each, own)
    visitor = at(world)
    assert "You do 2 open cases" in plain(visitor.get("/keys/leaving").text)
    assert visitor.post("/keys/leaving", to="00" * 8).status_code == 400
    visitor.post("/keys/leaving", to=to)
    page = plain(visitor.get("/keys/leaving").text)
    assert "Handed over: 1" in page
    assert "You do 1 open case." in page
    assert world.case("anna", keys).assignee() == bytes.fromhex(to)
    assert world.case("anna", only).assignee() == own


def test_log_page_shows_numbers(world: World, keys: ReporterKeys) -> None:
    """What was done stands there by day, and nothing of the case."""
    visitor = at(world)
    visitor.post("/keys/backup")
    said = plain(visitor.get("/keys/activity").text)
    assert "21 November 2026" in said
    assert "backup made: 1" in said
    assert keys.mailbox_id.hex()[:8] not in said
    with world.vault("anna") as vault:
        assert activity.read(vault, TODAY).damaged == 0


def test_hostile_roles_of_colleagues_do_nothing(tmp_path: Path) -> None:
    """A role full of tags stands on these pages as text."""
    world = World(tmp_path, ("anna", "<script>x"))
    visitor = at(world)
    page = visitor.get("/keys").text
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page
