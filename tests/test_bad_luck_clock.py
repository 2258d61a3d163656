"""A clock that jumps by a year: refused or harmless, told, and forgotten once it is right again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest

from dropbox import upkeep
from dropbox.cli.desk_show import NOTICES
from dropbox.desk import casebook, keyring
from dropbox.desk.keyring import IntakeSecret
from dropbox.desk.served_card import Notice
from dropbox.errors import CardExpired
from dropbox.exchange import DeliveredTooLate
from dropbox.language import translator
from dropbox.protocol import days, withdrawal
from dropbox.protocol.channel_card import CardTooEarly
from dropbox.store import purge_day
from dropbox.store.purge_day import DateDoubtfulForPurge
from tests.bad_luck_checks import (
    ANSWER,
    answered,
    cases,
    check_tables,
    filed,
    mailboxes,
    numbers,
    waiting,
)
from tests.bad_luck_world import FORM, HANDLER, NOTHING, SENT, Clock, Reporter, Town, town
from tests.blind_server import Site, desk_bundle, reply
from tests.organisation import TODAY, Office

YEAR = 365
TOO_LONG = YEAR + 90
"""Days after which every mailbox of today is over."""

CLOSED = "It cannot receive your report. Nothing was sent and nothing was stored."
dutch = translator("nl").gettext


@contextmanager
def clocked(folder: Path, *, serve: bool = True) -> Iterator[tuple[Town, Clock]]:
    """Make a town whose clock the test sets."""
    (folder / "town").mkdir()
    clock = Clock(folder)
    with town(folder / "town", changes=clock.changes, serve=serve) as made:
        yield made, clock


def test_site_whose_clock_jumped_takes_nothing_and_recovers_by_itself(tmp_path: Path) -> None:
    """What was typed comes back with a 503, nothing is stored; then the same server goes on."""
    with clocked(tmp_path) as (site, clock):
        reporter = Reporter(site.port)
        code = reporter.file("voor de sprong").code
        for jump in (YEAR, -YEAR):
            form = {**reporter.get(FORM).hidden, "text": "typte ik lang aan", "mode": "anonymous"}
            clock.set(jump)
            for step in ("review", "send"):
                answer = reporter.post(FORM, **form, step=step)
                assert (answer.status, dutch(CLOSED) in answer.page) == (503, True)
                assert "typte ik lang aan" in answer.page
            assert reporter.get(FORM).status == 503
            opened, written = reporter.open(code), reporter.act(code, "message", text="en dit ook")
            assert written.status == 503
            if jump > 0:
                assert opened.status == 200
                assert "en dit ook" in written.page
            else:
                # every reply would look as if it were forged
                assert (opened.status, NOTHING in opened.page) == (503, True)
            clock.set(0)
            assert reporter.post(FORM, **form, step="send").code
            assert SENT in reporter.act(code, "message", text="en dit ook").page
        assert mailboxes(site) == 3
        check_tables(site.database)


def test_bundles_wait_while_the_clock_of_the_server_is_wrong(tmp_path: Path) -> None:
    """A delivery under a wrong clock would keep replies too long or too briefly."""
    with clocked(tmp_path) as (site, clock):
        code = Reporter(site.port).file("voor de sprong").code
        out = answered(site)
        collect = ["collect", "--handler", site.handler(), "--out", site.folder / "new.bundle"]
        clock.set(-YEAR)
        assert site.refused("deliver", out) == dutch(CardTooEarly.text)
        assert site.refused(*collect) == dutch(CardTooEarly.text)
        clock.set(YEAR)
        assert site.refused("deliver", out) == dutch(DeliveredTooLate.text)
        site.ok(*collect)
        clock.set(0)
        # a collection on a day to come is no reason to look away from this handler for a year
        assert is_overdue(site)
        site.ok(*collect)
        assert not is_overdue(site)
        site.ok("deliver", out)
        assert ANSWER in Reporter(site.port).open(code).page


def is_overdue(site: Town) -> bool:
    """Tell whether the status warns of our handler."""
    lines = site.ok("status").splitlines()
    return "TE LAAT" in next(line for line in lines if site.handler() in line)


def test_purge_refuses_a_date_that_jumped_and_goes_on_by_itself(tmp_path: Path) -> None:
    """Nothing is deleted until the clock is right again, or a person says that it is."""
    with clocked(tmp_path, serve=False) as (site, clock):
        filed(site, clock.real, 3)
        site.ok("purge")
        said = dutch(DateDoubtfulForPurge.text) % {"day": clock.real.isoformat()}
        for jump in (TOO_LONG, -YEAR):
            clock.set(jump)
            for _night in range(2):
                assert site.refused("purge") == said
            clock.set(0)
            site.ok("purge")
        assert mailboxes(site) == 3
        clock.set(TOO_LONG)
        site.ok("purge", "--after-a-pause")
        assert mailboxes(site) == 0
        clock.set(TOO_LONG + 1)
        site.ok("purge")


def test_mailbox_lives_a_year_also_with_the_clock_a_month_ahead(site: Site) -> None:
    """What passes unasked takes a mailbox at most three days before its year is over."""
    ahead = purge_day.LONGEST_PAUSE
    for filed_on in (date(2026, 12, 1), date(2026, 12, 31), date(2027, 1, 31)):
        filed_ = site.file(today=filed_on)
        year_over = days.add_months(filed_on, 12) - timedelta(days=3)
        upkeep.purge(site.store, year_over, date_is_right=True)
        upkeep.purge(site.store, year_over + ahead)
        assert site.page(filed_) is not None
        with pytest.raises(DateDoubtfulForPurge):
            upkeep.purge(site.store, year_over + 2 * ahead + timedelta(days=1))


def test_refused_purge_erases_traces_all_the_same(site: Site) -> None:
    """A wrong date is no reason to keep what was deleted before, or the order of arrival."""
    upkeep.purge(site.store, TODAY)
    filed_ = site.file()
    site.mailboxes.withdraw(withdrawal.make(filed_.keys), TODAY)
    log = site.store.path.with_name(site.store.path.name + "-wal")
    site.file()
    assert log.stat().st_size
    with pytest.raises(DateDoubtfulForPurge):
        upkeep.purge(site.store, TODAY + timedelta(days=YEAR))
    assert not log.stat().st_size


def refused_at_first(real: Callable[..., str], times: int) -> Callable[..., str]:
    """Return a reading that is refused so many times, as another user's file."""
    left = [PermissionError(13, "no")] * times

    def read(*about: object, **more: object) -> str:
        if left:
            raise left.pop()
        return real(*about, **more)

    return read


@pytest.mark.parametrize("trouble", ["damaged", "another user's"])
def test_unreadable_day_of_the_last_purge_is_looked_at_by_a_person(
    site: Site, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged file is no first night, and one that may not be read stops no night for ever."""
    upkeep.purge(site.store, TODAY)
    path = site.store.path.parent / purge_day.NAME
    if trouble == "damaged":
        path.write_bytes(b"\xff2026")
    else:
        # Permissions do not bind root, as whom tests may run.
        monkeypatch.setattr("pathlib.Path.read_text", refused_at_first(Path.read_text, times=2))
    with pytest.raises(DateDoubtfulForPurge):
        upkeep.purge(site.store, TODAY)
    upkeep.purge(site.store, TODAY, date_is_right=True)
    upkeep.purge(site.store, TODAY)


def test_confirmed_date_counts_also_when_it_is_lower(site: Site) -> None:
    """Who confirmed a wrong date once can take it back."""
    upkeep.purge(site.store, TODAY + timedelta(days=YEAR))
    with pytest.raises(DateDoubtfulForPurge):
        upkeep.purge(site.store, TODAY)
    upkeep.purge(site.store, TODAY, date_is_right=True)
    upkeep.purge(site.store, TODAY)
    with pytest.raises(DateDoubtfulForPurge):
        upkeep.purge(site.store, TODAY + timedelta(days=YEAR))


def test_reply_delivered_by_a_clock_behind_stays_as_long_as_its_mailbox(
    site: Site, channel: Office
) -> None:
    """A reply may not go before the mailbox that its reporter still opens."""
    filed_, handler = site.file(), channel.handlers[0]
    answer = reply(channel, handler, filed_)
    site.deliver(desk_bundle(channel, handler, 1, answer), today=TODAY - timedelta(days=9))
    upkeep.purge(site.store, days.add_months(TODAY, 13))
    page = site.page(filed_)
    assert page is not None
    assert page.replies == (answer.content,)


def test_desk_whose_clock_jumped_loses_nothing_and_recovers_by_itself(tmp_path: Path) -> None:
    """Nothing is receipted unread, no key goes, no answer bears a wrong day."""
    with clocked(tmp_path, serve=False) as (site, clock):
        filed(site, clock.real, 3)
        bundle, out = site.folder / "in.bundle", site.folder / "out.bundle"
        site.ok("collect", "--handler", site.handler(), "--out", bundle)
        keys_before = intake_keys(site)
        for jump, refusal in ((-YEAR, CardTooEarly), (YEAR, CardExpired)):
            clock.set(jump)
            said = site.ok(*site.desk("import", bundle))
            assert dutch(NOTICES[Notice.CLOCK_DOUBTFUL]) in said
            assert (dutch(NOTICES[Notice.BUNDLE_TO_COME]) in said) == (jump < 0)
            assert cases(site) == (0 if jump < 0 else 3)
            site.ok(*site.desk("export", "--out", out))
            clock.set(0)
            site.ok(*site.desk("import", bundle))
            assert cases(site) == 3
            assert intake_keys(site) == keys_before
            clock.set(jump)
            answer = site.desk("reply", min(numbers(site)), "--text", ANSWER)
            assert site.refused(*answer) == dutch(refusal.text)
            assert waiting(site) == 0
        clock.set(0)
        with site.demo.open(HANDLER) as vault:
            assert list(casebook.troubles(vault)) == []
        site.ok(*answer)
        site.ok(*site.desk("export", "--out", out))
        site.ok("deliver", out)


def intake_keys(site: Town) -> tuple[IntakeSecret, ...]:
    """Return the desk's intake keys."""
    with site.demo.open(HANDLER) as vault:
        return keyring.load(vault).intake
