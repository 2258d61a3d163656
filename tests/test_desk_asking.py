"""Where a handler's text asks who or where a reporter is: found, and nothing else with it."""

import pytest

from dropbox.desk import phrases
from dropbox.desk.asking import CONTACT, IDENTITY, MEETING, PLACE, parts, stretches
from dropbox.language import LANGUAGES

ASKING = [
    (IDENTITY, "Wie ben je?"),
    (IDENTITY, "Wij willen graag weten wie u bent."),
    (IDENTITY, "Wat is je naam?"),
    (IDENTITY, "Mag ik je volledige naam?"),
    (IDENTITY, "Kun je ons je naam geven? Geef ons dan je naam."),
    (IDENTITY, "Hoe heet je?"),
    (IDENTITY, "Zou je uit de anonimiteit willen stappen?"),
    (IDENTITY, "Maak jezelf bekend, dan kunnen we verder."),
    (IDENTITY, "Waarom wil je niet anoniem blijven? Vertel ons je voornaam."),
    (IDENTITY, "Who are you?"),
    (IDENTITY, "What's your name?"),
    (IDENTITY, "What’s your name?"),
    (IDENTITY, "Please tell us your full name."),
    (IDENTITY, "We need your name to go on."),
    (IDENTITY, "Can you identify yourself?"),
    (IDENTITY, "You cannot not remain anonymous?"),
    (CONTACT, "Kun je me bellen?"),
    (CONTACT, "Kunt u mij morgen even terugbellen?"),
    (CONTACT, "Kunnen we je ergens bellen?"),
    (CONTACT, "Mag ik je mailen?"),
    (CONTACT, "Bel me op kantoor."),
    (CONTACT, "Wat is je telefoonnummer?"),
    (CONTACT, "Stuur ons je e-mailadres."),
    (CONTACT, "Hoe kunnen we je het beste bereiken?"),
    (CONTACT, "Laat je contactgegevens achter."),
    (CONTACT, "Could you call me tomorrow?"),
    (CONTACT, "Please e-mail us."),
    (CONTACT, "What is your phone number?"),
    (CONTACT, "How can we reach you?"),
    (PLACE, "Op welke afdeling werk je?"),
    (PLACE, "Bij welk team hoor je?"),
    (PLACE, "Wat is je functie?"),
    (PLACE, "Waar werk je precies?"),
    (PLACE, "Wie is je leidinggevende?"),
    (PLACE, "Which department do you work in?"),
    (PLACE, "What is your position?"),
    (PLACE, "Where do you work?"),
    (PLACE, "Who is your manager?"),
    (MEETING, "Kunnen we een keer afspreken?"),
    (MEETING, "Kom gerust een keer langs."),
    (MEETING, "Ik wil graag een persoonlijk gesprek."),
    (MEETING, "Zullen we videobellen?"),
    (MEETING, "Can we meet next week?"),
    (MEETING, "I would rather talk in person."),
]

QUIET = [
    "We hebben je melding gelezen. Dank je wel dat je dit vertelt.",
    "Je hoeft niet te zeggen wie je bent.",
    "We vragen je niet om je naam te geven.",
    "Wij zullen nooit vragen: geef je naam.",
    "Wat is er gebeurd, en hoe vaak?",
    "Ben je nu veilig?",
    "Hoe gaat het met je?",
    "Wat hoop je dat er verandert?",
    "We gaan in gesprek met de leiding van de afdeling.",
    "Uiterlijk 3 maart hoor je wat we hebben gedaan.",
    "Wil je dat we met het team praten?",
    "De naam van het project staat niet in je melding.",
    "Je kunt hier altijd terugschrijven met je antwoordcode.",
    "Bel 112 als je in gevaar bent.",
    "We hebben de leidinggevende gesproken.",
    "Is er iemand die je steunt?",
    "Wanneer is het gebeurd?",
    "Hebben anderen dit ook gezien?",
    "We read your report. Thank you for telling us.",
    "You do not have to tell us your name.",
    "You need not say who you are.",
    "We will never ask you to identify yourself.",
    "Are you safe now?",
    "What do you hope will change?",
    "We spoke with the management of the department.",
    "At the latest on 3 March you hear what we did.",
    "You can always write to us here with your reply code.",
    "Did others see this too?",
    "Call 112 when you are in danger.",
    "The meeting of the council is next week.",
]


@pytest.mark.parametrize(("kind", "text"), ASKING)
def test_asking_is_found(kind: str, text: str) -> None:
    """A sentence that asks for identity, contact, workplace or a meeting is found as such."""
    assert kind in {each.kind for each in stretches(text)}


@pytest.mark.parametrize("text", QUIET)
def test_other_sentences_are_left_alone(text: str) -> None:
    """What asks for nothing of the kind, or says that nobody asks, gives no warning."""
    assert [text[each.start : each.end] for each in stretches(text)] == []


def test_pieces_make_the_text_again() -> None:
    """What is marked and what is not are together the very text, in order."""
    text = "Dank je. Wat is je naam? Kun je me bellen? Tot dan."
    pieces = parts(text)
    assert "".join(piece for piece, _kind in pieces) == text
    assert [kind for _piece, kind in pieces if kind] == [IDENTITY, CONTACT]


def test_a_longest_text_is_looked_at_at_once() -> None:
    """No text that fits a reply keeps the desk busy: the patterns do not run away."""
    for text in ("kun je " * 714, "geef je " * 625, "a" * 5000, "wat is je naam niet " * 250):
        stretches(text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", phrases.NAMES)
def test_our_own_phrases_ask_for_nothing(language: str, name: str) -> None:
    """The phrases that the desk itself offers never ask who or where a reporter is."""
    text = phrases.own(name, language)
    assert [text[each.start : each.end] for each in stretches(text)] == []
