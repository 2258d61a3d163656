"""The protocol against published test vectors, and against its own fixed ones."""

from __future__ import annotations

import io
import json
from dataclasses import asdict

import nacl.bindings
import pytest

from dropbox.errors import BadSignature, MalformedPayload, WeakKey
from dropbox.protocol import box, handler, keys, note, reply_code, reporter, sign
from dropbox.protocol.bundle import BundleReader
from dropbox.protocol.channel_card import read_card
from dropbox.protocol.handler import Channel, Pinned
from dropbox.protocol.hashing import frame
from tests import make_vectors

VECTORS = json.loads(make_vectors.FILE.read_text("utf-8"))


def test_derivations_match_the_file() -> None:
    """Hashes, words, keys, ids and signatures are byte for byte those of version 1."""
    assert make_vectors.plain(make_vectors.derived()) == VECTORS["derived"]


def test_envelopes_of_the_file_open_to_what_it_says() -> None:
    """A stored report, message, memo, reply and note are read by today's code."""
    channel = Channel(make_vectors.SITE_ID, sign.public_key(make_vectors.CHANNEL_SEED))
    mine = keys.reporter_keys(channel.site_id, channel.channel_pk, make_vectors.KEY)
    own = box.KeyPair.of(make_vectors.INTAKE_SECRET)
    box_keys = {box.key_id(own.public): own}
    kinds = ("report", "message", "memo", "reply", "note")
    data = {name: bytes.fromhex(VECTORS["sealed"][name]["data"]) for name in kinds}
    first = handler.read_report(handler.open_letter(data["report"], channel, box_keys))
    pinned = Pinned(mine.mailbox_id, mine.ed_pk, mine.x_pk)
    later = handler.read_message(handler.open_letter(data["message"], channel, box_keys), pinned)
    opened = {
        "report": first.report,
        "message": later.message,
        "memo": reporter.open_memo(mine, data["memo"]),
        "reply": reporter.open_reply(mine, data["reply"], first.report.recipients).reply,
        "note": note.read_note(
            handler.open_letter(data["note"], channel, box_keys), pinned, first.report.recipients
        ).note,
    }
    assert first.pinned == pinned
    for name in data:
        item = VECTORS["sealed"][name]
        read = make_vectors.plain(asdict(opened[name]))
        # The file is older than some fields; what it does not say is read as nothing.
        assert {field: read[field] for field in item["opens"]} == item["opens"]
        younger = [read[field] for field in read.keys() - item["opens"].keys()]
        assert [value for value in younger if value not in ("", 0, 1, None)] == []


def test_words_of_both_languages_are_one_key() -> None:
    """The code of the file gives the same key in Dutch and in English."""
    for words in VECTORS["derived"]["words"].values():
        assert reply_code.parse(" ".join(words)) == make_vectors.KEY


def test_ed25519_matches_rfc_8032() -> None:
    """Signing gives the signature of RFC 8032, section 7.1, test 1."""
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public, secret = nacl.bindings.crypto_sign_seed_keypair(seed)
    assert public.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert sign.public_key(seed) == public
    assert nacl.bindings.crypto_sign(b"", secret).hex() == (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
        "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )


def test_x25519_matches_rfc_7748() -> None:
    """The public key of RFC 7748, section 6.1, from its secret as the scalar itself."""
    secret = bytes.fromhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
    assert box.public_key(secret).hex() == (
        "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
    )


def test_xchacha20_poly1305_matches_its_draft() -> None:
    """The AEAD under us gives the tag of draft-irtf-cfrg-xchacha, appendix A.3.1."""
    text = (
        b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
        b"future, sunscreen would be it."
    )
    sealed = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
        text,
        bytes.fromhex("50515253c0c1c2c3c4c5c6c7"),
        bytes(range(0x40, 0x58)),
        bytes(range(0x80, 0xA0)),
    )
    assert sealed[-16:].hex() == "c0875924c1c7987947deafd8780acf49"
    assert sealed[:16].hex() == "bd6d179d3e83d43b9576579493c0e939"


def test_sealed_box_is_the_published_construction() -> None:
    """A sealed box is an ephemeral key and a box whose nonce is BLAKE2b of both public keys."""
    secret, ephemeral = bytes([5]) * 32, bytes([6]) * 32
    public, ephemeral_public = box.public_key(secret), box.public_key(ephemeral)
    nonce = nacl.bindings.crypto_generichash_blake2b_salt_personal(
        ephemeral_public + public, digest_size=24
    )
    made = ephemeral_public + nacl.bindings.crypto_box(b"content", nonce, public, ephemeral)
    assert box.open_sealed(made, box.KeyPair(secret, public)) == b"content"


@pytest.mark.parametrize("forged", VECTORS["sealed"]["refused"]["signatures"])
def test_signatures_that_every_reader_must_refuse(forged: dict[str, str]) -> None:
    """Keys and commitments of small order, canonical or not, and scalars that are not reduced."""
    ed_pk, signature = (bytes.fromhex(forged[name]) for name in ("ed_pk", "signature"))
    for tried in (signature, bytes([1]) + bytes(63)):
        with pytest.raises(BadSignature):
            sign.verify(sign.Purpose.REPORT, ed_pk, tried, b"x")


def test_larger_scalar_is_refused_for_its_size_alone() -> None:
    """The same signature with the scalar reduced is good: what is refused is the second form."""
    seed = make_vectors.HANDLER_SEED
    good = sign.sign(sign.Purpose.REPORT, seed, b"x")
    sign.verify(sign.Purpose.REPORT, sign.public_key(seed), good, b"x")
    forged = VECTORS["sealed"]["refused"]["signatures"][-1]["signature"]
    assert good.hex()[:64] == forged[:64]


def test_bundles_of_the_file_are_whole_and_signed() -> None:
    """A stored bundle of each direction is read by today's code, and written again the same."""
    data = VECTORS["sealed"]
    envelopes = {name: bytes.fromhex(data[name]["data"]) for name in ("report", "message", "reply")}
    reader_id = keys.handler_id(sign.public_key(make_vectors.HANDLER_SEED))
    assert make_vectors.plain(make_vectors.bundles(envelopes, reader_id)) == data["bundles"]
    makers = {"to_desk": make_vectors.SITE_SEED, "to_site": make_vectors.HANDLER_SEED}
    for name, seed in makers.items():
        reader = BundleReader(io.BytesIO(bytes.fromhex(data["bundles"][name])).read)
        assert len(list(reader.frames())) == 2
        reader.verify(sign.public_key(seed))


def test_card_of_the_file_is_read() -> None:
    """A stored card passes every check, with its certificate and intake key."""
    raw = bytes.fromhex(VECTORS["derived"]["card"])
    card = read_card(raw, make_vectors.SITE_ID, make_vectors.DAY, at_least_version=3)
    assert card.fingerprint == VECTORS["derived"]["fingerprint"]
    assert card.handlers[0].intake_key(make_vectors.DAY).hex() == VECTORS["derived"]["intake_pk"]


def test_repadded_report_of_the_file_is_refused() -> None:
    """One payload has one padded form."""
    channel = Channel(make_vectors.SITE_ID, sign.public_key(make_vectors.CHANNEL_SEED))
    own = box.KeyPair.of(make_vectors.INTAKE_SECRET)
    data = bytes.fromhex(VECTORS["sealed"]["refused"]["repadded_report"])
    with pytest.raises(MalformedPayload):
        handler.open_letter(data, channel, {box.key_id(own.public): own})


def test_weak_public_keys_are_those_that_libsodium_refuses() -> None:
    """Our list and the library's own multiplication agree on every point worth trying."""
    prime = 2**255 - 19
    order_eight = (
        325606250916557431795983626356110631294008115727848805560023387167927233504,
        39382357235489614581723060781553021112529911719440698176882885853963445705823,
    )
    refused = 0
    for number in (*range(20), *range(prime - 20, 2**255), *order_eight):
        for top_bit in (0, 2**255):
            point = (number | top_bit).to_bytes(32, "little")
            try:
                nacl.bindings.crypto_scalarmult(bytes(range(32)), point)
            except RuntimeError:
                refused += 1
                with pytest.raises(WeakKey):
                    box.check_public(point)
            else:
                box.check_public(point)
    assert refused == 14


def test_zero_point_is_no_recipient() -> None:
    """Nothing can be sealed to a public key that gives everybody the same secret."""
    with pytest.raises(WeakKey):
        box.seal(b"content", bytes(32))


def test_frame_is_unambiguous() -> None:
    """Moving a byte from one field to the next changes what is hashed and signed."""
    assert frame([b"ab", b"c"]) != frame([b"a", b"bc"]) != frame([b"abc"])
