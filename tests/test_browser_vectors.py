"""The browser's protocol makes and reads the vectors of the reference, byte for byte."""

from __future__ import annotations

import json
from typing import Any

import nacl.bindings
import pytest

from dropbox.protocol import box, days, handed_in, reply_code
from tests import make_vectors
from tests.browser_beside import Beside

DATA = make_vectors.FILE.parent
VECTORS = json.loads(make_vectors.FILE.read_text("utf-8"))
YOUNGER = json.loads((DATA / "protocol-v1-younger.json").read_text("utf-8"))
INPUTS, DERIVED, SEALED = VECTORS["inputs"], VECTORS["derived"], VECTORS["sealed"]
SITE_ID, KEY = bytes.fromhex(INPUTS["site_id"]), bytes.fromhex(INPUTS["key"])
CHANNEL_PK = bytes.fromhex(DERIVED["channel_pk"])
HERE = {"site_id": SITE_ID, "channel_pk": CHANNEL_PK, "key": KEY}
DAY = make_vectors.DAY
PREFIX = "meldkluis 1 "


def known(found: dict[str, Any], opens: dict[str, Any]) -> dict[str, Any]:
    """Return those fields that a vector names; younger ones must say nothing."""
    younger = [value for name, value in found.items() if name not in opens]
    assert [value for value in younger if value not in ("", 0, 1, None)] == []
    return {name: found[name] for name in opens}


def test_derivations_are_those_of_the_vectors(beside: Beside) -> None:
    """Hash, keys, ids, fingerprint, words and withdrawal are byte for byte those of version 1."""
    hashed = {**DERIVED["digest"]}
    out = hashed.pop("out")
    assert beside.made("digest", **{**hashed, "fields": [b"", b"\x00\xff"]}) == out
    derived = beside.made("keys", **HERE)
    names = ("token", "lookup", "ed_seed", "ed_pk", "x_sk", "x_pk", "mailbox_id", "fingerprint")
    assert {name: derived[name] for name in names} == {name: DERIVED[name] for name in names}
    assert derived["square"] == f"MELDKLUIS:{CHANNEL_PK.hex().upper()}"
    assert beside.made("withdrawal", **HERE) == DERIVED["withdrawal"]
    for language, words in DERIVED["words"].items():
        assert beside.made("words", key=KEY, language=language) == words
        assert beside.made("parse", text=" ".join(words)) == KEY.hex()


def test_signatures_are_those_of_the_vectors(beside: Beside) -> None:
    """Every purpose signs to the same bytes, which verify, and under no other purpose."""
    fields = [b"", b"\x00\xff"]
    ed_pk = bytes.fromhex(VECTORS["sealed"]["refused"]["signatures"][-1]["ed_pk"])
    for item in DERIVED["signatures"]:
        purpose = item["purpose"].removeprefix(PREFIX)
        seed, signature = bytes.fromhex(item["seed"]), bytes.fromhex(item["out"])
        assert beside.made("sign", purpose=purpose, seed=seed, fields=fields) == item["out"]
        asked = {"ed_pk": ed_pk, "signature": signature, "fields": fields}
        beside.made("verify", purpose=purpose, **asked)
        assert beside.answer("verify", purpose="x", **asked)["refused"] == "BadSignature"


@pytest.mark.parametrize("forged", SEALED["refused"]["signatures"])
def test_signatures_that_every_reader_must_refuse(beside: Beside, forged: dict[str, str]) -> None:
    """Keys and commitments of small order, canonical or not, and scalars that are not reduced."""
    ed_pk, signature = (bytes.fromhex(forged[name]) for name in ("ed_pk", "signature"))
    for tried in (signature, bytes([1]) + bytes(63)):
        asked = {"ed_pk": ed_pk, "signature": tried, "fields": [b"x"]}
        found = beside.answer("verify", purpose="reporter-to-handler report", **asked)
        assert found == {"refused": "BadSignature", "params": {}}


def test_card_and_certificate_of_the_vectors_are_read(beside: Beside) -> None:
    """They pass every check, and the day's key is the one of the vectors."""
    asked = {"data": bytes.fromhex(DERIVED["card"]), "site_id": SITE_ID}
    card = beside.made("card", **asked, today=DAY, least=3)
    assert card["fingerprint"] == DERIVED["fingerprint"]
    assert card["handlers"][0]["handler_id"] == DERIVED["handler_id"]
    keys = beside.made("intakeKeys", **asked, today=DAY, days=[DAY, "2026-12-01"])
    assert keys == [[DERIVED["intake_pk"], None]]
    raw = bytes.fromhex(DERIVED["certificate"])
    asked = {"data": raw, "site_id": SITE_ID, "channel_pk": CHANNEL_PK, "today": DAY}
    assert beside.made("certificate", **asked)["ed_pk"] == card["handlers"][0]["ed_pk"]


@pytest.mark.parametrize("vectors", [SEALED, YOUNGER], ids=["released", "younger"])
def test_memo_and_reply_of_the_vectors_open_to_what_they_say(
    beside: Beside, vectors: dict[str, Any]
) -> None:
    """A stored memo and reply are read by the browser's program, younger fields with them."""
    memo, reply = vectors["memo"], vectors["reply"]
    found = beside.made("openMemo", **HERE, data=bytes.fromhex(memo["data"]))
    assert known(found, memo["opens"]) == memo["opens"]
    asked = {"data": bytes.fromhex(reply["data"]), "readers": [DERIVED["handler_id"]]}
    found = beside.made("openReply", **HERE, **asked)
    assert known(found["reply"], reply["opens"]) == reply["opens"]
    asked["readers"] = []
    assert beside.answer("openReply", **HERE, **asked)["refused"] == "ForeignHandler"


def test_repadded_report_of_the_vectors_is_refused(beside: Beside) -> None:
    """One payload has one padded form; the very envelope opens with its own padding."""
    secret = bytes.fromhex(INPUTS["intake_secret"])
    data = bytes.fromhex(SEALED["report"]["data"])
    assert "Er is iets gebeurd." in bytes.fromhex(
        beside.made("envelope", data=data, secret=secret)
    ).decode("utf-8", "replace")
    repadded = bytes.fromhex(SEALED["refused"]["repadded_report"])
    refused = beside.answer("envelope", data=repadded, secret=secret)
    assert refused["refused"] == "MalformedPayload"


def test_envelopes_of_the_vectors_changed_anywhere_in_the_header_are_refused(
    beside: Beside,
) -> None:
    """No bit of a header can change, nor of the body, without a refusal."""
    secret = bytes.fromhex(INPUTS["intake_secret"])
    data = bytes.fromhex(SEALED["report"]["data"])
    end = 87 + 96 + 56
    for at in (*range(0, end, 3), end, len(data) - 1):
        changed = data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :]
        assert "refused" in beside.answer("envelope", data=changed, secret=secret), at


def test_sealed_boxes_open_both_ways(beside: Beside) -> None:
    """What libsodium seals the browser opens, and the other way; altered ones open nowhere."""
    secret = bytes.fromhex(INPUTS["intake_secret"])
    own = box.KeyPair.of(secret)
    for size in (0, 1, 32, 63, 64, 65, 300):
        content = bytes(range(256))[:size] * (1 if size < 300 else 2)
        theirs = bytes.fromhex(beside.made("seal", data=content, x_pk=own.public))
        assert box.open_sealed(theirs, own) == content
        ours = box.seal(content, own.public)
        assert beside.made("openSealed", data=ours, secret=secret) == content.hex()
        changed = ours[:-1] + bytes((ours[-1] ^ 1,))
        refused = beside.answer("openSealed", data=changed, secret=secret)
        assert refused["refused"] == "SlotDoesNotOpen"


def test_weak_public_keys_are_those_that_libsodium_refuses(beside: Beside) -> None:
    """Every coordinate that libsodium does not multiply by is refused, with either top bit."""
    prime = 2**255 - 19
    order_eight = (
        325606250916557431795983626356110631294008115727848805560023387167927233504,
        39382357235489614581723060781553021112529911719440698176882885853963445705823,
    )
    refused = 0
    for number in (*range(20), *range(prime - 20, 2**255), *order_eight):
        for top_bit in (0, 2**255):
            point = (number | top_bit).to_bytes(32, "little")
            found = beside.answer("checkPublic", x_pk=point)
            sealed = beside.answer("seal", data=b"x", x_pk=point)
            try:
                nacl.bindings.crypto_scalarmult(bytes(range(32)), point)
            except RuntimeError:
                refused += 1
                assert found == sealed == {"refused": "WeakKey", "params": {}}
            else:
                assert "made" in found
                assert "made" in sealed
    assert refused == 14


def test_word_lists_are_ours_and_bip_39s(beside: Beside) -> None:
    """The lists that the bundle carries packed are those of the reference."""
    for language in ("nl", "en"):
        assert beside.made("wordList", language=language) == list(reply_code.word_list(language))


def test_new_keys_have_102_random_bits(beside: Beside) -> None:
    """The top 26 bits are zero, and every other bit is now one and now the other."""
    found = [int(beside.made("newKey"), 16) for _ in range(200)]
    seen_one, seen_zero = 0, 0
    for key in found:
        seen_one |= key
        seen_zero |= ~key
    every = 2**reply_code.KEY_BITS - 1
    assert seen_one == every
    assert seen_zero & every == every


def test_answers_are_read_and_anything_else_is_none(beside: Beside) -> None:
    """Each code of the wire is read; another length, magic, version or code is no answer."""
    for code in handed_in.Answer:
        assert beside.made("answer", data=handed_in.answer(code)) == code
    good = handed_in.answer(handed_in.Answer.DONE)
    for data in (b"", good[:5], good + b"\0", b"MKAM" + good[4:], b"MKAN\x02\x00", b"MKAN\x01\x0b"):
        assert beside.made("answer", data=data) is None
        with pytest.raises(handed_in.ProtocolError):
            handed_in.read_answer(data)


@pytest.mark.parametrize("text", ["2024-02-29", "2026-02-29", "0001-01-01", "0000-12-31", "x"])
def test_days_are_those_of_the_calendar(beside: Beside, text: str) -> None:
    """A text is a day exactly where the reference says so."""
    try:
        days.parse(text)
    except ValueError:
        assert beside.made("day", text=text) is False
    else:
        assert beside.made("day", text=text) is True


def test_dates_owed_are_those_of_the_reference(beside: Beside) -> None:
    """Months are added to the same day, or to a shorter month's last."""
    for ordinal in range(739_000, 740_500, 7):
        day = DAY.fromordinal(ordinal)
        for months in (0, 1, 3, 13):
            found = beside.made("owed", day=day, months=months, count=months - 2)
            assert found == [
                days.add_months(day, months).isoformat(),
                DAY.fromordinal(ordinal + months - 2).isoformat(),
                days.receipt_owed(day).isoformat(),
                days.feedback_owed(day).isoformat(),
            ]
