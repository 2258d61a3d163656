"""Every failure that only a desk can meet; the tree's root is in `dropbox.errors`.

Invariant: as there, no text and no parameter holds a secret, an identifier or a text
that somebody wrote.
"""

from __future__ import annotations

from dropbox.errors import N_, InputError, ProtocolError, VaultError


class VaultMissing(VaultError):
    """There is no vault at the place named."""

    text = N_("There is no vault there.")


class VaultExists(VaultError):
    """A vault stands where a new one would go."""

    text = N_("A vault stands there already. It was left as it is.")


class VaultDamaged(VaultError):
    """The vault, or a row of it, was cut off or altered, or is no vault."""

    text = N_("The vault is damaged or is not a vault. Restore a backup.")


class VaultNotWritable(VaultError):
    """The disk is full or broken, or the vault's file or folder may not be written."""

    text = N_("The vault cannot be written. Nothing was changed. Look at the disk and its rights.")


class VaultBusy(VaultError):
    """Another program is writing in the vault."""

    text = N_("Another program is using the vault. Try again in a moment.")


class WrongPassphrase(VaultError):
    """The passphrase does not open the vault or backup."""

    text = N_("The passphrase is wrong.")


class NotEnoughMemory(VaultError):
    """The passphrase cannot be stretched on this computer now."""

    text = N_("This computer has too little free memory to open the vault.")


class PassphraseTooShort(InputError):
    """A new passphrase has too few characters."""

    text = N_("The passphrase is too short: use at least %(characters)d characters.")


class NeitherCardNorBundle(InputError):
    """A file to import is neither a card nor a bundle."""

    text = N_("This file is neither a channel card nor a bundle.")


class NotAHandlersVault(VaultError):
    """Only a handler's vault can do this; this one holds a channel's identity."""

    text = N_("This vault holds the identity of a channel. A handler's vault is needed here.")


class NotAnOwnersVault(VaultError):
    """Only the vault with the channel's identity can do this."""

    text = N_("This is a handler's vault. The vault with the channel's identity is needed here.")


class NoCardYet(VaultError):
    """The vault has no channel card yet."""

    text = N_("This vault has no channel card yet. Import the card that the owner signed.")


class NotOnCard(VaultError):
    """The card does not name the handler of this vault."""

    text = N_("The channel card does not name you as a handler.")


class OtherChannel(ProtocolError):
    """A card is of another channel than the one that this vault belongs to."""

    text = N_("This card is of another channel than the one that your vault belongs to.")


class FingerprintDiffers(InputError):
    """The fingerprint that a person typed is not the card's."""

    text = N_("The fingerprint does not fit this card. Do not use the card.")


class RequestTooOld(InputError):
    """A handler's request holds older keys than one that was signed before."""

    text = N_("A newer request of this handler was signed before.")


class KeysEnded(InputError):
    """A handler on the card to be signed has no intake key for today or later."""

    text = N_("The keys of handler %(handler)s have ended. Ask that handler for a new request.")


class UnknownHandler(InputError):
    """No handler of the channel has the id that a person typed."""

    text = N_("This channel has no such handler.")


class NoHandlers(InputError):
    """A card would name nobody."""

    text = N_("A channel card needs at least one handler.")


class UnknownCase(InputError):
    """No case begins with what a person typed."""

    text = N_("There is no such case.")


class AmbiguousCase(InputError):
    """Several cases begin with what a person typed."""

    text = N_("Several cases begin like that. Type more of the number.")


class NumberTooShort(InputError):
    """A case to be answered was named by too little of its number."""

    text = N_("Type at least %(characters)d characters of the case's number to answer it.")


class CaseWithdrawn(InputError):
    """The reporter withdrew the case; nothing can be read or answered."""

    text = N_("The reporter has withdrawn this case. It is erased and cannot be answered.")


class CaseOnHold(InputError):
    """The reporter paused the case; its state cannot change."""

    text = N_("The reporter has paused this case. You can write, but not change its state.")


class CaseAlreadyClosed(InputError):
    """The case is closed already."""

    text = N_("This case is closed already.")


class PersonStateOnAnonymousReport(InputError):
    """A state or outcome about a person was chosen for an anonymous report."""

    text = N_("An anonymous report cannot lead to a case about a person. Choose something else.")


class StateNotOfChannel(InputError):
    """The kind of channel does not know the state."""

    text = N_("This kind of channel does not use that state.")


class OutcomeMissing(InputError):
    """A case was to be closed without an outcome."""

    text = N_("Choose an outcome to close a case.")


class EmptyText(InputError):
    """A reply without words."""

    text = N_("Write something first.")


class AgainFirst(VaultError):
    """A restored vault needs a bundle that holds everything again."""

    text = N_("This vault was restored. Ask the operator for a bundle with --again.")


class AgainTooOld(VaultError):
    """A restored vault was given a bundle from before its restore."""

    text = N_(
        "This bundle was collected before the vault was restored, so it may bring back what was"
        " withdrawn since. Ask the operator for a new one, collected with --again."
    )


class ImportFirst(VaultError):
    """A restored vault does not know yet what was withdrawn, and what the site accepted."""

    text = N_("This vault was restored. Import a new bundle from the site first.")


class BackupDamaged(VaultError):
    """A backup was cut off or altered, or is no backup."""

    text = N_("The backup is damaged or is not a backup. Nothing was changed.")


class BackupExpired(VaultError):
    """A backup is too old to be restored."""

    text = N_("The backup expired on %(day)s and cannot be restored.")


class BackupFromTheFuture(VaultError):
    """A backup was made after today: this computer's clock is wrong."""

    text = N_("The backup was made on %(day)s, which is still to come. Check the clock.")


class DateDoubtful(VaultError):
    """Today lies before the last import or long after it: this computer's clock may be wrong."""

    text = N_(
        "The last import was on %(day)s. This computer's date does not fit that. Check the date."
        " Only if it is right, use --date-is-right."
    )


class OtherOwnersVault(VaultError):
    """The vault to be replaced is another handler's or channel's than the backup."""

    text = N_("The vault that stands there is of another handler or channel. It was left as it is.")


class OldVaultUnreadable(VaultError):
    """The vault to be replaced does not open, so its withdrawals cannot be carried over."""

    text = N_("The vault that stands there does not open, so withdrawals in it would be forgotten.")


class SecondReport(ProtocolError):
    """A mailbox that has a report sends another one."""

    text = N_("A mailbox sent a second report.")


class ReaderNotNamed(ProtocolError):
    """An envelope opens with our key, but its writer did not name us as a reader."""

    text = N_("An envelope reached you that does not name you as a reader.")


class IntakeKeyDestroyed(ProtocolError):
    """An envelope is sealed to an intake key that was destroyed after its end."""

    text = N_("An envelope came too late: the key that opens it was destroyed.")


class IntakeKeyMissing(ProtocolError):
    """An envelope that the site sends to this handler is sealed to a key that is not here."""

    text = N_(
        "An envelope came for you, but this vault lacks its key. Is there a newer backup or vault?"
    )


class DayToCome(ProtocolError):
    """An envelope bears a day that is still to come: a clock is wrong, or its writer lies."""

    text = N_("An envelope bears a day that is still to come. Check the clock.")


class NotText(InputError):
    """What was typed is not UTF-8."""

    text = N_("This text has characters that cannot be read. Save it as UTF-8.")


class FileTooLarge(InputError):
    """A file with a passphrase or texts is larger than any that makes sense."""

    text = N_("This file is too large: at most %(bytes)d bytes.")


class NotOurFile(InputError):
    """Something that this program did not make stands where a file would go."""

    text = N_("A file of another kind stands there. It was left as it is.")


class PlanInvalid(InputError):
    """A channel's name, kind or texts cannot be put on a card."""

    text = N_("The channel's short name or texts cannot be used. Look at the example in the docs.")


class RoleInvalid(InputError):
    """A handler's role is empty or too long."""

    text = N_("A role needs words in both languages, at most %(characters)d characters.")
