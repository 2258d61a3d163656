"""What a reporter is told of a state and an outcome, in the words of the mailbox.

Owns the sentences alone: the site shows them, and the desk beforehand to who writes.
"""

from __future__ import annotations

from dropbox.errors import N_

STATES = {
    "received": N_("Your report is received."),
    "read": N_("Your report is read."),
    "in_conversation": N_("You are in conversation about your report."),
    "being_handled": N_("Your report is being handled."),
    "weighed_as_pattern": N_(
        "Your report counts as part of a pattern. It does not lead to a case against one person."
    ),
    "closed": N_("Your report is closed. You can still write."),
}
OUTCOMES = {
    "no_further_action": N_("Outcome: no further step is taken."),
    "advice_given": N_("Outcome: advice was given."),
    "conversation": N_("Outcome: there was a conversation."),
    "mediation": N_("Outcome: there was mediation."),
    "measure_team": N_("Outcome: a measure was taken in a team."),
    "measure_person": N_("Outcome: a measure was taken about a person."),
    "passed_on": N_("Outcome: it was passed on to another body."),
    "pattern_noted": N_("Outcome: it was noted as part of a pattern."),
}
