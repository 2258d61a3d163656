"""A word that may begin a description, and how to say less than a description does."""

from __future__ import annotations

import re

from dropbox.errors import N_

LEAVE_OUT = N_("leave out, or say what happened without saying to whom")
FAMILY_OF_ROLE = N_("name the family of roles instead, such as: an employee, a manager")
LARGER_UNIT = N_("name the larger unit instead: the directorate")
AGE_GROUP = N_("say an age group instead, or leave out")
RELATION = N_("say: a relative")
HEALTH = N_("leave out, or say: because of health")
ORIGIN = N_("say the group without the role, or the role without the group")
SINCE = N_("say: for some time")
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
Found = tuple[int, int, str, str]


class Word:
    """A word that may begin a description, and the two before it."""

    __slots__ = ("before", "earlier", "end", "low", "start", "text", "word")

    def __init__(
        self, text: str, low: str, match: re.Match[str], before: str, earlier: str
    ) -> None:
        self.text = text
        self.low = low
        self.start, self.end = match.span()
        self.word = match[0]
        self.before = before
        self.earlier = earlier
