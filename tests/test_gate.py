"""The gate: refuses an output that still names or describes somebody, and says where."""

import base64
from urllib.parse import quote

import pytest

from dropbox.export import gate, lexicon
from dropbox.export.detect import contact
from dropbox.export.gate import Described, Refusal
from dropbox.export.redact import Redacted, Redactor, to_html
from dropbox.export.register import Person, Register
from dropbox.export.settings import RedactionSettings, parse

WORDS = lexicon.load()
REGISTER = Register([Person(("Fatima el Bouazzaoui",))], WORDS)
COUNTED = parse(
    """
units = ["Handhaving", "Team West"]
[families]
inspecteur = "toezicht"
[[people]]
unit = "Handhaving"
family = "toezicht"
count = 14
[[people]]
unit = "Team West"
family = "toezicht"
count = 4
"""
)


def refused(
    raw: bytes | str,
    settings: RedactionSettings | None = None,
    file_name: str = "",
    described: tuple[Described, ...] = (),
) -> list[str]:
    """Return which rules refuse an output."""
    data = raw.encode() if isinstance(raw, str) else raw
    own = (settings or RedactionSettings()).known
    one = Redactor(WORDS, REGISTER, own)
    done = Redacted(data.decode("utf-8", "replace"), (), (), 0)
    found = gate.refusals(
        data,
        done,
        one,
        REGISTER,
        settings or RedactionSettings(),
        file_name=file_name,
        described=described,
    )
    assert all("atima" not in str(each) and "ouazzaoui" not in str(each) for each in found)
    return [each.text for each in found]


def test_a_clean_text_passes() -> None:
    """What names nobody may go."""
    assert refused("[5.1.2.e] zei tegen een collega dat het een grap was.") == []


@pytest.mark.parametrize(
    "hidden",
    [
        "Fatima",
        "fatima",
        "<b>Fa</b>tima",
        '<a title="Fatima">x</a>',
        "<!-- Fatima -->",
        "&#70;&#97;&#116;&#105;&#109;&#97;",
        "&amp;#70;atima",
        quote("Fátima"),
        "%46%61%74%69%6d%61",
        base64.b64encode(b"dit schreef Fatima gisteren").decode(),
        base64.b64encode(b"Fatima").decode().rstrip("="),
        base64.b64encode(base64.b64encode(b"van Fatima aan ons")).decode(),
        "\\u0046\\u0061tima",
        "=46=61tima",
        b"dit is Fatima".hex(),
        "amitaF",
        "Fa\u200btima",
        "F\u0430tima",
        "Bouazzaui",
        "BOUAZZAOUI",
    ],
)
def test_a_registered_name_is_refused_however_it_is_written(hidden: str) -> None:
    """Tags, attributes, entities, percent signs, base64, other scripts: the bytes are searched."""
    assert gate.REGISTERED in refused(f"Dit is de tekst {hidden} van de brief.")


def test_a_name_as_utf_16_is_refused() -> None:
    """Bytes that are no UTF-8 text are read as what they may be, and refused as what they are."""
    found = refused("Dit is Fatima".encode("utf-16-le"))
    assert gate.REGISTERED in found


def test_a_file_name_is_searched() -> None:
    """A clean text under somebody's name is not clean."""
    assert gate.REGISTERED in refused("Niets.", file_name="verslag_fatima_2024.txt")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Bel 06-12345678.", gate.IDENTIFIED),
        ("Mail jan@voorbeeld.nl", gate.IDENTIFIED),
        ("Mail jan&#64;voorbeeld.nl", gate.IDENTIFIED),
        ("Volgens Soufiane klopt het.", gate.NAMED),
    ],
)
def test_what_is_still_readable_is_refused(text: str, rule: str) -> None:
    """The gate looks afresh: a name or identifier that is left is refused."""
    assert rule in refused(text)


def test_an_undecided_description_is_refused_and_a_decided_one_passes() -> None:
    """Every highlighted description needs a person who decides."""
    one = Redactor(WORDS, REGISTER)
    done = one.redact("Het was op 14 maart.\nNiemand zei iets.")
    settings = RedactionSettings()
    raw = done.text.encode()
    found = gate.refusals(raw, done, one, REGISTER, settings)
    assert [(each.text, dict(each.params)["line"]) for each in found] == [(gate.UNDECIDED, 1)]
    assert gate.refusals(raw, done.decided(), one, REGISTER, settings) == []


def test_a_third_language_is_refused_with_the_reason() -> None:
    """What could not be analysed does not pass in silence."""
    one = Redactor(WORDS, REGISTER)
    done = one.redact(
        "dün akşam müdürüm bana çok kötü davrandı ve hiç kimse bir şey söylemedi bize"
    )
    found = gate.refusals(done.text.encode(), done.decided(), one, REGISTER, RedactionSettings())
    assert gate.UNREAD in [each.text for each in found]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("Een inspecteur van Handhaving zei dat.", []),
        ("Een inspecteur van Team West zei dat.", [gate.TOO_FEW]),
        ("Iemand van Team West zei dat.", []),
        ("Een inspecteur van\nTeam West zei dat.", [gate.TOO_FEW]),
        ("Wij van Team West zijn kwaad. De inspecteurs zwijgen.", [gate.TOO_FEW]),
        ("Wij van Team West zijn kwaad.\n\nDe inspecteurs zwijgen.", []),
        ("Een inspecteur van Team Westelijk zei dat.", []),
    ],
)
def test_a_role_in_a_unit_needs_enough_people(text: str, rules: list[str]) -> None:
    """A description that fits fewer people than the threshold is refused."""
    assert [each for each in refused(text, COUNTED) if each != gate.UNDECIDED] == rules


@pytest.mark.parametrize(
    ("described", "rules"),
    [
        (Described("toezicht", "Handhaving"), []),
        (Described("toezicht", "Team West", "Q1 2024", "uitsluiting"), [gate.TOO_FEW]),
        (Described("toezicht", "Parkeren"), [gate.NOT_COUNTED]),
        (Described("toezicht", ""), []),
        (Described("", "Team West"), [gate.TOO_FEW]),
        (Described("", "", "Q1 2024"), [gate.NOT_COUNTED]),
    ],
)
def test_whom_a_text_describes_is_counted(described: Described, rules: list[str]) -> None:
    """Unknown counts refuse as small ones do: nobody is a crowd by default."""
    assert refused("Niets.", COUNTED, described=(described,)) == rules


def test_a_refusal_names_the_whole_circle() -> None:
    """Family, unit, period and conduct, so that a person can see which description it is."""
    one = Redactor(WORDS, REGISTER)
    whom = Described("toezicht", "Team West", "Q1 2024", "uitsluiting")
    (found,) = gate.refusals(
        b"Niets.", Redacted("Niets.", (), (), 0), one, REGISTER, COUNTED, described=[whom]
    )
    assert str(found).endswith("fewer than 5 people (toezicht, Team West, Q1 2024, uitsluiting)")


def test_a_unit_with_head_counts_needs_no_other_mention() -> None:
    """A unit that has people is a unit, also where the list of units lacks it."""
    counted = (
        "[families]\nchef = 'leiding'\n[[people]]\nunit = 'Zuid'\nfamily = 'leiding'\ncount = 1"
    )
    assert gate.TOO_FEW in refused("De chef van Zuid zei dat.", parse(counted))


@pytest.mark.parametrize("name", ["brief.txt", "verslag-2024-03.html", "melding_12.tar.gz", ""])
def test_an_ordinary_file_name_passes(name: str) -> None:
    """A file name without a name in it is no reason."""
    assert refused("Niets.", file_name=name) == []


@pytest.mark.parametrize("name", ["Soufiane.txt", "brief 06-12345678.txt", "amitaF.txt"])
def test_a_file_name_is_read_like_a_text(name: str) -> None:
    """A name that no register has, an identifier, or a name backwards in a file name is refused."""
    assert refused("Niets.", file_name=name) != []


@pytest.mark.parametrize(
    "raw",
    [
        b"Dit is \x00 geen tekst.",
        b"Fax\x08tima",
        "x\U000e0046\U000e0061".encode(),
        ("a" + "\u200b\u200c" * 4).encode(),
        "Dit \u202esaw\u202c er.".encode(),
    ],
)
def test_doubts_are_looked_for_in_the_output_itself(raw: bytes) -> None:
    """What the bytes hold counts, whatever was said of the text that they were made from."""
    assert gate.UNREAD in refused(raw)


def test_a_refusal_says_where() -> None:
    """Whoever mends it needs the line."""
    found = Refusal(gate.NAMED, (("line", 3),))
    assert str(found) == "line 3: a name"


def test_every_kind_of_finding_can_be_translated() -> None:
    """A refusal in Dutch names what it found in Dutch."""
    assert contact.KINDS - {"BSN", "IBAN"} <= set(gate.KINDS)


def test_html_is_refused_for_what_its_text_is_refused_for() -> None:
    """Tags of a mark name nobody called Mark, and do not make a new line of what follows."""
    register = Register([Person(("Mark de Groot",)), Person(("Woo Kim",))], WORDS)
    one = Redactor(WORDS, register)
    done = one.redact(
        "Mark zei: <b>ik</b> & jij.\nDe chef, Mark, geboren in mei, is boos.\n\nGroet,\nKim"
    ).decided()
    page = to_html(done.text, one.marks)
    for output in (done.text, page):
        assert gate.refusals(output.encode(), done, one, register, RedactionSettings()) == []
    for forged in (page.replace('class="woo"', 'class="woo" title="Mark"'), f"<p>Mark</p>{page}"):
        found = gate.refusals(forged.encode(), done, one, register, RedactionSettings())
        assert gate.REGISTERED in [each.text for each in found]
