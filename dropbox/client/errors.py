"""Every failure of a reporter's own program that no other room has."""

from __future__ import annotations

from dropbox.errors import N_, ConfigError, DropboxError, InputError, ProtocolError
from dropbox.reporter.standing import CHANNEL_CLOSED


class NoCards(ProtocolError):
    """What came in the place of the channel cards is none."""

    text = N_("These are not the channel cards of a site, or they are damaged.")


class CardsDisagree(ProtocolError):
    """Cards of different sites, or two of one name or channel."""

    text = N_(
        "The channel cards contradict each other. Something is wrong at this site. Send nothing,"
        " and use another way to report."
    )


class NoChannel(DropboxError):
    """No channel has a card."""

    text = N_("No channel of this site can receive anything at this moment.")


class NoSuchChannel(InputError):
    """No card has the short name that was asked for."""

    text = N_("This site has no channel with this name.")


class FingerprintDiffers(InputError):
    """No card has the fingerprint that was asked for."""

    text = N_(
        "The fingerprint is not that of this channel. Nothing was sent. Look whether you typed it"
        " right. If so, do not report here."
    )


class ClockDiffers(DropboxError):
    """This machine and the site are days apart."""

    text = N_(
        "This computer says that it is %(here)s, and the site that it is %(there)s. Set the date"
        " of your computer right first."
    )


class OutcomeUnknown(DropboxError):
    """Something was sent and no answer came that can be understood."""

    text = N_("The line broke while it was sent. It may have arrived or not.")


class Refused(DropboxError):
    """The site stored nothing, and said why."""


class ReadersChanged(Refused):
    """A reader has a new key, or is gone."""

    text = N_("The readers of this channel changed in the meantime. Nothing was sent yet.")


class ChannelClosed(Refused):
    """The channel can receive nothing."""

    text = CHANNEL_CLOSED


class NotNow(Refused):
    """The same bytes may be sent later."""

    text = N_("The site cannot take more at this moment. Try again in a while.")


class SiteFailing(Refused):
    """The machine there cannot."""

    text = N_("This does not work at the moment. Nothing was stored or erased. Try again later.")


class NotTaken(Refused):
    """The site does not understand it, or is another."""

    text = N_("The site did not take this. Nothing was stored. Is your program up to date?")


class TooOld(Refused):
    """Nobody could open it."""

    text = N_("Nobody could open this any more. Nothing was stored. Make it anew.")


class EmptyText(InputError):
    """Nothing was told."""

    text = N_("Write what you want to tell. The rest may stay empty.")


class EmptyMessage(EmptyText):
    """A message says nothing."""

    text = N_("Write your message first.")


class NotText(InputError):
    """What was read is not UTF-8."""

    text = N_("This text has characters that cannot be read. Save it as UTF-8.")


class LineCut(InputError):
    """A terminal hands over so much of a line, and silently drops the rest."""

    text = N_(
        "A line is so long that the terminal may have cut it. Put the text into a file and name"
        " the file, or use shorter lines."
    )


class FileThere(ConfigError):
    """A sealed report would replace a file."""

    text = N_("%(file)s is there already. Nothing was changed.")
