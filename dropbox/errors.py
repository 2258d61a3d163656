"""Every failure that a user of Meldkluis can meet, as one tree.

A class is named for what is wrong. Its ``text`` is an English sentence that the
boundaries (the site's error handler, the command line's wrapper, the desk's
pages) translate; its ``params`` fill the placeholders. Invariant: neither ever
holds a secret, an identifier or a text that somebody wrote.
"""

from __future__ import annotations


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "mark, translate later"
    """Mark ``text`` for the catalogue and return it unchanged."""
    return text


class DropboxError(Exception):
    """The root. ``status`` is the HTTP status that the site answers with."""

    text: str = N_("Something went wrong.")
    status: int = 400

    def __init__(self, **params: int | str) -> None:
        self.params = params
        super().__init__(self.text % params if params else self.text)


class InputError(DropboxError):
    """What a person typed cannot be used."""


class ProtocolError(DropboxError):
    """Bytes are malformed, forged, or not meant for us."""


class StoreError(DropboxError):
    """The server could not keep or find something."""

    status = 503


class VaultError(DropboxError):
    """The desk's vault could not be used."""


class ConfigError(DropboxError):
    """A configuration file or setting cannot be used."""

    status = 500


# Reply codes and what is typed


class UnknownWord(InputError):
    """A word is in no list. ``position`` counts the typed words from 1."""

    text = N_("Word %(position)d is in no word list. Look at it once more.")


class WrongWordCount(InputError):
    """A reply code has ten words; ``count`` were read."""

    text = N_("A reply code has ten words. You typed %(count)d.")


class CodeCheckFailed(InputError):
    """All ten words exist, but together they are no reply code."""

    text = N_("This code opens no mailbox.")


class TextTooLong(InputError):
    """A text is longer than the format can carry."""

    text = N_("The text is too long: at most %(characters)d characters and %(bytes)d bytes.")


class FieldTooLong(InputError):
    """A short field, or a list of them, is longer than the format can carry."""

    text = N_("A field is too long.")


# Protocol: bytes from elsewhere


class BadSignature(ProtocolError):
    """A signature does not fit its content, its purpose or its key."""

    text = N_("A signature is not valid.")


class WeakKey(ProtocolError):
    """A public key is not a point that can keep a secret."""

    text = N_("A public key is not usable.")


class MalformedEnvelope(ProtocolError):
    """An envelope's bytes do not follow the format."""

    text = N_("An envelope is malformed or cut off.")


class UnknownVersion(ProtocolError):
    """The version byte names a suite that this program does not know."""

    text = N_("This was made by another version of the program.")


class ForeignEnvelope(ProtocolError):
    """An envelope is of another site, channel, mailbox or direction."""

    text = N_("An envelope belongs to another site, channel or mailbox.")


class NotAddressed(ProtocolError):
    """No slot of an envelope is addressed to the keys at hand."""

    text = N_("An envelope is not addressed to you.")


class SlotDoesNotOpen(ProtocolError):
    """A slot is addressed to a key at hand and does not open with it."""

    text = N_("An envelope is addressed to you but does not open.")


class CommitmentMismatch(ProtocolError):
    """A slot's content key is not the one that the header commits to."""

    text = N_("An envelope would show other readers something else.")


class AlteredEnvelope(ProtocolError):
    """An envelope's header or body was changed after sealing."""

    text = N_("An envelope was altered.")


class MalformedPayload(ProtocolError):
    """What was sealed opens, but does not follow the format."""

    text = N_("A sealed message opens but cannot be understood.")


class MalformedCard(ProtocolError):
    """A card, certificate or request does not follow the format."""

    text = N_("A channel card, certificate or request is malformed.")


class ForeignCard(ProtocolError):
    """A card, certificate or request is of another site or channel."""

    text = N_("A channel card or certificate belongs to another site or channel.")


class CardExpired(ProtocolError):
    """A channel card's last day is over."""

    text = N_("The channel card has expired. Its owner must sign a new one.")
    status = 503


class CardLivesTooLong(ProtocolError):
    """A card claims to be valid for longer than a card may live."""

    text = N_("The channel card is valid for too long; at most %(days)d days are allowed.")


class CardRolledBack(ProtocolError):
    """A card's version is lower than one that was accepted before."""

    text = N_("A newer version of this channel card was accepted before.")


class CertificateExpired(ProtocolError):
    """A handler's certificate is over."""

    text = N_("A handler's certificate has expired.")


class ForeignHandler(ProtocolError):
    """A handler is not certified by this channel."""

    text = N_("A handler is not certified by this channel.")


class NoIntakeKey(ProtocolError):
    """A handler has no intake key for the day."""

    text = N_("A handler has no valid intake key. A new channel card is needed.")
    status = 503


class MalformedWithdrawal(ProtocolError):
    """A withdrawal's bytes do not follow the format or name another mailbox."""

    text = N_("A withdrawal is malformed.")


class MalformedBundle(ProtocolError):
    """A file is no bundle, or a frame of it does not follow the format."""

    text = N_("This file is not a bundle, or it is damaged.")


class BundleTruncated(ProtocolError):
    """A bundle ends before its trailer."""

    text = N_("The bundle is cut off. Nothing of it was used.")


class BundleAltered(ProtocolError):
    """A bundle's bytes do not fit its hash or its count."""

    text = N_("The bundle was altered. Nothing of it was used.")


class ForeignBundle(ProtocolError):
    """A bundle is for another site, channel or handler, or of the other direction."""

    text = N_("The bundle belongs to another site, channel or handler.")


class MalformedMailboxPage(ProtocolError):
    """A mailbox page does not follow the format."""

    text = N_("The mailbox page is malformed.")


# The server's rooms: what is kept, who collects, what is delivered


class StoreBusy(StoreError):
    """Another process held the database for longer than we wait."""

    text = N_("The server is busy. Nothing was stored. Try again in a minute.")


class StoreFull(StoreError):
    """The disk is full."""

    text = N_("The server's disk is full. Nothing was stored. Try again later.")


class StoreReadOnly(StoreError):
    """The database or its folder cannot be written."""

    text = N_("The server cannot write its data. Nothing was stored. Try again later.")


class StoreDamaged(StoreError):
    """The database cannot be read or written; also an input or output error of the disk."""

    text = N_("The server's database cannot be used. Nothing was stored.")


class StoreMissing(StoreError):
    """There is no database, or no folder for one."""

    text = N_(
        "The server has no database. For a new site: meldkluis init."
        " Did a site stand here? Then: meldkluis restore FILE --replace"
    )


class StoreTooNew(StoreError):
    """The database was made by a later version of this program."""

    text = N_("The server's database was made by a newer version of the program.")


class UnknownChannel(StoreError):
    """No card on the shelf is of this channel."""

    text = N_("There is no such channel.")
    status = 404


class UnknownMailbox(StoreError):
    """No mailbox fits; withdrawn, expired and never made are the same."""

    text = CodeCheckFailed.text
    status = 404


class AlreadyReceived(StoreError):
    """The same form was sent before; nothing was stored again."""

    text = N_("We received this before. It was not stored twice.")
    status = 409


class MailboxChanged(StoreError):
    """The mailbox is not as it was when the message was sealed."""

    text = N_("The mailbox changed in the meantime. Nothing was stored. Try again.")
    status = 409


class MailboxFull(StoreError):
    """A mailbox holds as many messages as it may before the handlers collect them."""

    text = N_("Your mailbox is full for now. Nothing was stored. Write again in a few days.")
    status = 409


class NoSuchHandler(StoreError):
    """No card on the shelf has this handler."""

    text = N_("No channel has this handler. The ids are shown by: meldkluis status")
    status = 404


class SlugTaken(StoreError):
    """Another channel's card has the same short name."""

    text = N_("Another channel already has this card's short name.")
    status = 409


class ChannelHasOtherSlug(StoreError):
    """The channel's earlier card has another short name."""

    text = N_("This channel is already here under another short name.")
    status = 409


class HandlerElsewhere(StoreError):
    """A handler or an intake key on a card belongs to another channel."""

    text = N_("A handler or a key on this card belongs to another channel.")
    status = 409


class CardForked(StoreError):
    """Two different cards carry the same version."""

    text = N_("Another card with this version is already here. Ask the channel's owner.")
    status = 409


class DeliveryRefused(ProtocolError):
    """A bundle from a desk is whole, but may not be used."""


class OldSerial(DeliveryRefused):
    """A bundle's serial is not higher than the last that was accepted."""

    text = N_("A later bundle was delivered before this one. Nothing of it was used.")


class AlreadyInitialised(ConfigError):
    """The site's settings or data exist already."""

    text = N_("This site was set up before. Nothing was changed.")


class TemplateMissing(ConfigError):
    """The settings' template cannot be read."""

    text = N_("The template of the site's settings cannot be read.")


class SiteKeyMissing(ConfigError):
    """The key that signs bundles to desks is not there, or damaged."""

    text = N_("VAR/site/bundle.key is missing or damaged. Bring it back from a backup.")


class SiteKeyDiffers(ConfigError):
    """site.toml names another key than the one on this server."""

    text = N_("site.toml names another bundle key. Bring VAR/site/bundle.key from the old server.")


# The reporter's site


class FormExpired(InputError):
    """A form's token is too old."""

    text = N_("This page was open for a long time. Check it and send it once more.")


class FormUnknown(FormExpired):
    """A form's token was not given out by this site, or before its key was made anew."""

    text = N_("We do not recognise this page as ours. Check everything and send it once more.")


class NoReader(InputError):
    """Nobody is left to whom a report or message can be sealed."""

    text = N_("Nobody is left who can read this.")
