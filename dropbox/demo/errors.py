"""What can go wrong in a demonstration."""

from __future__ import annotations

from dropbox.errors import N_, DropboxError


class ServerDidNotStart(DropboxError):
    """The demonstration's web server gave no page in time."""

    text = N_("The web server did not start. Is the port in use?")


class WalkFailed(DropboxError):
    """A step of the walk did not give what it should."""

    text = N_("A step of the walk did not give what it should. What was printed last tells which.")
