"""The door for a WSGI server: ``wsgi:app`` is the reporter's site.

It does not start without settings and a database: ``meldkluis init`` makes both.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

from flask import Flask

from dropbox import config
from dropbox.mailbox import Mailboxes
from dropbox.site import create_app


def today() -> date:
    """Return today in UTC; the site reads the clock here and nowhere else."""
    return datetime.now(UTC).date()


def make() -> Flask:
    """Make the application out of the environment.

    Raises:
        DropboxError: settings or database are missing or wrong.
    """
    settings = config.load(os.environ)
    places = settings.places
    mailboxes = Mailboxes.at(settings.site.site_id, places.site_dir, places.cards_dir)
    mailboxes.check()
    return create_app(settings, mailboxes, today)


app = make()
