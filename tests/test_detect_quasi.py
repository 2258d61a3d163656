"""Traceable descriptions: what is highlighted, how far it goes, and what is said of anybody."""

import time

import pytest

from dropbox.export.detect import quasi

SHOWN = [
    "Ik ben <de enige vrouwelijke kraandrijver van de haven>.",
    "Ze noemen hem <de enige met een rolstoel op onze gang> en lachen.",
    "Hij is <de oudste schilder van de werkplaats>.",
    "She is <the only Ghanaian lifeguard at the pool>.",
    "Daar werkte ik <als enige Molukse ambtenaar in dat gebouw>.",
    "Zij is <de eerste Turkse wethouder van de stad>.",
    "Met <de adviseur die vorig jaar de innovatieprijs won> sprak ik niet.",
    "Volgens <mijn voorganger> was dat altijd zo.",
    "Daarna kwam <de nieuwe teamleider> langs.",
    "Dat zei <de waarnemend directeur van Wonen> ook.",
    "Het was <de oud-brandweerman uit Hoorn> die lachte.",
    "<Mijn leidinggevende sinds 1 maart> zweeg.",
    "Toen kwam <de man die altijd op klompen loopt> binnen.",
    "Vraag het <degene die de sleutels van het archief beheert>.",
    "<Zijn zwager, die bij ons in de meldkamer zit>, zweeg.",
    "Hij is <de zoon van een oud-wethouder>.",
    "Zij is <een alleenstaande moeder> hier.",
    "Ze werd <overspannen> door hem.",
    "Hij <loopt met een stok> naar boven.",
    "Iedereen zag dat zij <zwanger> was.",
    "De collega is <een 58-jarige portier> van boven.",
    "Zij is <34 jaar oud> geworden.",
    "Ik ben <61>, dus ik wacht af.",
    "Ik werk er <al negentien jaar> en zwijg.",
    "Hij ging weg <na 31 jaar dienst> bij ons.",
    "Ze is er <sinds februari 2019> bij.",
    "<Sinds haar terugkeer uit Suriname> is het anders.",
    "Hij is <van Marokkaanse afkomst> en trots.",
    "Zij is <moslima> en draagt dat uit.",
    "Levi, <die volgend jaar met pensioen gaat>, zweeg.",
    "Het was <op 12 mei 2023> raak.",
    "Dat was <om 14.30 uur> al bekend.",
    "I am <the nurse who was on television> there.",
    "<Her husband> works there too.",
    "He <grew up in the Jordaan> himself.",
    "<De enige tolk van het loket> heeft mij daar later nog een brief over gestuurd.",
    "<De schipper van de pont naar Noord> vroeg of ik die avond nog langs kon komen.",
    "<The only wheelchair user in the office> was asked to leave before the start.",
    "<De receptioniste die uit Charkov komt> is kapot.",
]  # fmt: skip

PLAIN = [
    "Dat is de enige manier om verder te komen.",
    "Na enige tijd werd het stil.",
    "Het was de eerste keer dat ik het hoorde.",
    "In de eerste week ging het goed.",
    "Only then we could leave the room.",
    "Wij vragen u om een gesprek over deze melding.",
    "De gemeente heeft een gedragscode voor iedereen.",
    "Je kunt anoniem melden, dat is veilig.",
    "Ik vond dat vervelend en heb niets gezegd.",
    "Het gesprek duurde een half uur langer dan gepland.",
    "Dat is nu twee jaar geleden.",
    "Er waren ongeveer veertig mensen in de zaal.",
    "De vergadering begon laat en eindigde vroeg.",
    "Discriminatie is verboden, ook hier.",
    "The meeting was moved to another building.",
    "Wie iets ziet, kan het melden bij het meldpunt.",
    "We hebben de nieuwe printer nog niet.",
    "De vorige brief is niet beantwoord.",
    "Dat ging over de verkiezingen van de ondernemingsraad.",
    "Meer dan dat weet ik niet.",
]


def shown(text: str) -> list[str]:
    """Return what is highlighted in a text."""
    return [text[span.start : span.end] for span in quasi.found(text)]


@pytest.mark.parametrize("row", SHOWN)
def test_description_is_shown_whole(row: str) -> None:
    """Every word of what points to one person is highlighted."""
    start, end = row.index("<"), row.index(">") - 1
    text = row.replace("<", "").replace(">", "")
    covered = {at for span in quasi.found(text) for at in range(span.start, span.end)}
    edge = start + 3 if text[start:end].startswith("op ") else start
    assert [text[at] for at in range(edge, end) if text[at].isalnum() and at not in covered] == []


@pytest.mark.parametrize("row", SHOWN)
def test_description_ends_before_the_rest_of_the_sentence(row: str) -> None:
    """At most three words beside a description are highlighted with it."""
    start, end = row.index("<"), row.index(">") - 1
    text = row.replace("<", "").replace(">", "")
    covered = {at for span in quasi.found(text) for at in range(span.start, span.end)}
    outside = "".join(
        char if at in covered and not start <= at < end else " " for at, char in enumerate(text)
    )
    assert len(outside.split()) <= 3


@pytest.mark.parametrize("text", PLAIN)
def test_what_fits_anybody_is_not_shown(text: str) -> None:
    """A highlight that says nothing costs the reader's attention for those that do."""
    assert shown(text) == []


@pytest.mark.parametrize("row", SHOWN)
def test_each_description_comes_with_a_way_to_say_less(row: str) -> None:
    """Whoever decides sees what could stand there instead."""
    spans = list(quasi.found(row.replace("<", "").replace(">", "")))
    assert spans
    assert all(span.suggestion for span in spans)


@pytest.mark.parametrize(
    "piece",
    ["de ", "de enige ", "die ", "manager van ", "a-", "12 ", "mijn zus ", "is ",
     "sinds ", "the only ", ", die won "],
)  # fmt: skip
def test_cost_of_descriptions_is_linear(piece: str) -> None:
    """Ten times the text is about ten times the work and never a hundred, whatever it repeats."""
    spent = []
    for size in (4_000, 40_000):
        text = (piece * size)[:size]
        began = time.process_time()
        list(quasi.found(text))
        spent.append(time.process_time() - began)
    assert spent[1] < 40 * max(spent[0], 0.02)
