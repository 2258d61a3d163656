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


class SiteAddressInvalid(ConfigError):
    """The site's address cannot be used."""

    text = N_(
        "The site's address must begin with https:// and end after the name. http:// is allowed"
        " for an address that ends in .onion, and for 127.0.0.1."
    )


class ProxyInvalid(ConfigError):
    """The proxy's address cannot be used."""

    text = N_("A proxy is written like this: socks5h://127.0.0.1:9050")


class OnionWithoutProxy(ConfigError):
    """An onion address would be asked of the name servers."""

    text = N_("An address that ends in .onion needs --proxy, such as that of Tor.")


class LineBroken(DropboxError):
    """The site cannot be reached, or the line broke; what was carried stays carried."""

    text = N_("The site cannot be reached, or the line broke. Run the same command again.")


class ProxyRefused(LineBroken):
    """The proxy is not there, or does not reach the site."""

    text = N_("The proxy is not there, or cannot reach the site. Run the same command again.")


class SiteUntrusted(DropboxError):
    """The site's certificate is not in order, or its encryption is not."""

    text = N_("The site's certificate or encryption is not in order. No bundle was given to it.")


class SiteBusy(LineBroken):
    """The site, or the web server in front, cannot answer now."""

    text = N_("The site cannot answer now. Run the same command again later.")


class NoCourierHere(DropboxError):
    """The site does not know this key for this handler, or is no site."""

    text = N_(
        "The site does not take this key for this handler. Ask its operator: is the line in"
        " site.toml, was the site restarted since, and is the address right?"
    )


class NotASite(DropboxError):
    """What answers there is no site of ours."""

    text = N_("What answers at this address is not the site.")


class StillChanging(DropboxError):
    """So much comes in that no bundle stays as it is."""

    text = N_("So much comes in that the bundle keeps changing. Run the same command again.")


class CourierBusy(DropboxError):
    """Another courier's command is at work on the same file."""

    text = N_("Another command is at work on this file.")


class HandlerIdInvalid(DropboxError):
    """What was typed is no handler's id."""

    text = N_("A handler's id has 16 signs: digits, and letters from a to f.")
