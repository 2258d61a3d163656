"""Numbers and addresses that are told in words are found, however few the words are."""

import pytest

from dropbox.export.detect import contact

FOUND = [
    "bereikbaar op <vier-nul-acht-acht-twee> intern",
    "mobiel <zes 2211 4095>, met een nul ervoor",
    "Phone: <o six, 28 73 11 90>",
    "my number is <double-oh three two, five, 6118 3307> thanks",
    "bel <dubbel nul drie een twintig 55 12 99> als het kan",
    "hij zit op toestel <vier nul twee> meestal",
    "call ext. <nine one seven> please",
    "staff number: <BE-K 41.0932> on file",
    "personeelsnummer <AM/X 7730>",
    "mail op <sem_k (at) thuispost punt example> graag",
    "<noor punt bakker [apenstaart] werkplek punt test> is van haar",
    "mail <loes punt dam apenstaart dorpsnet punt example>",
    "<wim (at) mail punt bureau punt example> dus",
]
STAYS = [
    "toestel een of twee is stuk",
    "bereikbaar van een tot drie, niet om vier",
    "een-twee-drie klaar is het",
    "o zes keer heb ik het gezegd",
    "intern twee of drie keer besproken",
    "dat was (a) het punt dat ik maakte",
]


def dotted(text: str) -> str:
    """Return a text with a dot for each letter or figure that is found."""
    signs = list(text)
    for span in contact.found(text):
        for at in range(span.start, span.end):
            signs[at] = "." if signs[at].isalnum() else signs[at]
    return "".join(signs)


@pytest.mark.parametrize("row", FOUND)
def test_what_is_told_in_words_is_found_whole(row: str) -> None:
    """Every letter and figure between the angle brackets is found."""
    begin, end = row.index("<"), row.index(">") - 1
    left = dotted(row.replace("<", "").replace(">", ""))
    assert not any(sign.isalnum() for sign in left[begin:end]), left


@pytest.mark.parametrize("text", STAYS)
def test_counting_in_words_stays(text: str) -> None:
    """Times, kinds and turns of phrase lead to nobody."""
    assert dotted(text) == text
