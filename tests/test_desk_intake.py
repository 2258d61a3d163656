"""Letters, calls and signals that a handler enters: the case, its mailbox, and its code."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from dropbox.desk import (
    casebook,
    drafts,
    inbound,
    intake,
    keyring,
    measures,
    outbound,
    outbox,
    replies,
    slip,
    triage,
)
from dropbox.desk.drafts import Draft
from dropbox.desk.errors import EmptyText, ImportFirst, NotText, UnknownCase
from dropbox.desk.intake import CodeIsOut, Entered, EntryInvalid, WriterExcluded
from dropbox.errors import FieldTooLong, TextTooLong
from dropbox.export import lexicon
from dropbox.export.redact import Redactor
from dropbox.export.register import Register
from dropbox.protocol import bundle, handler, keys, new_mailbox, reply_code, reporter, withdrawal
from dropbox.protocol.bundle import FrameType
from dropbox.protocol.keys import ReporterKeys
from dropbox.protocol.payload import Report
from tests.desk_world import SITE_ID, TODAY, World, contents

LETTER = "Wij worden uitgescholden, merkteken-wulp."


def letter(**changes: object) -> Report:
    """Return what was filled in for a letter."""
    blank = Report(TODAY, 1, "anonymous", "nl", LETTER, (), origin="letter", people=12)
    return replace(blank, **changes)  # type: ignore[arg-type]


def enter(world: World, **changes: object) -> Entered:
    """Enter a letter."""
    with world.vault("anna") as vault:
        return intake.enter(vault, letter(**changes), world.today)


def holder(world: World, entered: Entered) -> ReporterKeys:
    """Return the keys of who has the code."""
    key = reply_code.parse(" ".join(entered.words))
    return keys.reporter_keys(SITE_ID, world.card.channel_pk, key)


def test_case_is_here_at_once_with_its_origin(world: World) -> None:
    """The entered letter is a case of the channel, signed by the mailbox's own key."""
    entered = enter(world)
    own = holder(world, entered)
    assert own.mailbox_id == entered.mailbox_id
    case = world.case("anna", own)
    assert (case.report.text, case.report.origin, case.report.people) == (LETTER, "letter", 12)
    assert (case.pinned.ed_pk, case.pinned.x_pk) == (own.ed_pk, own.x_pk)
    assert case.report.day == TODAY
    assert case.receipt_clock(TODAY).owed == TODAY + timedelta(days=7)


def test_bundle_brings_the_mailbox_before_its_answers(world: World) -> None:
    """Mailbox, receipt and reply go together, and what opens a mailbox comes first."""
    entered = [enter(world) for _each in range(3)]
    for each in entered:
        world.write("anna", replies.reply, holder(world, each), "Dank je wel.")
    _header, _hash, frames = world.export("anna")
    kinds = [frame.type for frame in frames]
    assert kinds[:4] == [FrameType.CARD] + [FrameType.MAILBOX] * 3
    assert kinds.count(FrameType.ENVELOPE) == kinds.count(FrameType.RECEIPT) == 3
    found = new_mailbox.read(frames[1].content)
    mine = next(one for one in entered if holder(world, one).ed_pk == found.ed_pk)
    own = holder(world, mine)
    header = new_mailbox.header(found, SITE_ID, world.card.channel_pk)
    assert header.mailbox_id == mine.mailbox_id
    token = keys.token(SITE_ID, reply_code.parse(" ".join(mine.words)))
    assert found.lookup == keys.lookup(token)
    memo = reporter.open_memo(own, found.memo)
    assert (memo.day, set(memo.recipients)) == (TODAY, world.ids)


def test_colleague_gets_it_as_any_report(world: World) -> None:
    """The other desk takes it in, shows where it came from, and pins the same keys."""
    entered = enter(world, origin="council", people=1)
    _header, _hash, frames = world.export("anna")
    (content,) = contents(frames, FrameType.MAILBOX)
    report = new_mailbox.read(content).envelope
    assert world.take_in("bram", report).reports == 1
    theirs = world.case("bram", holder(world, entered))
    assert (theirs.report.origin, theirs.report.text) == ("council", LETTER)
    assert world.take_in("anna", report).duplicates == 1


def test_excluded_colleague_has_no_slot(world: World) -> None:
    """Who is named in the letter gets nothing of it."""
    bram = world.handler_id("bram")
    entered = enter(world, excluded=(bram,))
    case = world.case("anna", holder(world, entered))
    assert case.readers == {world.handler_id("anna")}
    _header, _hash, frames = world.export("anna")
    (content,) = contents(frames, FrameType.MAILBOX)
    assert world.take_in("bram", new_mailbox.read(content).envelope).reports == 0


def test_who_enters_cannot_shut_themselves_out(world: World) -> None:
    """A case that its own desk cannot read would be nobody's work."""
    with pytest.raises(WriterExcluded):
        enter(world, excluded=(world.handler_id("anna"),))


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"text": " \n"}, EmptyText),
        ({"text": "\ud800"}, NotText),
        ({"text": "a" * 20_001}, TextTooLong),
        ({"name": "a" * 101}, FieldTooLong),
        ({"origin": "transfer"}, EntryInvalid),
        ({"origin": ""}, EntryInvalid),
        ({"people": 0}, EntryInvalid),
        ({"people": 10_001}, EntryInvalid),
        ({"unit": "Parken!"}, EntryInvalid),
        ({"conduct": ("pesten", "pesten")}, EntryInvalid),
        ({"period": "zomer"}, EntryInvalid),
    ],
)
def test_what_cannot_be_sent_leaves_nothing(
    world: World, changes: dict[str, object], error: type[Exception]
) -> None:
    """A refused entry makes no case, no key and nothing to send."""
    with pytest.raises(error):
        enter(world, **changes)
    with world.vault("anna") as vault:
        assert list(casebook.ids(vault)) == []
        assert vault.count("outbox") == vault.count("case_key") == vault.count("seen") == 0


def test_restored_vault_imports_first(world: World) -> None:
    """Before a restored desk knows the site's count it enters nothing."""
    with world.vault("anna") as vault:
        found = outbox.courier(vault)
        with vault.transaction():
            outbox.save_courier(vault, replace(found, import_first=True))
    with pytest.raises(ImportFirst):
        enter(world)


def test_code_is_kept_nowhere(world: World) -> None:
    """No row of the vault, read in clear, holds a word of the code or its key."""
    entered = enter(world)
    key = reply_code.parse(" ".join(entered.words))
    own = holder(world, entered)
    with world.vault("anna") as vault:
        kept = [
            content
            for drawer in ("setting", "seen", "outbox")
            for _n, content in vault.items(drawer)
        ]
        case_key = vault.get("case_key", entered.mailbox_id)
        assert case_key is not None
        book = casebook.open_book(vault, entered.mailbox_id)
        kept += [
            book.sealed(entered.envelope_id),
            vault.get("casebook", entered.mailbox_id, case_key) or b"",
        ]
    everything = b"".join(kept)
    assert len(everything) > 5_000
    for secret in (key, own.ed_seed, own.x_sk):
        assert secret not in everything
        assert secret.hex().encode() not in everything
    assert "Entered(…)" in repr([entered])
    assert entered.words[0] not in repr(entered)


def test_lost_code_is_made_anew_before_the_bundle(world: World) -> None:
    """The old mailbox is gone here and never leaves; the new one has the same report."""
    first = enter(world)
    with world.vault("anna") as vault:
        second = intake.anew(vault, first.mailbox_id, TODAY)
        with pytest.raises(UnknownCase):
            casebook.open_book(vault, first.mailbox_id)
        assert list(casebook.ids(vault)) == [second.mailbox_id]
    assert second.words != first.words
    assert world.case("anna", holder(world, second)).report.text == LETTER
    _header, _hash, frames = world.export("anna")
    (content,) = contents(frames, FrameType.MAILBOX)
    assert new_mailbox.read(content).ed_pk == holder(world, second).ed_pk
    assert len(contents(frames, FrameType.RECEIPT)) == 1


def test_what_lies_beside_a_case_goes_on_with_its_new_code(world: World) -> None:
    """A draft, a label and a measure are not lost with the old mailbox, nor counted twice."""
    first = enter(world)
    with world.vault("anna") as vault:
        drafts.save(vault, first.mailbox_id, Draft("Half af."))
        triage.label(vault, [first.mailbox_id], "zelfde zaak", aside=False)
        measures.add(vault, first.mailbox_id, measures.MEASURE, "survey", TODAY, TODAY)
        second = intake.anew(vault, first.mailbox_id, TODAY).mailbox_id
        assert drafts.load(vault, second) == Draft("Half af.")
        assert triage.of_book(casebook.open_book(vault, second)).label == "zelfde zaak"
        assert measures.load(vault, second).measures == (measures.Taken("survey", TODAY),)
        assert [each.count for each in measures.counts(vault)] == [1]


def test_code_that_is_out_is_not_made_anew(world: World) -> None:
    """After a bundle or an answer, and at a colleague's desk, the code stays what it is."""
    answered, exported = enter(world), enter(world)
    world.write("anna", replies.reply, holder(world, answered), "Dank je wel.")
    _header, _hash, frames = world.export("anna")
    for content in contents(frames, FrameType.MAILBOX):
        world.take_in("bram", new_mailbox.read(content).envelope)
    for name in ("anna", "bram"):
        with world.vault(name) as vault:
            for each in (answered, exported):
                with pytest.raises(CodeIsOut):
                    intake.anew(vault, each.mailbox_id, TODAY)


def test_answered_but_not_exported_code_is_not_made_anew(world: World) -> None:
    """A reply is sealed to the old code's key: it would be lost."""
    entered = enter(world)
    world.write("anna", replies.reply, holder(world, entered), "Dank je wel.")
    with world.vault("anna") as vault, pytest.raises(CodeIsOut):
        intake.anew(vault, entered.mailbox_id, TODAY)


def test_mailbox_goes_again_until_it_is_confirmed(world: World) -> None:
    """As every item; after that it is kept for a site that is restored."""
    enter(world)
    header, hash_, frames = world.export("anna")
    assert len(contents(frames, FrameType.MAILBOX)) == 1
    again = world.export("anna")
    assert len(contents(again[2], FrameType.MAILBOX)) == 1
    world.take_in("anna", serial=again[0].serial, accepted=again[1])
    assert contents(world.export("anna")[2], FrameType.MAILBOX) == set()
    world.take_in("anna", serial=header.serial + 5_000)  # zeros: the site was restored
    restored = contents(world.export("anna")[2], FrameType.MAILBOX)
    assert restored == contents(frames, FrameType.MAILBOX)
    assert hash_ != again[1]


def test_withdrawn_mailbox_never_goes_again(world: World) -> None:
    """The holder of the code withdraws: nothing of the mailbox leaves any more."""
    entered = enter(world)
    header, hash_, _frames = world.export("anna")
    command = withdrawal.make(holder(world, entered))
    world.take_in("anna", command, serial=header.serial, accepted=hash_)
    world.take_in("anna", serial=header.serial + 5_000)
    _header, _hash, frames = world.export("anna")
    assert contents(frames, FrameType.MAILBOX) == set()
    with world.vault("anna") as vault:
        assert list(casebook.ids(vault)) == []


def test_bundle_holds_no_more_mailboxes_than_the_site_takes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest waits for the next bundle, and their answers with them."""
    monkeypatch.setattr(outbound, "MOST_NEW_MAILBOXES", 2)
    for _each in range(3):
        world.write("anna", replies.reply, holder(world, enter(world)), "Dank je wel.")
    header, hash_, frames = world.export("anna")
    assert len(contents(frames, FrameType.MAILBOX)) == 2
    assert len(contents(frames, FrameType.ENVELOPE)) == 2
    world.take_in("anna", serial=header.serial, accepted=hash_)
    _header, _hash, rest = world.export("anna")
    assert len(contents(rest, FrameType.MAILBOX)) == len(contents(rest, FrameType.ENVELOPE)) == 1


def test_proposal_names_what_to_leave_out() -> None:
    """A name and a number are proposed; leaving out what a person confirmed takes them away."""
    words = lexicon.load()
    text = "Mevrouw Jansen-de Boer schreeuwt. Bel 06-12345678."
    redactor = Redactor(words, Register((), words), style=intake.style("nl"))
    found = intake.suggest(text, redactor)
    shown = [text[span.start : span.end] for span in found.spans]
    assert any("Jansen" in each for each in shown)
    assert any("12345678" in each for each in shown)
    masked = intake.mask(text, found.spans, "nl")
    assert "Jansen" not in masked
    assert "[weggelaten]" in masked
    assert intake.suggest(masked, redactor).spans == ()
    assert intake.mask(text, (), "nl") == text


def test_slip_says_what_it_is_and_who_saw_it(world: World) -> None:
    """Ten numbered words, the address, and that whoever printed it could read the mailbox."""
    entered = enter(world)
    written = slip.text(entered.words, "Bureau", "en", "meld.example")
    for at, word in enumerate(entered.words, 1):
        assert f"{at}. {word}" in written
    for said in ("meld.example", "Bureau", "next delivery", "whoever printed it saw it"):
        assert said in written
    assert "poster" in slip.text(entered.words, "Bureau", "en")


def test_no_mark_of_the_letter_lies_in_the_bundle_or_vault(world: World) -> None:
    """Text and code leave the desk sealed, and stand in its file sealed."""
    entered = enter(world)
    world.export("anna")
    for path in (world.path("anna"), world.folder / "from-anna.bundle"):
        data = Path(path).read_bytes()
        assert b"merkteken-wulp" not in data
        assert entered.words[0].encode() + b" " + entered.words[1].encode() not in data
    reader = bundle.BundleReader(BytesIO((world.folder / "from-anna.bundle").read_bytes()).read)
    assert [frame.type for frame in reader.frames()][1] == FrameType.MAILBOX


def test_imported_report_knows_its_kind(world: World) -> None:
    """The second process and the first read the younger fields alike."""
    own = world.reporter()
    report = world.report(own, origin="transfer", people=3)
    with world.vault("bram") as vault:
        opened = handler.open_letter(report, keyring.channel(vault), keyring.load(vault).box_keys())
        assert handler.kind(opened) == "report"
        path = world.bundle("bram", report)
        assert inbound.import_bundle(vault, path, TODAY).reports == 1
    assert world.case("bram", own).report.origin == "transfer"
