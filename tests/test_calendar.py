"""A site and its desks over fourteen months: keys, cards, retention, leap day, turn of the year."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from dropbox.desk import keyring
from dropbox.protocol import days
from tests.calendar_world import HANDLERS, Town, every_day, last_day, telling_days

FIRST, LAST = date(2027, 12, 15), date(2029, 2, 2)
AWAY = (date(2028, 2, 29), date(2028, 4, 14))
"""Bram fetches nothing in these 45 days, which begin on a leap day and pass a new card."""

TROUBLE = ("ALARM", "WARNING", "Damaged", "Refused")
MONTHS_KEPT = 13

Days = Callable[[date, date], Iterator[date]]


@dataclass
class Told:
    """One report: its code, its day, and when somebody last wrote in its mailbox."""

    words: str
    filed: date
    last: date
    withdrawn: bool = False

    def lives(self, today: date) -> bool:
        """Tell whether its mailbox has to be there."""
        month = days.month_number(self.last) + MONTHS_KEPT
        return not self.withdrawn and days.month_number(today) <= month


class Diary:
    """Walks a town through its days, and knows what must be so on each."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.told: list[Told] = []
        self.new = dict.fromkeys(HANDLERS, 0)

    def live(self, day: date) -> None:
        """Let one day pass: what the calendar asks for, the courier, the night."""
        town, town.today = self.town, day
        if day.day == 1 and day.month in (1, 4, 7, 10):
            town.renew()
        if (day + timedelta(days=1)).day == 1:
            self.told.append(Told(town.file(), day, day))
            for name in HANDLERS:
                self.new[name] += 1
        for name in HANDLERS:
            if name == "anna" or not AWAY[0] <= day <= AWAY[1]:
                self._carry(name)
        town.run("purge")
        if day.day != 15:
            self._look(day)

    def _carry(self, name: str) -> None:
        printed = self.town.carry_in(name)
        assert f"New reports: {self.new[name]}\n" in printed, (self.town.today, name, printed)
        assert not any(word in printed for word in TROUBLE), (self.town.today, printed)
        self.new[name] = 0
        self.town.carry_out(name)

    def _look(self, day: date) -> None:
        seen = {one.filed: self.town.knows(one.words) for one in self.told}
        assert seen == {one.filed: one.lives(day) for one in self.told}, day

    def act(self, day: date) -> None:
        """Let people do something on the first of a month, and know what it changes."""
        town = self.town
        month = days.month_number(day) - days.month_number(FIRST)
        if month > 1:
            # The first report gets no answer, so nothing keeps its mailbox longer.
            town.desk("anna", "reply", town.case(self.told[-1].words), "--text", f"Van {day}.")
            self.told[-1].last = day
        if month == 3:
            assert "You paused your report." in town.act(self.told[1].words, "hold").text
            self.told[1].last = day
        if month == 6:
            assert "You paused your report." in town.mailbox(self.told[1].words)
            town.act(self.told[1].words, "resume")
            self.told[1].last = day
            town.act(self.told[2].words, "withdraw_now")
            self.told[2].withdrawn = True


@pytest.mark.parametrize("passing", [telling_days, pytest.param(every_day, marks=pytest.mark.soak)])
def test_site_and_desks_live_through_fourteen_months(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, passing: Days
) -> None:
    """Every report opens at each desk, every mailbox lives as long as was promised, and no longer.

    In between: keys of every month, a card each quarter, 45 days without a courier, a leap
    day, a hold over three months, a withdrawal, and the night's purge on each day.
    """
    town = Town(tmp_path, monkeypatch, FIRST)
    diary = Diary(town)
    for day in passing(FIRST, LAST):
        diary.live(day)
        if day.day == 1:
            diary.act(day)
    assert len(diary.told) == 14
    assert [one.lives(LAST) for one in diary.told] == [False, True, False, *[True] * 11]
    assert town.count("mailbox") == 12
    for name in HANDLERS:
        with town.vault(name) as vault:
            # The month that is over and the one before; the requests made six in advance.
            assert keyring.count_expired(vault, LAST) == 0
            kept = [intake.first_day for intake in keyring.load(vault).intake]
        assert min(kept) == date(2028, 12, 1)
        shown = town.desk(name, "list")
        assert "Withdrawn in all: 1" in shown
        assert "paused" not in shown
        assert "not yet final" not in shown
        # What the site no longer has stays at the desk, which decides for itself.
        assert town.case(diary.told[0].words)[:8] in shown
        for one in diary.told[3:]:
            assert town.case(one.words)[:8] in shown


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    """Return a town on the last day of a month, when the month's key is about to end."""
    return Town(tmp_path, monkeypatch, date(2028, 1, 31))


def test_bundle_uncollected_for_45_days_still_opens(town: Town) -> None:
    """The key of a month stays until what came in that month has been at the desk."""
    earlier = town.collect("bram", to="earlier")
    words = town.file()
    under_way = town.collect("bram")
    town.today += timedelta(days=45)
    assert "New reports: 0" in town.desk("bram", "import", earlier)
    for printed in (town.carry_in("anna"), town.desk("bram", "import", under_way)):
        assert "New reports: 1\n" in printed
        assert not any(word in printed for word in TROUBLE)
    town.carry_in("bram")
    for name in HANDLERS:
        with town.vault(name) as vault:
            assert keyring.load(vault).intake[0].first_day == date(2028, 2, 1)
        assert town.case(words)[:8] in town.desk(name, "list")


def test_expired_card_refuses_reports_clearly_until_it_is_renewed(town: Town) -> None:
    """On its last day a card still serves; a day later nobody can report, and who did can read."""
    words = town.file()
    town.round()
    town.today = town.card.expires
    assert town.get("/en/report/meldpunt").status_code == 200
    late = town.reviewed()
    town.today += timedelta(days=1)
    opened = town.get("/en/report/meldpunt")
    assert "This channel cannot take reports or messages at the moment." in opened.text
    sent = town.post("/en/report/meldpunt", late | {"step": "send"})
    assert "<h1>This channel is closed now</h1>" in sent.text
    assert "nothing was stored" in sent.text
    assert opened.status_code == sent.status_code == 503
    assert "Nobody can report here until there is a new one." in town.run("status")
    assert town.knows(words)
    assert town.count("mailbox") == 1
    town.renew()
    town.file()
    assert all("New reports: 1\n" in printed for printed in town.round().values())


@pytest.mark.parametrize(
    ("filed", "alive", "gone"),
    [
        (date(2028, 1, 31), date(2029, 2, 28), date(2029, 3, 1)),
        (date(2028, 2, 29), date(2029, 3, 31), date(2029, 4, 1)),
        (date(2028, 3, 1), date(2029, 4, 30), date(2029, 5, 1)),
        (date(2028, 12, 31), date(2030, 1, 31), date(2030, 2, 1)),
    ],
)
def test_mailbox_lives_a_year_after_its_last_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, filed: date, alive: date, gone: date
) -> None:
    """Thirteen whole months, so a year at least, whichever day of the month it was."""
    town = Town(tmp_path, monkeypatch, filed)
    words = town.file()
    assert alive >= days.add_months(filed, 12)
    for day, there in ((alive, True), (gone, False)):
        town.today = day
        town.run("purge")
        assert town.knows(words) is there
        assert town.count("mailbox") == town.count("envelope") == there


def test_tombstone_goes_a_year_after_everybody_heard_of_it(town: Town) -> None:
    """And no earlier: until then a desk that is restored has to hear of it again."""
    words = town.file()
    town.round()
    town.act(words, "withdraw_now")
    town.round()
    month = days.month_number(town.today)
    for later, there in ((MONTHS_KEPT, 1), (MONTHS_KEPT + 1, 0)):
        town.today = last_day(month + later)
        town.run("purge")
        assert town.count("tombstone") == there


def test_tombstone_of_who_left_does_not_stay_for_ever(town: Town) -> None:
    """Who left may still fetch it for two years; then it goes, whatever they did."""
    words = town.file()
    town.round()
    town.renew(["anna"], "--remove", town.ids("bram"))
    town.act(words, "withdraw_now")
    town.round("anna")
    month = days.month_number(town.today)
    town.today = last_day(month + MONTHS_KEPT + 12)
    town.run("purge")
    assert town.count("tombstone") == 1
    assert "Withdrawn and erased: 1" in town.carry_in("bram")
    town.today += timedelta(days=1)
    town.run("purge")
    assert town.count("tombstone") == town.count("tombstone_slot") == 0
