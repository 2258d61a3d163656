"""Where the site is found: what a handler types once, for poster and button.

Owns the check of an address and its place in the vault. Invariants: what is kept is the
address of a whole site, without a path, a name or a password, and in one form; it is reached
encrypted, from outside a work network; an onion address has a checksum, which is looked at.
A desk has no network: whether the site answers there, a person has to try.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from dropbox.desk import keyring
from dropbox.desk.vault import Vault
from dropbox.errors import N_, InputError

MAX_ADDRESS_CHARACTERS = 100
HERE = "127.0.0.1"
"""The one host that may go without encryption: a demonstration on this very computer."""

_SETTING = b"site addresses"
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_LAST_LABEL = re.compile(r"[a-z]{2,}|xn--[a-z0-9-]+")
_INSIDE = frozenset({"corp", "home", "internal", "intranet", "lan", "local", "localhost"})
"""Last parts of names that only a network inside knows. Source: RFC 6762, appendix G; ICANN."""

_ONION = re.compile(r"(?:[a-z0-9-]+\.)*([a-z2-7]{56})\.onion")
_ONION_VERSION = b"\x03"


class AddressInvalid(InputError):
    """What was typed is no address that a poster can show."""

    text = N_(
        "This cannot be the site's address. Type it as in https://meldpunt.example.org, without"
        " anything behind it. It must be a name that a phone finds outside the work network."
    )


class OnionInvalid(InputError):
    """What was typed is no onion address, or has a slip of the pen."""

    text = N_(
        "This cannot be the onion address. It has 56 letters and digits and ends in .onion."
        " Copy it once more: its own check says that a character is wrong or missing."
    )


class NoAddressYet(InputError):
    """No address of the site was typed yet."""

    text = N_("Type the site's address first: the desk cannot know it.")


@dataclass(frozen=True)
class Addresses:
    """A site's addresses with scheme and without a path; ``onion`` may be empty."""

    clear: str
    onion: str = ""

    @property
    def is_here(self) -> bool:
        """Tell whether nobody but this computer's own browser can reach it."""
        return urlsplit(self.clear).hostname == HERE


def checked(clear: str, onion: str = "") -> Addresses:
    """Return what was typed in the form in which it is kept.

    Args:
        clear: the site's address; ``https://`` may be left out.
        onion: its onion address, or nothing.

    Raises:
        AddressInvalid, OnionInvalid: it is none.
    """
    return Addresses(_clear(clear.strip()), _onion(onion.strip()) if onion.strip() else "")


def _clear(typed: str) -> str:
    scheme, host, port = _parts(typed, "https", AddressInvalid)
    labels = host.split(".")
    outside = len(labels) > 1 and _LAST_LABEL.fullmatch(labels[-1]) and labels[-1] not in _INSIDE
    named = outside and all(map(_LABEL.fullmatch, labels)) and labels[-1] != "onion"
    if not (named and scheme == "https") and not (host == HERE and scheme in ("http", "https")):
        raise AddressInvalid
    return f"{scheme}://{host}{port}"


def _onion(typed: str) -> str:
    scheme, host, port = _parts(typed, "http", OnionInvalid)
    found = _ONION.fullmatch(host)
    if not found or scheme not in ("http", "https") or not _adds_up(found[1]):
        raise OnionInvalid
    return f"{scheme}://{host}{port}"


def _adds_up(name: str) -> bool:
    """Tell whether an onion name's own checksum fits.

    Source: Tor Project, rend-spec-v3, section 6, "Encoding onion addresses".
    """
    raw = base64.b32decode(name.upper())
    key, checksum, version = raw[:32], raw[32:34], raw[34:]
    right = hashlib.sha3_256(b".onion checksum" + key + version).digest()[:2]
    return version == _ONION_VERSION and checksum == right


def _parts(typed: str, usual: str, wrong: type[InputError]) -> tuple[str, str, str]:
    """Return scheme, host and port with its colon; nothing else may stand in an address."""
    if not typed.isascii() or not typed.isprintable() or len(typed) > MAX_ADDRESS_CHARACTERS:
        raise wrong
    whole = typed if "://" in typed else f"{usual}://{typed}"
    try:
        found = urlsplit(whole)
        port = found.port
    except ValueError:
        raise wrong from None
    host = found.hostname or ""
    ends = f"{host}:{port}" if port is not None else host
    # what is not put together from these parts again had more in it, such as a name or a space
    if found.netloc.lower() != ends or found.path not in ("", "/") or found.query or found.fragment:
        raise wrong
    if whole.rstrip("/").endswith(("?", "#")) or port == 0:
        raise wrong
    return found.scheme, host, f":{port}" if port is not None else ""


def load(vault: Vault) -> Addresses | None:
    """Return what was typed, or None."""
    return keyring.load_setting(vault, _SETTING, Addresses)


def needed(vault: Vault) -> Addresses:
    """Return what was typed; raises NoAddressYet."""
    found = load(vault)
    if found is None:
        raise NoAddressYet
    return found


def save(vault: Vault, found: Addresses) -> None:
    """Keep addresses that were checked."""
    with vault.transaction():
        keyring.save_setting(vault, _SETTING, found)
