"""The slip with a reply code, to be printed for whoever wrote the letter or rang.

As parts for a page, and as plain text, so that any printer takes it. It says what the code
opens and from when, and that the person who printed it could have read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dropbox.errors import N_
from dropbox.language import translator

TITLE = N_("Your reply code")
CHANNEL = N_("Report with: %(name)s")
ADDRESS = N_("Type these ten words at: %(address)s")
POSTER = N_("the address on the poster of this channel")
SENTENCES = (
    N_("With this code you read the answer, write more, pause, or withdraw."),
    N_(
        "It works once our computer's next delivery has reached the site. That may take a few days."
    ),
    N_(
        "We keep no copy of this code. But whoever printed it saw it, and could open your mailbox"
        " with it. Do you not want that? Then make a report of your own on the site."
    ),
)
_PER_LINE = 5


@dataclass(frozen=True)
class Slip:
    """What a slip says, in the report's language."""

    title: str
    channel: str
    words: tuple[str, ...]
    address: str
    sentences: tuple[str, ...]

    def __repr__(self) -> str:
        """Show nothing: a traceback must not print a code."""
        return "Slip(…)"


def of(words: Sequence[str], name: str, language: str, address: str = "") -> Slip:
    """Return the slip.

    Args:
        words: the ten words.
        name: of the channel, in the report's language.
        language: of the report.
        address: of the site; without it the slip points to the poster.
    """
    say = translator(language).gettext
    return Slip(
        title=say(TITLE),
        channel=say(CHANNEL) % {"name": name},
        words=tuple(words),
        address=say(ADDRESS) % {"address": address or say(POSTER)},
        sentences=tuple(say(sentence) for sentence in SENTENCES),
    )


def text(words: Sequence[str], name: str, language: str, address: str = "") -> str:
    """Return the slip as plain text; the arguments are those of `of`."""
    found = of(words, name, language, address)
    numbered = [f"{at}. {word}" for at, word in enumerate(found.words, 1)]
    lines = ["   ".join(numbered[at : at + _PER_LINE]) for at in range(0, len(words), _PER_LINE)]
    parts = [
        found.title.upper(),
        found.channel,
        "\n".join(lines),
        found.address,
        *found.sentences,
    ]
    return "\n\n".join(parts) + "\n"
