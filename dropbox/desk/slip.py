"""The slip with a reply code, to be printed for whoever wrote the letter or rang.

Plain text, so that any printer takes it. It says what the code opens and from when, and
that the person who printed it could have read it.
"""

from __future__ import annotations

from collections.abc import Sequence

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


def text(words: Sequence[str], name: str, language: str, address: str = "") -> str:
    """Return the slip.

    Args:
        words: the ten words.
        name: of the channel, in the report's language.
        language: of the report.
        address: of the site; without it the slip points to the poster.
    """
    say = translator(language).gettext
    numbered = [f"{at}. {word}" for at, word in enumerate(words, 1)]
    lines = ["   ".join(numbered[at : at + _PER_LINE]) for at in range(0, len(words), _PER_LINE)]
    parts = [
        say(TITLE).upper(),
        say(CHANNEL) % {"name": name},
        "\n".join(lines),
        say(ADDRESS) % {"address": address or say(POSTER)},
        *(say(sentence) for sentence in SENTENCES),
    ]
    return "\n\n".join(parts) + "\n"
