"""Every failure of a courier's errand that the site does not tell itself."""

from __future__ import annotations

from dropbox.errors import N_, ConfigError, DropboxError


class CourierKeyThere(ConfigError):
    """A new key would replace a file."""

    text = N_("%(file)s is there already. Nothing was changed.")


class CourierKeyUnsafe(ConfigError):
    """Others may read the key, or it is another user's."""

    text = N_("Others may read or change %(file)s, or it is another user's. Make a new key.")


class CourierKeyUnusable(ConfigError):
    """The file holds no courier's key."""

    text = N_("%(file)s is not the key of a courier.")


class NoCourierHere(DropboxError):
    """The site does not know this key for this handler, or is no site."""

    text = N_(
        "The site does not take this key for this handler. Ask its operator: is the line in"
        " site.toml, was the site restarted since, and is the address right?"
    )


class StillChanging(DropboxError):
    """So much comes in that no bundle stays as it is."""

    text = N_("So much comes in that the bundle keeps changing. Run the same command again.")


class CourierBusy(DropboxError):
    """Another courier's command is at work on the same file."""

    text = N_("Another command is at work on this file.")


class HandlerIdInvalid(DropboxError):
    """What was typed is no handler's id."""

    text = N_("A handler's id has 16 signs: digits, and letters from a to f.")
