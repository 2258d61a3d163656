"""A case's page: what was written stands apart, and an answer is seen before it is sent."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from dropbox.desk import drafts, inbound, triage
from dropbox.desk.drafts import Draft
from dropbox.desk.keyring import erasure_is_final_on
from dropbox.desk.pages.workplace import Workplace
from dropbox.desk.replies import aftercare_texts, close, reply
from dropbox.language import translator
from dropbox.protocol import reporter, withdrawal
from dropbox.protocol.keys import ReporterKeys
from dropbox.told import OUTCOMES
from tests.desk_process import Visitor, client
from tests.desk_world import CHEAP, PASSPHRASE, TODAY, World, envelopes

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)><b>vet</b>\u202e\u2066omgekeerd\u0007"
    "\x1b[2J</textarea></div><form action=https://evil.example><button>Lock</button></form>"
    '" onmouseover="alert(3) {{ 7*7 }} &amp; ‹U+202E›'
)


@pytest.fixture
def desk(world: World) -> Workplace:
    """Return anna's workplace."""
    return Workplace(world.path("anna"), today=lambda: world.today, cost=CHEAP)


@pytest.fixture
def visitor(desk: Workplace, world: World, keys: ReporterKeys) -> Visitor:
    """Enter anna's desk, in which there is one case."""
    world.take_in("anna", world.report(keys))
    return client(desk, unlock=PASSPHRASE)


def number(keys: ReporterKeys) -> str:
    """Return the number of a case."""
    return keys.mailbox_id.hex()[:8]


def at(keys: ReporterKeys, rest: str = "") -> str:
    """Return the address of a case's page."""
    return f"/cases/{number(keys)}{rest}"


def print_of(visitor: Visitor, keys: ReporterKeys) -> str:
    """Return what a preview's form sends along."""
    found = re.search(r'name="print_of" value="(\w+)"', visitor.get(at(keys, "/preview")).text)
    assert found
    return found[1]


def sent(world: World, keys: ReporterKeys) -> list[str]:
    """Return the texts of the replies that leave anna's desk, oldest first."""
    found = [
        reporter.open_reply(keys, data, world.ids).reply
        for data in envelopes(world.export("anna")[2])
    ]
    return [each.text for each in sorted(found, key=lambda each: each.number)]


def test_answer_from_draft_over_preview_to_bundle(
    visitor: Visitor, world: World, keys: ReporterKeys
) -> None:
    """What is typed is kept, shown as the mailbox shows it, and sealed as it was shown."""
    assert "Er is iets gebeurd." in visitor.get(at(keys)).text
    saved = visitor.post(at(keys), text="Dank je.", state="read", step="save")
    assert saved.status_code == 303
    assert "Dank je.</textarea>" in visitor.get(at(keys)).text
    visitor.post(at(keys), text="Dank je wel.", state="read", step="preview")
    shown = visitor.get(at(keys, "/preview")).text
    assert '<p class="words" translate="no">Dank je wel.</p>' in shown
    assert "Je melding is gelezen." in shown
    assert "rol anna, 21 november 2026" in shown
    assert visitor.post(at(keys, "/send"), print_of=print_of(visitor, keys)).status_code == 303
    assert "Dank je wel." in visitor.get(at(keys)).text
    assert visitor.get(at(keys, "/preview")).status_code == 303
    assert sent(world, keys) == ["Dank je wel."]


def test_only_what_was_seen_is_sent(visitor: Visitor, world: World, keys: ReporterKeys) -> None:
    """A draft that changed after its preview is not sent; it is shown once more."""
    visitor.post(at(keys), text="Eerst.", step="preview")
    seen = print_of(visitor, keys)
    visitor.post(at(keys), text="Later.", step="save")
    found = visitor.post(at(keys, "/send"), print_of=seen)
    assert found.status_code == 400
    assert "changed since you looked" in found.text
    assert sent(world, keys) == []


def test_asking_needs_a_tick(visitor: Visitor, world: World, keys: ReporterKeys) -> None:
    """A text that asks for a name is marked, and goes only when somebody says it is meant."""
    visitor.post(at(keys), text="Dank je. Wat is je naam?", step="preview")
    shown = visitor.get(at(keys, "/preview")).text
    assert "<mark>Wat is je naam</mark>" in shown
    assert "who the reporter is" in shown
    refused = visitor.post(at(keys, "/send"), print_of=print_of(visitor, keys))
    assert refused.status_code == 400
    found = visitor.post(at(keys, "/send"), print_of=print_of(visitor, keys), meant="1")
    assert found.status_code == 303
    assert sent(world, keys) == ["Dank je. Wat is je naam?"]


def test_draft_outlives_a_lock(visitor: Visitor, desk: Workplace, keys: ReporterKeys) -> None:
    """What was kept is there again after a lock, and nowhere in clear meanwhile."""
    visitor.post(at(keys), text="merkwaardig concept", step="save")
    desk.lock()
    assert visitor.get(at(keys)).status_code == 303
    assert b"merkwaardig" not in desk.path.read_bytes()
    visitor.post("/unlock", passphrase=PASSPHRASE)
    assert "merkwaardig concept</textarea>" in visitor.get(at(keys)).text


def test_draft_goes_with_the_case(world: World, keys: ReporterKeys) -> None:
    """A withdrawal takes draft and label along: no row of them is left in the vault."""
    world.take_in("anna", world.report(keys))
    with world.vault("anna") as vault:
        before = vault.count("entry")
        drafts.save(vault, keys.mailbox_id, Draft("Nog niet af."))
        triage.label(vault, [keys.mailbox_id], "zelfde zaak", aside=True)
        assert vault.count("entry") == before + 2
    world.take_in("anna", withdrawal.make(keys))
    with world.vault("anna") as vault:
        assert vault.count("entry") == 0


def test_closing_with_aftercare_in_own_words(
    visitor: Visitor, world: World, keys: ReporterKeys
) -> None:
    """A closing shows its outcome and both later texts, as they were changed, and seals them."""
    page = visitor.get(at(keys, "/close")).text
    assert "a measure for one person" not in page
    assert html.escape(aftercare_texts("nl")[3]) in page
    form = {
        "state": "closed",
        "text": "We sluiten af.",
        "outcome": "pattern_noted",
        "reason": "Past in het patroon.",
        "aftercare": "1",
        "later_1": "Hoe is het na een maand?",
        "later_3": "Hoe is het na drie maanden?",
    }
    visitor.post(at(keys), step="preview", **form)
    shown = visitor.get(at(keys, "/preview")).text
    assert html.escape(translator("nl").gettext(OUTCOMES["pattern_noted"])) in shown
    assert "21 december 2026" in shown
    assert "Hoe is het na drie maanden?" in shown
    assert visitor.post(at(keys, "/send"), print_of=print_of(visitor, keys)).status_code == 303
    assert sent(world, keys) == [form["text"], form["later_1"], form["later_3"]]
    assert "The reporter sees this from 21 December 2026" in visitor.get(at(keys)).text


def test_closing_needs_an_outcome_that_fits(
    visitor: Visitor, world: World, keys: ReporterKeys
) -> None:
    """Without an outcome, or with one about a person on an anonymous report, nothing closes."""
    for outcome in ("", "measure_person", "nonsense"):
        visitor.post(at(keys), step="preview", state="closed", text="Dag.", outcome=outcome)
        assert visitor.post(at(keys, "/send"), print_of=print_of(visitor, keys)).status_code == 400
    assert sent(world, keys) == []


def test_preview_of_before_a_colleague_wrote_sends_nothing(
    visitor: Visitor, world: World, keys: ReporterKeys
) -> None:
    """Where a colleague moved the case meanwhile, the reporter would see what nobody looked at."""
    visitor.post(at(keys), step="preview", text="Dank je.")
    before = print_of(visitor, keys)
    world.take_in("bram", world.report(keys))
    world.write("bram", close, keys, "Klaar.", "pattern_noted")
    world.take_in("anna", *envelopes(world.export("bram")[2]))
    found = visitor.post(at(keys, "/send"), print_of=before)
    assert found.status_code == 400
    assert "Look at it once more" in found.text
    visitor.post(at(keys, "/send"), print_of=print_of(visitor, keys))
    assert sent(world, keys) == ["Dank je."]


def test_closing_of_what_a_colleague_closed_is_shown_as_it_will_be(
    visitor: Visitor, world: World, keys: ReporterKeys
) -> None:
    """The first outcome stands and nothing is asked later: so the preview says, and so it goes."""
    closing = {"state": "closed", "outcome": "measure_team", "reason": "Daarom."}
    later = {"aftercare": "1", "later_1": "Hoe is het?", "later_3": "En nu?"}
    visitor.post(at(keys), step="preview", text="Dag.", **closing, **later)
    told = [translator("nl").gettext(OUTCOMES[each]) for each in ("measure_team", "pattern_noted")]
    shown = visitor.get(at(keys, "/preview")).text
    assert [each in shown for each in (*told, "Hoe is het?")] == [True, False, True]
    world.take_in("bram", world.report(keys))
    world.write("bram", close, keys, "Klaar.", "pattern_noted")
    world.take_in("anna", *envelopes(world.export("bram")[2]))
    shown = visitor.get(at(keys, "/preview")).text
    assert [each in shown for each in (*told, "Hoe is het?")] == [False, True, False]
    visitor.post(at(keys, "/send"), print_of=print_of(visitor, keys))
    assert sent(world, keys) == ["Dag."]


def test_reason_is_needed_and_only_for_handlers(
    visitor: Visitor, world: World, keys: ReporterKeys
) -> None:
    """A move without its reason is refused; with it, a colleague reads it and no reporter does."""
    visitor.post(at(keys), step="preview", state="weighed_as_pattern", text="We wegen het mee.")
    found = visitor.post(at(keys, "/send"), print_of=print_of(visitor, keys))
    assert found.status_code == 400
    assert "Say why the state changes" in found.text
    form = {"state": "weighed_as_pattern", "text": "We wegen het mee.", "reason": "Derde keer."}
    visitor.post(at(keys), step="preview", **form)
    shown = visitor.get(at(keys, "/preview")).text
    assert "Derde keer." not in re.findall(r"<article.*?</article>", shown, re.DOTALL)[0]
    visitor.post(at(keys, "/send"), print_of=print_of(visitor, keys))
    assert "Derde keer." in visitor.get(at(keys)).text
    assert "Notes between handlers, sealed to those of the case</dt><dd>1</dd>" in (
        visitor.get("/bundles").text
    )
    assert sent(world, keys) == ["We wegen het mee."]


def test_person_state_on_an_anonymous_report_is_refused(
    visitor: Visitor, world: World, keys: ReporterKeys
) -> None:
    """A state about a person is not offered for an anonymous report, and not taken when posted."""
    assert "being_handled" not in visitor.get(at(keys)).text
    visitor.post(at(keys), step="preview", state="being_handled", text="Dag.")
    found = visitor.post(at(keys, "/send"), print_of=print_of(visitor, keys))
    assert found.status_code == 400
    assert sent(world, keys) == []


def test_paused_case_has_no_composer(visitor: Visitor, world: World, keys: ReporterKeys) -> None:
    """While the reporter pauses, clocks stand still, and nothing is written by any address."""
    world.take_in("anna", world.message(keys, kind="hold", text=""))
    shown = visitor.get(at(keys)).text
    assert "Paused by the reporter." in shown
    assert "stopped while paused" in shown
    assert 'id="text"' not in shown
    for path in ("", "/send"):
        assert visitor.post(at(keys, path), text="Toch.", step="save").status_code == 400
    for path in ("/close", "/preview"):
        assert visitor.get(at(keys, path)).status_code == 400
    assert sent(world, keys) == []


def test_withdrawn_case_shows_what_is_gone_and_until_when(
    visitor: Visitor, world: World, keys: ReporterKeys
) -> None:
    """After a withdrawal the page says what is erased and when that is final, and nothing else."""
    world.take_in("anna", withdrawal.make(keys))
    shown = visitor.get(at(keys)).text
    assert "was withdrawn" in shown
    assert "Er is iets gebeurd" not in shown
    assert 'name="text"' not in shown
    final = erasure_is_final_on(TODAY)
    assert f"until {final.day} {final:%B %Y}" in shown
    assert visitor.post(at(keys), text="Nog iets", step="save").status_code == 400


def test_answer_after_the_closing_comes_back(
    visitor: Visitor, world: World, keys: ReporterKeys
) -> None:
    """What a reporter writes after the closing makes the case one to look at."""
    world.write("anna", close, keys, "Dag.", "pattern_noted")
    assert "after the closing" not in visitor.get("/cases").text
    world.take_in("anna", world.message(keys, turn=9, text="Het begint weer."))
    assert "the reporter wrote after the closing" in visitor.get("/cases").text
    assert "Read it, and answer" in visitor.get(at(keys)).text


def test_two_states_at_once_are_shown(visitor: Visitor, world: World, keys: ReporterKeys) -> None:
    """Two desks that decided differently: the losing reply is marked, on list and case."""
    world.take_in("bram", world.report(keys))
    world.write("bram", close, keys, "Wij sluiten.", "pattern_noted")
    world.write("anna", reply, keys, "Wij lezen.", state="read")
    world.take_in("anna", *envelopes(world.export("bram")[2]))
    assert "two states at once" in visitor.get("/cases").text
    shown = visitor.get(at(keys)).text
    assert "This state does not count" in shown
    assert "Talk about it" in shown


def test_gap_is_shown(visitor: Visitor, world: World, keys: ReporterKeys) -> None:
    """A letter of the reporter that never came is named."""
    world.take_in("anna", world.message(keys, turn=4, number=4))
    assert "letters 2, 3 of the reporter" in visitor.get(at(keys)).text


def test_preview_is_the_mailbox_word_for_word(
    visitor: Visitor, world: World, keys: ReporterKeys
) -> None:
    """Line ends come out as they are sealed, and a phrase is filled in the reporter's language."""
    visitor.post(at(keys), text="", phrase="receipt", step="phrase")
    kept = visitor.get(at(keys)).text
    assert "Uiterlijk 21 februari 2027 lees je hier" in kept
    visitor.post(at(keys), text="een\r\ntwee", step="preview")
    assert '<p class="words" translate="no">een\ntwee</p>' in visitor.get(at(keys, "/preview")).text


@pytest.mark.parametrize("mode", ["anonymous", "confidential"])
def test_hostile_text_is_inert_on_every_page(
    desk: Workplace, world: World, keys: ReporterKeys, mode: str
) -> None:
    """HTML, scripts, bidi and control characters of a reporter stand as marks behind a gutter."""
    filled = {"name": HOSTILE[:90], "contact": HOSTILE} if mode == "confidential" else {}
    world.take_in("anna", world.report(keys, text=HOSTILE, mode=mode, **filled))
    world.take_in("anna", world.message(keys, text=HOSTILE))
    visitor = client(desk, unlock=PASSPHRASE)
    visitor.post(at(keys), text="Antwoord.", step="preview")
    for path in ("/cases", at(keys), at(keys, "/preview"), at(keys, "/close"), "/bundles"):
        page = visitor.get(path).text
        for live in ("<script>alert", "<img", "<b>vet", "<form action=https", '" onmouseover="'):
            assert live not in page, (path, live)
        assert not re.search(r"[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", page), path
    assert "‹U+202E›" in visitor.get(at(keys)).text
    visitor.post("/cases/ask", words="<script>alert(9)</script>\u202e")
    assert "<script>alert(9)" not in visitor.get("/cases").text


def test_hostile_text_of_our_own_is_inert_in_the_preview(
    visitor: Visitor, keys: ReporterKeys
) -> None:
    """What a handler pastes is shown as text, marked stretches included."""
    visitor.post(at(keys), text=f"{HOSTILE} wat is je naam?", step="preview")
    page = visitor.get(at(keys, "/preview")).text
    assert "<script>alert" not in page
    assert "<img" not in page


def test_unknown_case_and_forged_step(visitor: Visitor, keys: ReporterKeys) -> None:
    """A number that names nothing is an error page; a button that does not exist keeps a draft."""
    for wrong in ("/cases/00000000", "/cases/0", "/cases/%3Cscript%3E"):
        assert visitor.get(wrong).status_code == 400
    assert visitor.post(at(keys), text="x", step="nonsense").status_code == 303


def test_looking_takes_the_mark_off(visitor: Visitor, world: World, keys: ReporterKeys) -> None:
    """A case is new until its page was on the screen, and again when something came."""
    assert "1 new" in visitor.get("/cases").text
    visitor.get(at(keys))
    assert "1 new" not in visitor.get("/cases").text
    world.take_in("anna", world.message(keys))
    assert "1 new" in visitor.get("/cases").text


def test_import_while_a_page_is_open(world: World, keys: ReporterKeys, desk: Workplace) -> None:
    """What a command takes in meanwhile is on the next page: the list is made anew."""
    visitor = client(desk, unlock=PASSPHRASE)
    assert "There are no cases" in visitor.get("/cases").text
    path: Path = world.bundle("anna", world.report(keys))
    with world.vault("anna") as vault:
        inbound.import_bundle(vault, path, world.today)
    assert number(keys) in visitor.get("/cases").text
