"""Whoever carves the pages of a seized database learns nothing of the order of arrival."""

import math
import random
import secrets
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bench import carving
from bench.carving import CHANCE, Arrivals, evidence, neighbour_score, order_score, strongest
from bench.pages import Pages, copy
from dropbox.errors import StoreBusy
from dropbox.protocol import withdrawal
from dropbox.protocol.envelope import envelope_id
from dropbox.store import Store, StoredEnvelope, StoredMailbox, connection
from dropbox.store import store as store_module
from tests.blind_server import Filed, Site, desk_bundle, reply, rows
from tests.organisation import TODAY, Office, office

TABLES_OF_REPORTS = (
    "mailbox",
    "sqlite_autoindex_mailbox_2",
    "envelope",
    "envelope_by_mailbox",
    "slot",
    "slot_by_envelope",
    "addressed",
    "form_nonce",
)
TABLES_OF_WITHDRAWALS = ("tombstone", "tombstone_slot", "tombstone_slot_by_mailbox")


@pytest.fixture(autouse=True)
def random_nonces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a form's nonce be random, as the site's are: the tests' own count upwards."""
    monkeypatch.setattr("tests.blind_server.nonce", lambda: secrets.token_bytes(16))


@dataclass
class Carved:
    """Several sites in a row, and what each guess was worth at each of them, by moment."""

    folder: Path
    scores: dict[str, dict[str, list[float]]] = field(default_factory=dict)

    def look(self, moment: str, site: Site, arrivals: Arrivals) -> None:
        """Let the adversary take one site's database."""
        folder = self.folder / secrets.token_hex(8)
        folder.mkdir()
        for guess, score in evidence(site.store.path, folder, arrivals).items():
            self.scores.setdefault(moment, {}).setdefault(guess, []).append(score)

    def together(self, moment: str) -> dict[str, float]:
        """Return the scores of all sites as one score for each guess.

        Source: Stouffer's method: a sum of n independent scores has deviation √n.
        """
        found = self.scores[moment].items()
        return {guess: sum(scores) / math.sqrt(len(scores)) for guess, scores in found}


def ids(filed: Filed) -> tuple[bytes, ...]:
    """Return the ids that a report's rows carry."""
    return filed.keys.mailbox_id, filed.new.lookup, envelope_id(filed.new.envelope), filed.nonce


def busy_day(site: Site, channel: Office, reports: int) -> list[tuple[bytes, ...]]:
    """Let reports come in, with a later message or a reply after every tenth."""
    arrivals, known = [], []
    for number in range(reports):
        filed = site.file()
        arrivals.append(ids(filed))
        known.append(filed)
        if number % 10 == 3:
            # Whose message it is does show; so it must not follow its own report.
            earlier = secrets.choice(known)
            arrivals.append((envelope_id(site.append(earlier, channel.handlers)),))
        if number % 10 == 7:
            handler = channel.handlers[0]
            with site.store.read() as tables:
                serial = tables.couriers.get(handler.handler_id).serial + 1
            site.deliver(desk_bundle(channel, handler, serial, reply(channel, handler, filed)))
    return arrivals


def one_life(carved: Carved, folder: Path) -> None:
    """Let a site live for two days and nights, with the adversary there each time."""
    folder.mkdir()
    channel = office()
    site = Site(folder, channel)
    first = busy_day(site, channel, 200)
    carved.look("first evening", site, first)
    site.store.maintain()
    carved.look("first morning", site, first)
    second = busy_day(site, channel, 60)
    carved.look("second evening", site, second)
    withdrawn = [site.file() for _ in range(40)]
    for filed in withdrawn:
        site.mailboxes.withdraw(withdrawal.make(filed.keys), TODAY)
    site.store.maintain()
    carved.look("second morning", site, [*first, *second])
    carved.look("withdrawals", site, [(filed.keys.mailbox_id,) for filed in withdrawn])
    site.store.close()


@pytest.mark.parametrize("sites", [3, pytest.param(30, marks=pytest.mark.soak)])
def test_page_carving_after_maintenance_reveals_no_arrival_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sites: int
) -> None:
    """In no table does any guess at the order beat chance after `maintain`; before, many do.

    The guesses are some hundred, and chance reaches the bound once in ten million: a false
    alarm comes less than once in 10,000 runs. What the bound is worth: over three sites of
    200 reports it shows a rank correlation of 0.23 or more, in the long run of 0.07.
    """
    # As in a large database, which a withdrawal does not rebuild at once.
    monkeypatch.setattr(store_module, "TIDY_BYTES", 0)
    carved = Carved(tmp_path / "copies")
    carved.folder.mkdir()
    for number in range(sites):
        one_life(carved, tmp_path / f"site {number}")
    for evening in ("first evening", "second evening"):
        assert strongest(carved.together(evening)) > 2 * CHANCE
        # The pages of the very bodies give it away by themselves.
        assert carved.together(evening)["envelope: first overflow, order"] > CHANCE
    for morning in ("first morning", "second morning", "withdrawals"):
        told = carved.together(morning).items()
        assert {guess: score for guess, score in told if abs(score) > CHANCE} == {}
    looked_at = {guess.split(":")[0] for guess in carved.together("second morning")}
    assert looked_at >= set(TABLES_OF_REPORTS)
    assert {guess.split(":")[0] for guess in carved.together("withdrawals")} >= {
        *TABLES_OF_WITHDRAWALS
    }


def telling(store: Store, number: int) -> tuple[bytes, ...]:
    """Store a report whose ids count upwards, which those of the product never do."""
    one, other, envelope, nonce = (number.to_bytes(4, "big") * 8 for _ in range(4))
    mailbox = StoredMailbox(one, other, bytes(32), bytes(32), bytes(32), bytes(767), 24_000)
    with store.write() as tables:
        tables.nonces.use(nonce[:16], TODAY)
        tables.mailboxes.add(mailbox)
        stored = StoredEnvelope(envelope, one, 1, secrets.token_bytes(4400), 24_000)
        tables.envelopes.add(stored, [bytes(16)], reply=False)
        tables.mailboxes.address(one, [bytes(16)])
    return one, other, envelope, nonce[:16]


def test_adversary_sees_an_order_in_every_table_that_has_one(tmp_path: Path) -> None:
    """The same adversary, after the same maintenance, finds an order that ids would carry.

    So where the adversary finds nothing, nothing is: no table is looked at in vain.
    """
    store = Store.create(tmp_path / "site.db")
    arrivals = [telling(store, number) for number in range(200)]
    store.maintain()
    (tmp_path / "copy").mkdir()
    scores = evidence(store.path, tmp_path / "copy", arrivals)
    for table in TABLES_OF_REPORTS:
        own = {guess: score for guess, score in scores.items() if guess.startswith(f"{table}:")}
        assert strongest(own) > CHANCE, table
    assert scores["raw: first place, order"] > CHANCE


def test_unused_bytes_of_pages_hold_nothing_after_maintenance(
    site: Site, channel: Office, tmp_path: Path
) -> None:
    """Gaps in pages, ends of chains and free pages are empty, but for what SQLite counts there."""
    arrivals = busy_day(site, channel, 120)
    for filed in [site.file() for _ in range(20)]:
        site.mailboxes.withdraw(withdrawal.make(filed.keys), TODAY)
    site.store.maintain()
    pages = Pages(copy(site.store.path, tmp_path / "cards"))
    unused = pages.unused()
    assert len(unused) > 10_000
    runs = bytes(unused).replace(b"\0\0", b"\0").split(b"\0")
    assert max(map(len, runs)) < 8
    assert not any(one[:8] in unused for known in arrivals for one in known)


def test_page_reader_finds_every_row(site: Site, channel: Office, tmp_path: Path) -> None:
    """Our own reading of the pages sees as many rows in each table as SQLite does."""
    busy_day(site, channel, 150)
    tables = dict(Pages(copy(site.store.path, tmp_path / "cards")).trees())
    for name in ("mailbox", "envelope", "slot", "addressed", "form_nonce", "recipient"):
        assert len(tables[name]) == rows(site.store, name)
    bodies = [cell for cell in tables["envelope"] if len(cell.overflow) > 0]
    assert len(bodies) == rows(site.store, "envelope")


@pytest.mark.parametrize("score", [order_score, neighbour_score])
@pytest.mark.parametrize("values", [10**9, 4])
def test_score_of_a_random_order_is_what_chance_gives(score: object, values: int) -> None:
    """Scores of random orders have mean 0 and deviation 1, also where many values are equal."""
    chance = random.Random(11)
    scores = [
        score([(chance.randrange(values),) for _ in range(100)])  # type: ignore[operator]
        for _ in range(1000)
    ]
    mean = sum(scores) / len(scores)
    deviation = math.sqrt(sum((one - mean) ** 2 for one in scores) / len(scores))
    assert abs(mean) < 0.12
    assert 0.9 < deviation < 1.15


def test_score_of_a_right_guess_is_the_highest() -> None:
    """The true order scores √(n - 1), backwards its negative, and one value for all nothing."""
    order = [(number,) for number in range(101)]
    assert order_score(order) == pytest.approx(10)
    assert order_score(order[::-1]) == pytest.approx(-10)
    assert neighbour_score(order) == neighbour_score(order[::-1]) > 10
    assert order_score([(1,)] * 50) == neighbour_score([(1,)] * 50) == 0


def test_bench_gives_both_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bench says what the best guess was worth before, and that it is chance after."""
    monkeypatch.setattr(carving, "_REPORTS", 60)
    before, after = carving.measure(tmp_path)
    assert before.value > 0.9
    assert after.holds


def test_maintenance_that_leaves_the_log_says_so(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a reader keeps the log from being emptied, nobody is told that no trace is left."""
    site.file()
    monkeypatch.setattr(connection, "BUSY_TIMEOUT_SECONDS", 0.05)
    other = Store(site.store.path)
    with site.store.read() as tables:
        tables.mailboxes.with_lookup(bytes(32))
        with pytest.raises(StoreBusy):
            other.maintain()
    other.maintain()
    assert site.store.path.with_name("site.db-wal").stat().st_size == 0
    other.close()
