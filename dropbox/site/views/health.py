"""The site's health, for a program that watches it.

Invariant: it says up, disk and overdue in a body of one size. Only the disk depends on
reports, as on all that is written; it is looked at once a minute and not when somebody
asks, and is low until there is clearly more room, so that nobody sees by it when a report
comes. The web server in front keeps the address to itself, but whether it does cannot be
seen from here.
"""

from __future__ import annotations

import json
from http import HTTPStatus

from flask import Blueprint, Response

from dropbox.site.context import here

HEALTH_BYTES = 64

health_pages = Blueprint("health", __name__)


@health_pages.get("/health")
def health() -> Response:
    """Answer 200 while reports can come in, else 503; a full disk or a late courier is told only.

    Who takes a site off the network for those would take away the mailboxes, too.
    """
    found = here().mailboxes.health(here().today())
    values = {
        "up": found.up,
        "disk": "low" if found.disk_low else "ok",
        "overdue": bool(found.overdue),
    }
    body = json.dumps(values).ljust(HEALTH_BYTES - 1) + "\n"
    status = HTTPStatus.OK if found.up else HTTPStatus.SERVICE_UNAVAILABLE
    return Response(body, status, mimetype="application/json")
