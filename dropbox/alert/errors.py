"""Every failure of the daily alert. None of them repeats an address or another's words."""

from __future__ import annotations

from dropbox.errors import N_, ConfigError, DropboxError


class AlertSettingsMissing(ConfigError):
    """There is no file with the alert's settings."""

    text = N_("There is no %(file)s. It says who is told to collect; see docs/alert.md.")


class AlertFileUnsafe(ConfigError):
    """A private file is there, and others may read or change it."""

    text = N_("Others may read or change %(file)s, or it is another user's. See docs/alert.md.")


class AlertFileUnusable(ConfigError):
    """A private file cannot be read, or is no text of a fitting length."""

    text = N_(
        "%(file)s is missing, or this user cannot read it, or it holds no fitting text."
        " See docs/alert.md."
    )


class AlertSettingsInvalid(ConfigError):
    """The alert's settings cannot be used; ``field`` names the place."""

    text = N_("The settings of the alert cannot be used. Look at: %(field)s")


class NotDelivered(DropboxError):
    """One message did not reach whoever should take it further."""

    text = N_("It could not be delivered.")


class ServerSilent(NotDelivered):
    """The mail server is not there, hung up, or does not speak its protocol."""

    text = N_("The mail server cannot be reached, or does not answer as one.")


class ServerUntrusted(NotDelivered):
    """The mail server's certificate is not in order, or its encryption is not."""

    text = N_("The mail server's certificate or encryption is not in order. Nothing was sent.")


class NoEncryption(NotDelivered):
    """The mail server does not offer STARTTLS."""

    text = N_("The mail server offers no encryption. Nothing was sent.")


class LoginRefused(NotDelivered):
    """The mail server does not take the user's name and password."""

    text = N_("The mail server does not accept the user or the password.")


class MailRefused(NotDelivered):
    """The mail server said no; ``code`` is its answer's number. Source: RFC 5321, section 4.2."""

    text = N_("The mail server refused it, code %(code)d.")


class TookTooLong(NotDelivered):
    """Nothing was settled within the time."""

    text = N_("It took longer than %(seconds)d seconds.")


class ProgramMissing(NotDelivered):
    """The hook's program cannot be started."""

    text = N_("The program is not there, or may not be run.")


class ProgramFailed(NotDelivered):
    """The hook's program ended with an error."""

    text = N_("The program ended with status %(status)d.")


class AlertIncomplete(DropboxError):
    """Not every message was delivered."""

    text = N_("Not delivered: %(failed)d of %(all)d. These people may not collect today.")
