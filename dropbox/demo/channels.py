"""The invented channels of Voorbeeldgemeente and the people who read there.

No real office's name stands beside a demonstration key.
"""

from __future__ import annotations

from dataclasses import dataclass

from dropbox.desk.channel import ChannelPlan
from dropbox.protocol.channel_card import CardTexts


@dataclass(frozen=True)
class DemoHandler:
    """A handler: the name of the vault's file, and the role in both languages."""

    name: str
    role: dict[str, str]


@dataclass(frozen=True)
class DemoChannel:
    """A channel and its handlers."""

    plan: ChannelPlan
    handlers: tuple[DemoHandler, ...]


INTEGRITY = DemoChannel(
    ChannelPlan(
        slug="integriteitspunt",
        kind="integrity",
        external=False,
        independent=False,
        texts={
            "nl": CardTexts(
                name="Integriteitspunt Voorbeeldgemeente",
                runs="De Voorbeeldgemeente zelf: drie medewerkers van het Integriteitspunt.",
                reads="Twee adviseurs en het hoofd van het Integriteitspunt.",
                about="Hoort bij de gemeente en valt onder de gemeentesecretaris. "
                "Kan binnen de organisatie maatregelen vragen.",
            ),
            "en": CardTexts(
                name="Integrity Point Voorbeeldgemeente",
                runs="The municipality itself: three people of the Integrity Point.",
                reads="Two advisers and the head of the Integrity Point.",
                about="Part of the municipality, under the municipal secretary. "
                "Can ask for measures inside the organisation.",
            ),
        },
    ),
    (
        DemoHandler("integriteit-1", {"nl": "adviseur integriteit", "en": "integrity adviser"}),
        DemoHandler(
            "integriteit-2", {"nl": "senior adviseur integriteit", "en": "senior integrity adviser"}
        ),
        DemoHandler(
            "integriteit-3",
            {"nl": "hoofd van het Integriteitspunt", "en": "head of the Integrity Point"},
        ),
    ),
)

HOTLINE = DemoChannel(
    ChannelPlan(
        slug="extern-meldpunt",
        kind="hotline",
        external=True,
        independent=True,
        texts={
            "nl": CardTexts(
                name="Extern Meldpunt Voorbeeldregio",
                runs="Een stichting buiten de gemeente.",
                reads="Twee consulenten van de stichting. Niemand van de gemeente.",
                about="Werkt zelfstandig en krijgt geen opdrachten van de gemeente. "
                "Is er in de eerste plaats voor jou.",
            ),
            "en": CardTexts(
                name="External Hotline Voorbeeldregio",
                runs="A foundation outside the municipality.",
                reads="Two consultants of the foundation. Nobody of the municipality.",
                about="Works on its own and takes no orders from the municipality. "
                "It is there for you first of all.",
            ),
        },
    ),
    (
        DemoHandler("extern-1", {"nl": "consulent", "en": "consultant"}),
        DemoHandler("extern-2", {"nl": "coördinator", "en": "coordinator"}),
    ),
)

ADVISER = DemoChannel(
    ChannelPlan(
        slug="vertrouwenspersoon",
        kind="adviser",
        external=False,
        independent=True,
        texts={
            "nl": CardTexts(
                name="Vertrouwenspersonen Voorbeeldgemeente",
                runs="De vertrouwenspersonen van de gemeente.",
                reads="Twee vertrouwenspersonen. Je leidinggevende niet.",
                about="Luistert en denkt met je mee. Onderzoekt niets en neemt geen besluiten. "
                "Doet niets zonder dat jij het wilt.",
            ),
            "en": CardTexts(
                name="Confidential Advisers Voorbeeldgemeente",
                runs="The confidential advisers of the municipality.",
                reads="Two confidential advisers. Not your manager.",
                about="Listens and thinks along with you. Investigates nothing, decides nothing. "
                "Does nothing unless you want it.",
            ),
        },
    ),
    (
        DemoHandler(
            "vertrouwenspersoon-1", {"nl": "vertrouwenspersoon", "en": "confidential adviser"}
        ),
        DemoHandler(
            "vertrouwenspersoon-2",
            {"nl": "tweede vertrouwenspersoon", "en": "second confidential adviser"},
        ),
    ),
)

CHANNELS = (INTEGRITY, HOTLINE, ADVISER)
