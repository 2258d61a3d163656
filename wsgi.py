"""The door for a WSGI server: ``wsgi:app`` is the reporter's site.

It does not start without settings and a database, which ``meldkluis init`` makes: it says
why in one line and ends with status 1.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime

from flask import Flask

from dropbox import config
from dropbox.errors import DropboxError
from dropbox.language import from_environment, line_of
from dropbox.mailbox import Mailboxes
from dropbox.site import create_app, preload


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
    app = create_app(settings, mailboxes, today)
    preload.read_all(app)
    return app


def start() -> Flask:
    """Make the application, or end this process with one line that says why not."""
    try:
        return make()
    except (DropboxError, OSError) as error:
        print(line_of(error, from_environment(os.environ)), file=sys.stderr)  # noqa: T201 - there is no log yet
        raise SystemExit(1) from None


app = start()
