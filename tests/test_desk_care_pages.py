"""Notes, care, measures and support on the desk's pages, as a browser asks for them."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from pathlib import Path

import pytest

from dropbox.desk import drafts, measures, notes, support
from dropbox.desk.measures import Taken
from dropbox.desk.moves import ReasonMissing
from dropbox.desk.pages.workplace import Workplace
from dropbox.protocol import withdrawal
from dropbox.protocol.keys import ReporterKeys
from tests.desk_process import Visitor, client
from tests.desk_world import CHEAP, PASSPHRASE, TODAY, World, notes_in
from tests.notes_world import exchange
from tests.test_desk_case_pages import HOSTILE, at, number, print_of, sent

WISHES = {"works_with_subject": "yes", "supporter": "yes"}
KNOWN = {"mode": "confidential", "name": "Jan"}


@pytest.fixture
def desk(world: World) -> Workplace:
    """Return anna's workplace."""
    return Workplace(world.path("anna"), today=lambda: world.today, cost=CHEAP)


@pytest.fixture
def visitor(desk: Workplace) -> Visitor:
    """Enter anna's desk."""
    return client(desk, unlock=PASSPHRASE)


def section(page: str, title: str) -> str:
    """Return the section of a page whose heading has this id."""
    found = re.search(rf'<section[^>]*aria-labelledby="{title}">.*?</section>', page, re.DOTALL)
    assert found, title
    return found[0]


def test_note_stands_apart_and_never_goes_to_the_reporter(
    visitor: Visitor, world: World, keys: ReporterKeys
) -> None:
    """A note is between the handlers, inert whatever is in it, and no reply in the bundle."""
    world.take_in("anna", world.report(keys))
    assert visitor.post(at(keys, "/notes"), text=f"Zullen we bellen? {HOSTILE}").status_code == 303
    shown = visitor.get(at(keys)).text
    between = section(shown, "between")
    assert "Zullen we bellen?" in between
    assert "(you)" in between
    assert "Zullen we bellen?" not in section(shown, "thread")
    assert "<script>alert" not in shown
    assert 'action="https://evil' not in shown
    empty = visitor.post(at(keys, "/notes"), text="  ")
    assert empty.status_code == 400
    assert sent(world, keys) == []
    assert len(notes_in(world.export("anna")[2])) <= 1


def test_case_is_given_to_who_may_read_it(visitor: Visitor, world: World) -> None:
    """To oneself, a colleague or nobody; not to who was excluded; the list shows and filters it."""
    keys, bram = world.reporter(), world.handler_id("bram").hex()
    world.take_in("anna", world.report(keys))
    assert visitor.post(at(keys, "/who"), assignee=bram, why="Jij kent het.").status_code == 303
    shown = visitor.get(at(keys)).text
    assert "<p><bdi>role bram</bdi></p>" in section(shown, "doing")
    assert "Jij kent het." in section(shown, "between")
    listed = visitor.get("/cases").text
    assert "<td><bdi>role bram</bdi></td>" in listed
    for who, there in ((bram, True), (world.handler_id("anna").hex(), False), ("nobody", False)):
        visitor.post("/cases/ask", who=who)
        assert (number(keys) in visitor.get("/cases").text) == there, who
    assert visitor.post(at(keys, "/who"), assignee="").status_code == 303
    assert number(keys) in visitor.get("/cases").text  # the filter asks for nobody's
    for wrong in ("00" * 8, "geen id"):
        assert visitor.post(at(keys, "/who"), assignee=wrong).status_code == 400
    alone = world.reporter()
    world.take_in("anna", world.report(alone, "anna", excluded=(bytes.fromhex(bram),)))
    assert f'value="{bram}"' not in section(visitor.get(at(alone)).text, "doing")
    assert visitor.post(at(alone, "/who"), assignee=bram).status_code == 400


def test_two_handlers_at_once_are_shown(visitor: Visitor, world: World, keys: ReporterKeys) -> None:
    """Two who name somebody else, or tick the contrary, at the same time: both are told."""
    report = world.report(keys, **WISHES)
    for name in ("anna", "bram"):
        world.take_in(name, report)
    for name, done in (("anna", True), ("bram", False)):
        with world.vault(name) as vault:
            notes.assign(vault, keys.mailbox_id, world.handler_id(name), TODAY)
            notes.task_done(vault, keys.mailbox_id, "supporter", TODAY, done=done)
    exchange(world, "anna", "bram")
    shown = visitor.get(at(keys)).text
    assert "Two handlers said another name" in section(shown, "doing")
    assert "Two handlers said the contrary" in section(shown, "care")
    assert section(shown, "between").count("This does not count") == 2


def test_reason_stands_beside_its_reply(visitor: Visitor, world: World, keys: ReporterKeys) -> None:
    """Why a state changed is shown at the reply that changed it, on a colleague's desk, too."""
    world.take_in("anna", world.report(keys))
    form = {"state": "weighed_as_pattern", "text": "Dank je.", "reason": f"Vaker. {HOSTILE}"}
    visitor.post(at(keys), step="preview", **form)
    assert visitor.post(at(keys, "/send"), print_of=print_of(visitor, keys)).status_code == 303
    shown = visitor.get(at(keys)).text
    article = shown[shown.index('id="item-2"') : shown.index('id="thread-end"')]
    assert "Why, for the handlers alone:" in article
    assert "Vaker." in article
    assert "<script>alert" not in shown
    assert "Vaker." not in section(shown, "between")


@pytest.mark.parametrize("state", ["weighed_as_pattern", "closed"])
def test_missing_reason_is_said_at_its_field(
    visitor: Visitor, desk: Workplace, world: World, keys: ReporterKeys, state: str
) -> None:
    """A move that needs a reason asks for it there and then, and all that was typed is kept."""
    world.take_in("anna", world.report(keys))
    assert "say why below" in visitor.get(at(keys)).text
    form = {"state": state, "text": "Dank je.", "outcome": "pattern_noted", "reason": " "}
    later = {"aftercare": "1", "later_1": "Hoe is het nu?", "later_3": "En nu?"}
    found = visitor.post(at(keys), step="preview", **form, **later)
    assert found.status_code == 400
    message = html.escape(ReasonMissing.text)
    assert f'<a href="#reason">{message}</a>' in found.text
    assert f'<p class="problem" id="reason-problem">{message}</p>' in found.text
    assert 'aria-describedby="reason-hint reason-problem" aria-invalid="true"' in found.text
    assert "Dank je.</textarea>" in found.text
    assert f'value="{state}" checked' in found.text or state == "closed"
    assert ("Hoe is het nu?</textarea>" in found.text) == (state == "closed")
    with desk.open() as vault:
        kept = drafts.load(vault, keys.mailbox_id)
    assert kept is not None
    assert (kept.text, kept.state) == ("Dank je.", state)
    first = visitor.post(at(keys), step="preview", state="read", text="Dank je.")
    assert first.headers["Location"].endswith("/preview")  # nothing is decided by a reading


def test_tasks_are_listed_over_all_cases_and_ticked(visitor: Visitor, world: World) -> None:
    """The page of care lists what is open, the oldest first; ticking takes it off everywhere."""
    first, second = world.reporter(), world.reporter()
    world.take_in("anna", world.report(first, day=TODAY - timedelta(days=20)))
    world.take_in("anna", world.report(second, **KNOWN, **WISHES))
    listed = visitor.get("/care").text
    assert "3 open tasks" in listed
    assert listed.index(number(first)) < listed.index(number(second))
    assert "3 open tasks" in visitor.get("/care?page=99").text
    assert "2 tasks" in visitor.get("/cases").text
    shown = section(visitor.get(at(second)).text, "care")
    assert "another line of command" in shown
    done = {"task": "interim_measure", "done": "yes", "why": "Ander rooster."}
    assert visitor.post(at(second, "/tasks"), **done).status_code == 303
    assert "2 open tasks" in visitor.get("/care").text
    shown = section(visitor.get(at(second)).text, "care")
    assert "Ander rooster." in shown
    visitor.post(at(second, "/tasks"), task="interim_measure", done="no")
    visitor.post("/care/ask", rule="interim_measure")
    assert "1 open task<" in visitor.get("/care").text
    visitor.post("/care/ask", rule="", mine="1")
    assert "0 open tasks" in visitor.get("/care").text
    assert visitor.post(at(second, "/tasks"), task="GEEN CODE", done="yes").status_code == 400


def test_tasks_of_cases_put_aside_are_counted_apart(
    visitor: Visitor, world: World, keys: ReporterKeys
) -> None:
    """What was put aside with a flood does not bury what is to be done, and is not hidden."""
    world.take_in("anna", world.report(keys, **WISHES))
    visitor.post("/cases/many", case=number(keys), step="aside", label="zelfde")
    shown = visitor.get("/care").text
    assert "0 open tasks" in shown
    assert "2 more tasks are of cases that were put aside." in shown


def test_anonymous_case_asks_nobody_who(visitor: Visitor, world: World, keys: ReporterKeys) -> None:
    """The interim measure of an anonymous report is for everyone, as are all its measures."""
    world.take_in("anna", world.report(keys, **WISHES))
    shown = visitor.get(at(keys)).text
    assert "never who anybody is" in section(shown, "care")
    assert "another line of command" not in section(shown, "care")
    offered = set(re.findall(r'<option value="(\w+)">', section(shown, "measures")))
    assert offered == set(measures.FOR_EVERYONE)
    found = visitor.post(at(keys, "/measures"), kind="measure", code="warning")
    assert found.status_code == 400


def test_closing_says_what_is_not_done(visitor: Visitor, world: World, keys: ReporterKeys) -> None:
    """Open tasks are named before a case is closed."""
    world.take_in("anna", world.report(keys, **WISHES))
    assert "Arrange somebody who supports" in visitor.get(at(keys, "/close")).text


def test_measures_are_recorded_and_counted(
    visitor: Visitor, desk: Workplace, world: World, keys: ReporterKeys
) -> None:
    """By code and day; escalation is no choice inside; the table counts what was withdrawn, too."""
    world.take_in("anna", world.report(keys, **KNOWN))
    line = {"kind": "measure", "code": "warning", "day": TODAY.isoformat()}
    assert visitor.post(at(keys, "/measures"), **line).status_code == 303
    with desk.open() as vault:
        assert measures.load(vault, keys.mailbox_id).measures == (Taken("warning", TODAY),)
    shown = section(visitor.get(at(keys)).text, "measures")
    assert "21 November 2026: a written warning" in shown
    assert "Escalated to" not in shown
    assert visitor.post(at(keys, "/measures"), **line | {"day": "gisteren"}).status_code == 400
    escalated = {"kind": "escalated", "code": "ombudsman"}
    assert visitor.post(at(keys, "/measures"), **escalated).status_code == 400
    world.take_in("anna", withdrawal.make(keys))
    assert "a number for each kind and quarter" in visitor.get(at(keys)).text
    counted = visitor.get("/care/measures").text
    assert '<th scope="row">a written warning</th><td class="number">1</td>' in counted


def test_measure_is_taken_back(visitor: Visitor, world: World, keys: ReporterKeys) -> None:
    """A mistake leaves neither a line nor a number."""
    world.take_in("anna", world.report(keys))
    line = {"kind": "measure", "code": "rules", "day": TODAY.isoformat()}
    visitor.post(at(keys, "/measures"), **line)
    visitor.post(at(keys, "/measures"), step="back", **line)
    assert "None recorded." in section(visitor.get(at(keys)).text, "measures")
    assert "None recorded." in visitor.get("/care/measures").text


def test_external_channel_escalates(tmp_path: Path) -> None:
    """A channel outside the organisation is offered to whom, and it is counted."""
    world = World(tmp_path, external=True)
    keys = world.reporter()
    world.take_in("anna", world.report(keys))
    desk = Workplace(world.path("anna"), today=lambda: TODAY, cost=CHEAP)
    visitor = client(desk, unlock=PASSPHRASE)
    assert "Escalated to" in visitor.get(at(keys)).text
    visitor.post(at(keys, "/measures"), kind="escalated", code="ombudsman")
    assert "escalated to: the ombudsman" in visitor.get(at(keys)).text
    assert "escalated to: the ombudsman" in visitor.get("/care/measures").text


def begin(visitor: Visitor) -> str:
    """Begin a support record; return its address."""
    return str(visitor.post("/support").headers["Location"])


def test_support_record_is_kept_apart(visitor: Visitor, world: World, keys: ReporterKeys) -> None:
    """The case says that a record exists and nothing of it; the record says nothing of the case."""
    world.take_in("anna", world.report(keys, **KNOWN, text="Verhaal van de melder."))
    place = begin(visitor)
    record = place.rpartition("/")[2]
    visitor.post(place, by="Anneke", appointment="2026-12-01", text=f"Eigen woorden. {HOSTILE}")
    visitor.post(f"{place}/offers", kind="talk", day="2026-11-20", answer="yes")
    shown = visitor.get(place).text
    assert "20 November 2026" in shown
    assert "taken up" in shown
    assert "Eigen woorden." in shown
    assert "<script>alert" not in shown
    assert "1 December 2026" in visitor.get("/support").text
    assert record in visitor.get("/care").text
    assert visitor.post(f"{place}/case", case=number(keys), step="on").status_code == 303
    assert "and not which one" in visitor.get(place).text
    shown = visitor.get(place).text  # the notice was for once
    for of_case in (number(keys), "Verhaal van de melder", "Jan", "bullying"):
        assert of_case not in shown
    case = visitor.get(at(keys)).text
    assert "A support record exists." in case
    for of_record in (record, "Anneke", "Eigen woorden", "December"):
        assert of_record not in case
    visitor.post("/cases/ask", words="Anneke")
    assert "0 cases" in visitor.get("/cases").text
    visitor.post(f"{place}/case", case=number(keys), step="off")
    assert "A support record exists." not in visitor.get(at(keys)).text


def test_support_record_refuses_an_anonymous_case(
    visitor: Visitor, world: World, keys: ReporterKeys
) -> None:
    """An anonymous case is about nobody, so nothing is noted there."""
    world.take_in("anna", world.report(keys))
    place = begin(visitor)
    found = visitor.post(f"{place}/case", case=number(keys), step="on")
    assert found.status_code == 400
    assert "A support record exists." not in visitor.get(at(keys)).text


def test_what_cannot_be_kept_is_not_lost(visitor: Visitor) -> None:
    """A day that is none is said on the page, with all that was typed still in it."""
    place = begin(visitor)
    found = visitor.post(place, by="Anneke", appointment="morgen", text="Lang verhaal.")
    assert found.status_code == 400
    assert 'value="Anneke"' in found.text
    assert "Lang verhaal.</textarea>" in found.text


def test_support_record_is_erased_only_when_meant(visitor: Visitor, desk: Workplace) -> None:
    """Without the tick it stays; with it, it is gone."""
    place = begin(visitor)
    assert visitor.post(f"{place}/erase").status_code == 400
    assert visitor.get(place).status_code == 200
    assert visitor.post(f"{place}/erase", meant="1").status_code == 303
    assert visitor.get(place).status_code == 400
    with desk.open() as vault:
        assert support.every(vault) == []


def test_pause_leaves_notes_and_stops_the_rest(
    visitor: Visitor, world: World, keys: ReporterKeys
) -> None:
    """While the reporter pauses, handlers can talk; tasks rest and no measure is recorded."""
    world.take_in("anna", world.report(keys, **WISHES))
    world.take_in("anna", world.message(keys, kind="hold", text=""))
    assert visitor.post(at(keys, "/notes"), text="Even wachten.").status_code == 303
    shown = visitor.get(at(keys)).text
    assert section(shown, "care").count("rests while the reporter pauses") == 2
    assert 'name="done"' not in section(shown, "care")
    assert 'name="code"' not in section(shown, "measures")
    assert visitor.post(at(keys, "/measures"), kind="measure", code="rules").status_code == 400
    assert "0 open tasks" in visitor.get("/care").text


def test_withdrawn_case_takes_nothing_more(
    visitor: Visitor, world: World, keys: ReporterKeys
) -> None:
    """No note, no name, no task and no measure for a case that is gone."""
    world.take_in("anna", world.report(keys, **WISHES))
    world.take_in("anna", withdrawal.make(keys))
    for path, form in (
        ("/notes", {"text": "Toch."}),
        ("/who", {"assignee": ""}),
        ("/tasks", {"task": "supporter", "done": "yes"}),
        ("/measures", {"kind": "measure", "code": "rules"}),
    ):
        assert visitor.post(at(keys, path), **form).status_code == 400, path
    assert "0 open tasks" in visitor.get("/care").text
