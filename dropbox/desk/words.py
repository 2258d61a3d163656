"""The desk's own words for what the protocol names with codes.

Owns the labels that both faces of the desk show. All are marked for the catalogue
and translated where they are shown.
"""

from __future__ import annotations

from dropbox.errors import N_

NOT_ANSWERED = N_("not answered yet")
ON_HOLD = N_("paused by the reporter")

STATES = {
    "received": N_("received"),
    "read": N_("read"),
    "in_conversation": N_("in conversation"),
    "being_handled": N_("being handled"),
    "weighed_as_pattern": N_("weighed as part of a pattern"),
    "closed": N_("closed"),
}

OUTCOMES = {
    "no_further_action": N_("no further action"),
    "advice_given": N_("advice given"),
    "conversation": N_("a conversation"),
    "mediation": N_("mediation"),
    "measure_team": N_("a measure for the team"),
    "measure_person": N_("a measure for one person"),
    "passed_on": N_("passed on to another body"),
    "pattern_noted": N_("noted as part of a pattern"),
}

MODES = {"anonymous": N_("anonymous"), "confidential": N_("confidential")}

ORIGINS = {
    "letter": N_("a letter, entered by a handler"),
    "mail": N_("an e-mail, entered by a handler"),
    "call": N_("a call or talk, entered by a handler"),
    "council": N_("a signal passed on by a council member, entered by a handler"),
    "manager": N_("a signal passed on by a manager, entered by a handler"),
    "transfer": N_("the reporter agreed in the mailbox of another channel"),
}
"""How a report came, if not through the form."""

CAME_BY = {
    "form": N_("the form"),
    "letter": N_("a letter"),
    "mail": N_("an e-mail"),
    "call": N_("a call or talk"),
    "council": N_("a council member"),
    "manager": N_("a manager"),
    "transfer": N_("another channel"),
}
"""The same in few words, for lists."""

TRANSFER_ANSWERS = {
    "": N_("not answered yet"),
    "consent": N_("the reporter agreed"),
    "refusal": N_("the reporter said no"),
}
"""What was said to the question whether another channel may read."""

ANSWERS = {"yes": N_("yes"), "no": N_("no")}

AFTERCARE = {
    1: N_(
        "It is one month since we closed your report. How are you now? You can write to us"
        " here, also if something new has happened. You do not have to answer."
    ),
    3: N_(
        "It is three months since we closed your report. How are you now? You can still write"
        " to us here. You do not have to answer. This is the last time that we ask."
    ),
}
"""What is asked some months after closing, by number of months."""

KINDS = {
    "integrity": N_("integrity point: looks into reports"),
    "hotline": N_("hotline: looks into reports, run by somebody else"),
    "adviser": N_("confidential advisers: listen and think along"),
}
"""The kinds of channel, as its owner chooses one."""
