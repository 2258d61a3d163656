"""The list of cases: filters that leave no trace, pages, and what is done to many."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest

from dropbox.desk.pages.workplace import Workplace
from dropbox.desk.replies import reply
from dropbox.protocol import reporter, withdrawal
from dropbox.protocol.keys import ReporterKeys
from tests.desk_process import Visitor, client
from tests.desk_world import CHEAP, PASSPHRASE, TODAY, World, envelopes

NUMBER = re.compile(r'name="case" value="([0-9a-f]+)"')


@pytest.fixture
def desk(world: World) -> Workplace:
    """Return anna's workplace."""
    return Workplace(world.path("anna"), today=lambda: world.today, cost=CHEAP)


@pytest.fixture
def visitor(desk: Workplace) -> Visitor:
    """Enter anna's empty desk."""
    return client(desk, unlock=PASSPHRASE)


def number(keys: ReporterKeys) -> str:
    """Return the number of a case."""
    return keys.mailbox_id.hex()[:8]


def file(world: World, count: int, **changes: object) -> list[ReporterKeys]:
    """Bring reports to anna."""
    found = [world.reporter() for _ in range(count)]
    world.take_in("anna", *(world.report(each, **changes) for each in found))
    return found


def listed(visitor: Visitor, **asked: str) -> list[str]:
    """Return the numbers that the list shows, after asking it for something."""
    if asked:
        assert visitor.post("/cases/ask", **asked).status_code == 303
    return NUMBER.findall(visitor.get("/cases").text)


def test_filter_search_and_order(visitor: Visitor, world: World) -> None:
    """Each filter, a word with other accents and capitals, and a case's number find their cases."""
    (first,) = file(world, 1, text="De kopieën lagen er nog.", unit="parks", conduct=("bullying",))
    (second,) = file(world, 1, mode="confidential", name="Jan Kopie", day=TODAY - timedelta(days=9))
    world.write("anna", reply, second, "Dank je.", state="in_conversation")
    both = {number(first), number(second)}
    assert set(listed(visitor)) == both
    for asked, wanted in (
        ({"state": "new"}, {number(first)}),
        ({"state": "in_conversation"}, {number(second)}),
        ({"mode": "confidential"}, {number(second)}),
        ({"unit": "parks"}, {number(first)}),
        ({"conduct": "bullying"}, {number(first)}),
        ({"owed": "receipt"}, {number(first)}),
        ({"words": "KOPIEEN"}, {number(first)}),
        ({"words": "kop nog"}, {number(first)}),
        ({"words": "jan"}, set()),
        ({"words": number(second)}, {number(second)}),
        ({"who": world.handler_id("anna").hex()}, set()),
        ({"who": "nobody"}, both),
        ({"all": "1"}, both),
    ):
        assert set(listed(visitor, **asked)) == wanted, asked
    assert listed(visitor, sort="age") == [number(second), number(first)]


def test_what_was_asked_is_in_no_address_and_goes_with_the_lock(
    visitor: Visitor, world: World, desk: Workplace
) -> None:
    """A search is not part of any address that the browser keeps, and a lock forgets it."""
    file(world, 1)
    found = visitor.post("/cases/ask", words="geheimwoord")
    assert found.headers["Location"] == "/cases"
    assert 'value="geheimwoord"' in visitor.get("/cases").text
    desk.lock()
    visitor.post("/unlock", passphrase=PASSPHRASE)
    assert "geheimwoord" not in visitor.get("/cases").text


def test_clocks_in_words(visitor: Visitor, world: World) -> None:
    """Amber two days before receipt and thirty before feedback, red once it is late."""
    for age, receipt, feedback in (
        (0, '<span class="tag">Receipt owed in 7 days</span>', "Feedback owed in 92 days"),
        (4, '<span class="tag">Receipt owed in 3 days</span>', '<span class="tag">Feedback owed'),
        (5, '<span class="tag soon">Receipt owed in 2 days</span>', '<span class="tag">Feedback'),
        (7, '<span class="tag soon">Receipt owed today</span>', '<span class="tag">Feedback'),
        (8, '<span class="tag late">Receipt 1 day late</span>', '<span class="tag">Feedback'),
        (61, "Receipt 54 days late", '<span class="tag soon">Feedback owed in 30 days</span>'),
    ):
        (keys,) = file(world, 1, day=TODAY - timedelta(days=age))
        page = visitor.get("/cases").text
        row = page[page.index(f'value="{number(keys)}"') :].partition("</tr>")[0]
        assert receipt in row, age
        assert feedback in row, age
        world.take_in("anna", withdrawal.make(keys))
    assert "<dt>Withdrawn</dt><dd>6</dd>" in visitor.get("/cases").text


def test_fifty_a_page(visitor: Visitor, world: World) -> None:
    """A long list comes in pages, and a page that is not there is the last one."""
    file(world, 53)
    assert len(listed(visitor)) == 50
    page = visitor.get("/cases?page=2").text
    assert len(NUMBER.findall(page)) == 3
    assert "page 2 of 2" in page
    assert NUMBER.findall(visitor.get("/cases?page=99").text) == NUMBER.findall(page)
    assert visitor.get("/cases?page=x").status_code == 200


def test_flood_is_labelled_put_aside_and_comes_back(visitor: Visitor, world: World) -> None:
    """Marked cases leave the list until their reporter writes; their dates run on."""
    flood = file(world, 3)
    (other,) = file(world, 1)
    marked = {"case": [number(each) for each in flood], "label": "zelfde zaak", "step": "aside"}
    assert visitor.post("/cases/many", **marked).status_code == 303
    assert "Noted for 3 cases" in (page := visitor.get("/cases").text)
    assert "Noted for" not in visitor.get("/cases").text
    assert NUMBER.findall(page) == [number(other)]
    assert set(listed(visitor, aside="1")) == {number(each) for each in flood}
    assert "zelfde zaak" in visitor.get("/cases").text
    world.take_in("anna", world.message(flood[0]))
    assert set(listed(visitor, all="1")) == {number(other), number(flood[0])}
    taken = {"case": number(flood[1]), "label": "zelfde zaak", "step": "back"}
    visitor.post("/cases/many", **taken)
    assert set(listed(visitor, label="zelfde zaak")) == {number(flood[0]), number(flood[1])}
    assert visitor.post("/cases/many", step="aside").status_code == 400
    long = {"case": number(other), "label": "x" * 61, "step": "label"}
    assert visitor.post("/cases/many", **long).status_code == 400


def test_receipt_to_many_is_sealed_to_each_and_only_once(visitor: Visitor, world: World) -> None:
    """All that were not answered get it in their own language; who was answered or paused not."""
    dutch, english, paused = file(world, 1)[0], file(world, 1, language="en")[0], file(world, 1)[0]
    (answered,) = file(world, 1)
    world.write("anna", reply, answered, "Al gelezen.")
    world.take_in("anna", world.message(paused, kind="hold", text=""))
    asked = visitor.post("/cases/many", everything="1", step="receipt").text
    assert "4 cases are marked. 2 of them" in asked  # the clock of the paused one stands still
    form = {"text_nl": "Ontvangen, voor {feedback_day}.", "text_en": "Received: {channel}."}
    cases = [number(each) for each in (dutch, english, answered, paused)]
    visitor.post("/cases/many", case=cases, step="send_receipt", **form)
    said = visitor.get("/cases").text
    assert "Answered before, so left alone: 1. Refused: 1." in said
    frames = envelopes(world.export("anna")[2])
    assert len(frames) == 3
    assert opened(paused, world, frames) == []
    texts = {text for keys in (dutch, english) for text in opened(keys, world, frames)}
    assert texts == {"Ontvangen, voor 21 februari 2027.", "Received: Example Office."}
    assert visitor.post("/cases/many", case=cases, step="send_receipt").status_code == 400


def opened(keys: ReporterKeys, world: World, frames: list[bytes]) -> list[str]:
    """Return what a reporter can read of the replies that leave the desk."""
    found = []
    for each in frames:
        if keys.mailbox_id in each:
            found.append(reporter.open_reply(keys, each, world.ids).reply.text)
    return found


def test_bundle_comes_in_with_a_summary_and_leaves_with_a_list(
    visitor: Visitor, world: World, keys: ReporterKeys
) -> None:
    """Import says what came; before the export stands what leaves; the file is a whole bundle."""
    path = world.bundle("anna", world.report(keys), world.report(keys, text="tweede"))
    page = visitor.post("/bundles/import", file=(io.BytesIO(path.read_bytes()), "x.bundle")).text
    assert "<dt>New reports</dt><dd>1</dd>" in page
    assert "Refused: 1." in page
    assert f"/cases/{number(keys)}" in page
    visitor.post(f"/cases/{number(keys)}", text="Dank je.", step="preview")
    seen = re.search(
        r'name="print_of" value="(\w+)"', visitor.get(f"/cases/{number(keys)}/preview").text
    )
    assert seen
    visitor.post(f"/cases/{number(keys)}/send", print_of=seen[1])
    leaving = visitor.get("/bundles").text
    assert re.search(r"Replies, sealed[^<]*</dt><dd>1</dd>", leaving)
    assert re.search(r"Receipts: [^<]*</dt><dd>1</dd>", leaving)
    found = visitor.post("/bundles/export")
    assert found.headers["Content-Disposition"] == 'attachment; filename="to-site-1.bundle"'
    assert found.data[:4] == b"MKBN"
    assert "Write bundle 2" in visitor.get("/bundles").text
    assert {each.name for each in world.folder.iterdir()} == {
        *("owner.vault", "anna.vault", "bram.vault", "to-anna.bundle")
    }


def test_bad_files_are_refused_and_nothing_changes(
    visitor: Visitor, world: World, keys: ReporterKeys
) -> None:
    """No file, another file, a cut or altered bundle, one for a colleague: a page says which."""
    raw = world.bundle("anna", world.report(keys)).read_bytes()
    altered = raw[:-70] + bytes((raw[-70] ^ 1,)) + raw[-69:]
    other = world.bundle("bram", world.report(keys)).read_bytes()
    for wrong in (b"", b"PK\x03\x04", raw[:-1], altered, other, raw[:500]):
        found = visitor.post("/bundles/import", file=(io.BytesIO(wrong), "x.bundle"))
        assert found.status_code >= 400
        assert "Taken in" not in found.text
    assert visitor.post("/bundles/import").status_code == 400
    assert listed(visitor) == []


def test_same_bundle_twice_is_already_here(
    visitor: Visitor, world: World, keys: ReporterKeys
) -> None:
    """The second time everything counts as already here, and the list stays as it was."""
    raw = world.bundle("anna", world.report(keys)).read_bytes()
    for count in (0, 1):
        page = visitor.post("/bundles/import", file=(io.BytesIO(raw), "x.bundle")).text
        assert ("<dt>Already here</dt><dd>1</dd>" in page) == bool(count)
    assert listed(visitor) == [number(keys)]


def test_import_that_is_broken_off_takes_in_nothing(
    desk: Workplace, visitor: Visitor, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser that goes away half-way leaves the vault as it was, and free for the next."""
    monkeypatch.setattr("dropbox.desk.inbound.STEP", 1)
    path = world.bundle("anna", *(world.report(world.reporter()) for _ in range(5)))
    answer = visitor.post("/bundles/import", file=(io.BytesIO(path.read_bytes()), "x.bundle"))
    lines = answer.text.count("Read: ")
    assert lines == 5
    assert len(listed(visitor)) == 5
    with desk.open() as vault:
        before = vault.count("case_key")
    path = world.bundle("anna", *(world.report(world.reporter()) for _ in range(5)))
    answer = visitor.post("/bundles/import", file=(io.BytesIO(path.read_bytes()), "x.bundle"))
    pieces = iter(answer.response)
    while b"Read: 2" not in next(pieces):
        pass
    answer.close()
    with desk.open() as vault:
        assert vault.count("case_key") == before
    assert len(listed(visitor)) == 5


def test_card_comes_in_with_its_fingerprint(visitor: Visitor, world: World) -> None:
    """A newer card is taken when its fingerprint fits, and refused when it does not."""
    card = world.sign()
    for typed, status in (("AAAA", 400), (card.fingerprint, 303)):
        found = visitor.post(
            "/bundles/import", file=(io.BytesIO(card.raw), "bureau.card"), fingerprint=typed
        )
        assert found.status_code == status
    assert f"<dt>Version</dt><dd>{card.version}</dd>" in visitor.get("/bundles").text


def test_texts_to_begin_with_can_be_changed_and_given_back(visitor: Visitor, world: World) -> None:
    """A text that a handler changed is used from then on, until the desk's own is wanted again."""
    (keys,) = file(world, 1)
    at = f"/cases/{number(keys)}"
    visitor.post("/phrases/nl/receipt", text="Onze eigen tekst van {channel}", step="keep")
    visitor.post(at, text="", phrase="receipt", step="phrase")
    assert "Onze eigen tekst van Bureau Voorbeeld" in visitor.get(at).text
    visitor.post("/phrases/nl/receipt", step="back")
    assert "Onze eigen tekst" not in visitor.get("/phrases").text
    assert visitor.post("/phrases/nl/receipt", text=" ", step="keep").status_code == 400
    assert visitor.post("/phrases/fr/receipt", text="x", step="keep").status_code == 400
    assert visitor.post(at, text="", phrase="../../x", step="phrase").status_code == 400
