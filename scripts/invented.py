"""The invented words in the guide's pictures: reports, an answer and what handlers write."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Invented:
    """A report: its text, what is ticked by field, and what its reporter presses afterwards."""

    text: str
    unit: str
    ticked: dict[str, tuple[str, ...]] = field(default_factory=dict)
    name: str = ""
    then: tuple[str, ...] = ()


def _about(*conduct: str, **more: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return {"conduct": conduct, **more}


REPORTS = (
    Invented(
        "In het werkoverleg maakt mijn leidinggevende steeds grappen over mijn afkomst. "
        "Iedereen lacht mee. Ik durf er niets van te zeggen.\n\n"
        "Ik hoop dat het ophoudt. Ik wil niet dat iemand weet dat ik dit schreef.",
        "north",
        _about("discrimination", "racism", works_with_subject=("yes",), supporter=("yes",))
        | {"mode": ("confidential",)},
        name="Een verzonnen naam",
    ),
    Invented(
        "Mijn rooster wordt telkens op het laatste moment veranderd sinds ik zwanger ben.",
        "space",
        _about("discrimination"),
        then=("hold",),
    ),
    Invented(
        "Een collega stuurt berichten die ik niet wil, ook in de avond.",
        "north",
        _about("sexual"),
    ),
    Invented("In het team noemen ze mij bij een scheldnaam.", "north", _about("discrimination")),
    Invented("Bij de koffie worden grappen gemaakt over gebed.", "north", _about("discrimination")),
    Invented("Ik word al maanden overgeslagen bij overleg.", "space", _about("bullying")),
    Invented("Dit trek ik weer in.", "north", then=("withdraw", "withdraw_now")),
)
ANSWER = (
    "Dank je wel dat je dit hebt geschreven. We hebben je melding gelezen en nemen haar serieus. "
    "Wat zou jou nu helpen?"
)
QUESTION = "Dank je wel. We willen graag verder praten. Wat is je telefoonnummer?"
NOTE = "Zullen we hier donderdag samen naar kijken?"
CLOSED_WITH = "We sluiten je melding af. Met het team is gesproken en er zijn afspraken gemaakt."
SIGNAL = "Een medewerker vertelde mij dat mevrouw Jansen haar uitschold waar anderen bij waren."
SUPPORT = "Gesprek met een coach aangeboden."
