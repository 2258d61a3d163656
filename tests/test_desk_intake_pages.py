"""Entering what came another way: step by step, seen before it is sent, its code shown once."""

from __future__ import annotations

import gc
import re
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from dropbox.desk import casebook, entering, outbox, slip
from dropbox.desk.cases import Case
from dropbox.desk.intake import Entered
from dropbox.desk.pages.workplace import Workplace
from dropbox.desk.slip import Slip
from dropbox.export import lexicon
from dropbox.export.detect import Known
from dropbox.language import translator
from dropbox.protocol import keys, reply_code
from dropbox.protocol.bundle import FrameType
from dropbox.protocol.keys import ReporterKeys
from tests.desk_process import Visitor, client
from tests.desk_world import CHEAP, PASSPHRASE, SITE_ID, TODAY, World
from tests.test_desk_case_pages import HOSTILE

SIGNAL = "Mevrouw Jansen schreeuwt, merkteken-wielewaal. Bel Kees Bakker."
WORDS = re.compile(r"<li>([a-z]+)</li>")
NUMBER = re.compile(r"Case ([0-9a-f]{8,64}) is here")
PRINT_OF = re.compile(r'name="print_of" value="(\w+)"')
GONE = re.compile(r'name="gone" value="([\d-]+)"')


@pytest.fixture
def desk(world: World) -> Workplace:
    """Return anna's workplace."""
    return Workplace(world.path("anna"), today=lambda: world.today, cost=CHEAP)


@pytest.fixture
def visitor(desk: Workplace) -> Visitor:
    """Enter anna's empty desk."""
    return client(desk, unlock=PASSPHRASE)


def fill(visitor: Visitor, **changes: object) -> TestResponse:
    """Send the first step."""
    values: dict[str, object] = {
        "text": SIGNAL, "origin": "council", "people": "3", "mode": "anonymous",
        "language": "nl", "conduct": "bullying", "step": "names",
    }  # fmt: skip
    return visitor.post("/intake", **(values | changes))


def decide(visitor: Visitor, *, keep: int = 0, **more: object) -> TestResponse:
    """Send the second step, with the last so many proposals unticked."""
    found = GONE.findall(visitor.get("/intake/names").text)
    return visitor.post("/intake/names", gone=found[: len(found) - keep], **more)


def press_enter(visitor: Visitor, **more: object) -> TestResponse:
    """Send the third step, having looked at it."""
    found = PRINT_OF.search(visitor.get("/intake/preview").text)
    assert found
    return visitor.post("/intake/enter", print_of=found[1], **more)


def enter(visitor: Visitor, **changes: object) -> TestResponse:
    """Go all the way; return the page with the slip."""
    assert fill(visitor, **changes).location == "/intake/names"
    assert decide(visitor).location == "/intake/preview"
    shown = press_enter(visitor, address="meld.example")
    assert shown.status_code == 200, shown.text
    return shown


def holder(world: World, page: TestResponse) -> ReporterKeys:
    """Return the keys of who has the slip."""
    key = reply_code.parse(" ".join(WORDS.findall(page.text)))
    return keys.reporter_keys(SITE_ID, world.card.channel_pk, key)


def number(page: TestResponse) -> str:
    """Return the number of the case that was entered."""
    found = NUMBER.search(page.text)
    assert found, page.text
    return found[1]


def test_signal_from_form_to_slip(visitor: Visitor, world: World) -> None:
    """All four steps: names gone, the case is as it was looked at, and the slip opens it."""
    assert 'href="/intake"' in visitor.get("/cases").text
    fill(visitor)
    names = visitor.get("/intake/names").text
    assert re.search(r"<mark>(?:Mevrouw )?Jansen</mark>", names)
    decide(visitor)
    preview = visitor.get("/intake/preview").text
    for said in ("[weggelaten]", "a council member", "bullying", "merkteken-wielewaal"):
        assert said in preview
    assert "Jansen" not in preview
    page = press_enter(visitor, address="meld.example")
    say = translator("nl").gettext
    for sentence in slip.SENTENCES:
        assert say(sentence) in page.text
    assert "meld.example" in page.text
    case = world.case("anna", holder(world, page))
    assert (case.report.origin, case.report.people) == ("council", 3)
    assert case.report.conduct == ("bullying",)
    assert "Jansen" not in case.report.text
    assert "Bakker" not in case.report.text
    shown = visitor.get(f"/cases/{number(page)}").text
    assert "a signal passed on by a council member" in shown
    assert "People it speaks for" in shown
    assert [f.type for f in world.export("anna")[2]][1] == FrameType.MAILBOX


def test_code_is_in_one_answer_only(visitor: Visitor, desk: Workplace, world: World) -> None:
    """Neither a second post nor any page, file or object has the words again."""
    page = enter(visitor)
    words = WORDS.findall(page.text)
    assert len(words) == 10
    code = " ".join(words)
    assert page.headers["Cache-Control"] == "no-store"
    again = visitor.post("/intake/enter", print_of="0" * 32)
    assert again.status_code == 303
    for path in ("/intake", "/cases", f"/cases/{number(page)}", "/bundles"):
        text = visitor.get(path).text
        assert not WORDS.search(text)
        assert words[0] + " " + words[1] not in text
    del page, again
    gc.collect()
    held = [each for each in gc.get_objects() if isinstance(each, tuple) and len(each) == 10]
    assert tuple(words) not in held
    assert not any(isinstance(each, Entered | Slip) for each in gc.get_objects())
    desk.lock()
    raw = b"".join(path.read_bytes() for path in world.folder.rglob("*") if path.is_file())
    assert code.encode() not in raw
    assert "\n".join(words).encode() not in raw


def test_text_is_in_no_file_and_no_address(visitor: Visitor, world: World) -> None:
    """Through all steps the marker stands in no file in clear, and no redirect carries it."""

    def marked() -> list[str]:
        found = [path for path in world.folder.rglob("*") if path.is_file()]
        return [path.name for path in found if b"wielewaal" in path.read_bytes()]

    for answer in (fill(visitor), decide(visitor)):
        assert "wielewaal" not in (answer.location or "")
        assert marked() == []
    press_enter(visitor)
    assert marked() == []
    with world.vault("anna") as vault:
        assert not vault.has("setting", b"entry draft key")


def test_unticked_name_needs_a_word(visitor: Visitor, world: World) -> None:
    """A name stays only when somebody says that it is none, or that the source agreed."""
    fill(visitor)
    refused = decide(visitor, keep=1)
    assert refused.status_code == 400
    assert "Names stay in this text" in refused.text
    assert visitor.get("/intake/preview").location == "/intake/names"
    assert decide(visitor, keep=1, agreed="1").location == "/intake/preview"
    text = world.case("anna", holder(world, press_enter(visitor))).report.text
    assert "Jansen" not in text
    assert "Bakker" in text


def test_without_lexicon_the_page_says_so(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then nothing looked for names, and the text goes only with the source's word."""

    def missing() -> dict[str, int]:
        raise lexicon.LexiconMissing

    monkeypatch.setattr(lexicon, "load", missing)
    fill(visitor)
    page = visitor.get("/intake/names").text
    assert "Nothing on this computer looked for names" in page
    assert "No names were found" not in page
    assert visitor.post("/intake/names").status_code == 400
    assert visitor.get("/intake/preview").location == "/intake/names"
    assert visitor.post("/intake/names", agreed="1").location == "/intake/preview"
    assert "Jansen" in visitor.get("/intake/preview").text
    assert NUMBER.search(press_enter(visitor).text)


def test_organisation_adds_its_own_names(world: World) -> None:
    """A name that only redaction.toml knows is proposed like any other."""
    desk = Workplace(
        world.path("anna"),
        today=lambda: world.today,
        cost=CHEAP,
        own_words=lambda: Known(names=frozenset(["wielewaal"])),
    )
    visitor = client(desk, unlock=PASSPHRASE)
    fill(visitor, text="Toen kwam Wielewaal binnen.")
    assert "<mark>Wielewaal</mark>" in visitor.get("/intake/names").text


def test_only_what_was_seen_is_entered(visitor: Visitor, world: World) -> None:
    """A draft that changed after its preview is shown once more, and nothing was entered."""
    fill(visitor)
    decide(visitor)
    found = PRINT_OF.search(visitor.get("/intake/preview").text)
    assert found
    fill(visitor, people="4")
    decide(visitor)
    refused = visitor.post("/intake/enter", print_of=found[1])
    assert refused.status_code == 400
    assert "changed since you looked" in refused.text
    fill(visitor, text="Anders, zonder besluit.")
    assert visitor.post("/intake/enter", print_of=found[1]).location == "/intake"
    with world.vault("anna") as vault:
        assert list(casebook.ids(vault)) == []


def test_what_is_missing_is_said_and_nothing_lost(visitor: Visitor) -> None:
    """Without words, or with a number that is none, the form comes back as it was filled in."""
    refused = fill(visitor, text=" ", people="twaalf", unit="onzin", conduct="onzin")
    assert refused.status_code == 400
    assert "Write something first" in refused.text
    assert "a whole number from 1 to 10000" in refused.text
    assert 'value="twaalf"' in refused.text
    for path in ("/intake/names", "/intake/preview"):
        assert visitor.get(path).location == "/intake"
    long = fill(visitor, text="a" * 20_001)
    assert long.status_code == 400
    assert "a" * 20_001 in long.text


def test_draft_outlives_a_lock(visitor: Visitor, desk: Workplace) -> None:
    """What was kept is there again, at the step where it was; throwing it away takes all of it."""
    fill(visitor)
    decide(visitor)
    desk.lock()
    assert visitor.get("/intake/preview").location == "/unlock"
    visitor.post("/unlock", passphrase=PASSPHRASE)
    assert "merkteken-wielewaal" in visitor.get("/intake/preview").text
    visitor.post("/intake", step="discard")
    assert "merkteken" not in visitor.get("/intake").text
    assert visitor.get("/intake/preview").location == "/intake"


def test_text_that_comes_after_the_lock_is_kept(visitor: Visitor, desk: Workplace) -> None:
    """It is sealed and shown after unlocking, like what is typed in a case."""
    token = visitor.token()
    desk.lock()
    late = visitor.post("/intake", token, text=SIGNAL, step="names")
    assert late.location == "/unlock"
    visitor.post("/unlock", passphrase=PASSPHRASE)
    assert "merkteken-wielewaal" in visitor.get("/unlock/late").text


def test_new_code_until_it_left(visitor: Visitor, world: World) -> None:
    """A lost slip is replaced by another mailbox with another code, until a bundle has it."""
    first = enter(visitor)
    old = holder(world, first)
    visitor.get("/cases")
    second = visitor.post(f"/intake/{number(first)}/code")
    new = holder(world, second)
    assert new.mailbox_id != old.mailbox_id
    assert visitor.get(f"/cases/{number(first)}").status_code == 400
    shown = visitor.get("/cases").text
    assert number(second) in shown
    assert number(first) not in shown
    assert "Make a new code" in visitor.get(f"/cases/{number(second)}").text
    world.export("anna")
    page = visitor.get(f"/cases/{number(second)}").text
    assert "Make a new code" not in page
    assert "Throw this entry away" not in page
    assert visitor.post(f"/intake/{number(second)}/code").status_code == 400
    assert visitor.get(f"/intake/{number(second)}/mistaken").status_code == 400
    assert visitor.post(f"/intake/{number(second)}/mistaken").status_code == 400
    assert world.case("anna", new).report.people == 3


def test_mistaken_entry_is_thrown_away(visitor: Visitor, world: World) -> None:
    """After one more question it is in no list, no outbox and no bundle."""
    page = enter(visitor)
    visitor.post(f"/cases/{number(page)}", text="Dank.", step="preview")
    asked = visitor.get(f"/intake/{number(page)}/mistaken").text
    assert "Throw it away for good" in asked
    assert visitor.post(f"/intake/{number(page)}/mistaken").location == "/cases"
    shown = visitor.get("/cases").text
    assert f"Thrown away: case {number(page)}" in shown
    assert f'/cases/{number(page)}"' not in shown
    with world.vault("anna") as vault:
        assert vault.count("case_key") == vault.count("outbox") == 0
        assert outbox.waiting(vault, TODAY).mailboxes == 0


def test_case_that_came_in_a_bundle_has_no_such_buttons(
    visitor: Visitor, world: World, keys: ReporterKeys
) -> None:
    """A reporter's own case can neither get a new code here nor be thrown away."""
    world.take_in("anna", world.report(keys))
    here = keys.mailbox_id.hex()[:8]
    assert "Entered at this desk" not in visitor.get(f"/cases/{here}").text
    assert visitor.post(f"/intake/{here}/code").status_code == 400
    assert visitor.post(f"/intake/{here}/mistaken").status_code == 400
    assert world.case("anna", keys).report.text


def test_colleague_who_is_named_gets_nothing(visitor: Visitor, world: World) -> None:
    """Who was ticked is no reader, and the preview says so."""
    bram = world.handler_id("bram")
    fill(visitor, excluded=bram.hex())
    decide(visitor)
    assert "Who gets nothing of it" in visitor.get("/intake/preview").text
    case: Case = world.case("anna", holder(world, press_enter(visitor)))
    assert case.readers == {world.handler_id("anna")}


def test_anonymous_has_no_name(visitor: Visitor, world: World) -> None:
    """A name that was filled in goes only with a confidential report."""
    named = {"name": "Noor Bos", "contact": "06 1234"}
    hidden = world.case("anna", holder(world, enter(visitor, **named))).report
    assert (hidden.name, hidden.contact) == ("", "")
    told = world.case("anna", holder(world, enter(visitor, mode="confidential", **named))).report
    assert (told.name, told.contact) == ("Noor Bos", "06 1234")


def test_hostile_letter_is_inert(visitor: Visitor, world: World) -> None:
    """HTML and control characters of a letter stand as text on each page of the way."""
    fill(visitor, text=HOSTILE, people="<b>1", step="save")
    assert "<b>1" not in visitor.get("/intake").text
    fill(visitor, text=HOSTILE, people="1")
    for path in ("/intake", "/intake/names", "/intake/preview"):
        page = visitor.get(path).text
        for live in ("<script>alert", "<img", "<b>vet", "<form action=https", '" onmouseover="'):
            assert live not in page, (path, live)
        decide(visitor)
    found = press_enter(visitor, address='<b>"x')
    assert '<b>"x' not in found.text
    with world.vault("anna") as vault:
        with pytest.raises(entering.AddressInvalid):
            entering.checked_address("a\nb")
        assert entering.address(vault) == '<b>"x'


def test_restored_vault_enters_nothing(visitor: Visitor, world: World, desk: Workplace) -> None:
    """Before it knows the site's count the page says what to do first."""
    with world.vault("anna") as vault, vault.transaction():
        found = outbox.courier(vault)
        outbox.save_courier(vault, type(found)(import_first=True))
    assert desk.is_open
    assert "Import a new bundle" in visitor.get("/intake").text


def test_list_filters_on_origin(visitor: Visitor, world: World, keys: ReporterKeys) -> None:
    """Letters apart from what came through the form; a code that is none finds nothing."""
    world.take_in("anna", world.report(keys, day=TODAY - timedelta(days=1)))
    own = number(enter(visitor))
    by_form = keys.mailbox_id.hex()[:8]

    def listed(origin: str) -> set[str]:
        visitor.post("/cases/ask", origin=origin)
        return set(re.findall(r'name="case" value="([0-9a-f]+)"', visitor.get("/cases").text))

    assert listed("") == {own, by_form}
    assert listed("form") == {by_form}
    assert listed("council") == {own}
    assert listed("onzin") == set()
    assert "a council member" in visitor.get("/cases").text


def test_pages_speak_dutch(world: World, desk: Workplace) -> None:
    """The steps are pages in Dutch too, with the slip in the report's language."""
    visitor = client(desk, language="nl", unlock=PASSPHRASE)
    assert 'lang="nl"' in visitor.get("/intake").text
    fill(visitor, language="en", text="They shout at us.")
    decide(visitor)
    page = press_enter(visitor)
    assert slip.SENTENCES[0] in page.text
    assert world.case("anna", holder(world, page)).report.language == "en"
