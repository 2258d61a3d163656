"""What can go wrong in a demonstration."""

from __future__ import annotations

from dropbox.errors import N_, DropboxError


class ServerDidNotStart(DropboxError):
    """The demonstration's web server gave no page in time."""

    text = N_("The web server did not start.")


class PortInUse(ServerDidNotStart):
    """Another program listens on the port."""

    text = N_("Port %(port)d is in use. Choose another one, such as: PORT=%(other)d make run")


class SiteEnded(DropboxError):
    """The demonstration's web server ended by itself."""

    text = N_("The web server ended by itself.")


class WalkFailed(DropboxError):
    """A step of the walk did not give what it should."""

    text = N_("A step of the walk did not give what it should. What was printed last tells which.")
