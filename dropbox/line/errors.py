"""Every failure of a line to a site, whoever uses it."""

from __future__ import annotations

from dropbox.errors import N_, ConfigError, DropboxError


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

    text = N_("The site's certificate or encryption is not in order. Nothing was given to it.")


class SiteBusy(LineBroken):
    """The site, or the web server in front, cannot answer now."""

    text = N_("The site cannot answer now. Run the same command again later.")


class NotASite(DropboxError):
    """What answers there is no site of ours."""

    text = N_("What answers at this address is not the site.")
