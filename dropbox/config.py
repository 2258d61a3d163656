"""What an organisation sets: where things lie, and what `site.toml` says.

The only reader of the environment and of ``keys/site.toml``. Everything is frozen.
Invariant: a configuration that loads is complete in both languages.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from dropbox.errors import N_, ConfigError
from dropbox.language import LANGUAGES
from dropbox.quotas import LEAST, MAX_LIMIT, Limits

_PACKAGE = Path(__file__).parent
CHECKOUT = _PACKAGE.parent
TEMPLATES_DIR = CHECKOUT / "templates"
if not TEMPLATES_DIR.is_dir():
    # A desk that was installed from a kit has no checkout: there they lie in the package.
    TEMPLATES_DIR = _PACKAGE / "templates"
EXAMPLE_SITE_TOML = CHECKOUT / "keys" / "site.example.toml"
SITE_TOML = "site.toml"
SITE_ID_BYTES = 16
SITE_PK_BYTES = 32
COURIER_PK_BYTES = 32
HANDLER_ID_BYTES = 8
MAX_COURIERS = 64
DEFAULT_PORT = 8000

_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")

T = TypeVar("T")

Label = Mapping[str, str]
"""A text per language."""


class SiteTomlMissing(ConfigError):
    """There is no site.toml where KEYS points to."""

    text = N_("There is no %(file)s. Are KEYS and VAR right? For a new site: meldkluis init")


class SiteTomlUnreadable(ConfigError):
    """site.toml is there, or may be, and this user may not read it."""

    text = N_("%(file)s cannot be read. Is this the user of the site?")


class SiteTomlInvalid(ConfigError):
    """site.toml cannot be used; ``field`` names the place."""

    text = N_("site.toml cannot be used. Look at: %(field)s")


class OwnFileInvalid(ConfigError):
    """A text or theme of the organisation cannot be read."""

    text = N_("This file cannot be read as text: %(file)s")


class PortInvalid(ConfigError):
    """PORT is not a port number."""

    text = N_("PORT must be a number from 1 to 65535.")


@dataclass(frozen=True)
class Places:
    """Where things lie: public keys and settings, data, and the port to listen on."""

    keys_dir: Path
    var_dir: Path
    port: int

    @property
    def site_toml(self) -> Path:
        """Return the file with the organisation's settings."""
        return self.keys_dir / SITE_TOML

    @property
    def cards_dir(self) -> Path:
        """Return the folder with the accepted channel cards."""
        return self.keys_dir / "cards"

    @property
    def site_dir(self) -> Path:
        """Return the folder with the server's own data."""
        return self.var_dir / "site"


@dataclass(frozen=True)
class OutsideRoute:
    """A way to report that is not on this site: ombudsman, police, help line."""

    name: Label
    about: Label
    url: str
    phone: str


@dataclass(frozen=True)
class CourierKey:
    """Who may carry over the network: a 32-byte key, and the 8-byte ids of whose bundles."""

    key: bytes
    handlers: tuple[bytes, ...]


@dataclass(frozen=True)
class SiteConfig:
    """What site.toml says. Taxonomies map a short code to a label per language.

    ``site_id`` has 16 bytes; ``site_pk``, 32 bytes, is the key that signs bundles to desks.
    ``address`` is where reporters find the site, without a slash at its end; empty if unsaid.
    """

    site_id: bytes
    site_pk: bytes
    demonstration: bool
    leave_url: str
    organisation: Label
    conduct: Mapping[str, Label]
    grounds: Mapping[str, Label]
    units: Mapping[str, Label]
    outside_routes: tuple[OutsideRoute, ...]
    limits: Limits = field(default_factory=Limits)
    couriers: tuple[CourierKey, ...] = ()
    address: str = ""

    def labels(self) -> dict[str, dict[str, dict[str, str]]]:
        """Return the words for taxonomy codes by taxonomy, code and language, for a desk."""
        taxonomies = {"conduct": self.conduct, "grounds": self.grounds, "units": self.units}
        return {
            name: {code: dict(label) for code, label in taxonomy.items()}
            for name, taxonomy in taxonomies.items()
        }


@dataclass(frozen=True)
class Config:
    """Everything that a running program needs to know of its surroundings."""

    places: Places
    site: SiteConfig


def places(environ: Mapping[str, str]) -> Places:
    """Read KEYS, VAR and PORT.

    Raises:
        PortInvalid: PORT is not a port number.
    """
    port = environ.get("PORT", str(DEFAULT_PORT))
    if not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65_535:
        raise PortInvalid
    return Places(
        keys_dir=Path(environ.get("KEYS", "keys")).absolute(),
        var_dir=Path(environ.get("VAR", "var")).absolute(),
        port=int(port),
    )


def load(environ: Mapping[str, str]) -> Config:
    """Read the environment and the site.toml that it points to.

    Raises:
        SiteTomlMissing, SiteTomlUnreadable, SiteTomlInvalid, PortInvalid.
    """
    found = places(environ)
    return Config(found, read_site(found.site_toml))


MAX_SITE_BYTES = 1024 * 1024
"""The most that is read of a site.toml."""


def read_site(path: Path) -> SiteConfig:
    """Read one site.toml.

    Raises:
        SiteTomlMissing, SiteTomlUnreadable: there is none, or it is another user's.
        SiteTomlInvalid: it is not TOML, or a field is missing, unknown or wrong.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_SITE_BYTES + 1)
    except FileNotFoundError:
        raise SiteTomlMissing(file=str(path)) from None
    except OSError:
        raise SiteTomlUnreadable(file=str(path)) from None
    return parse_site(raw, path.name)


def parse_site(raw: bytes, name: str = SITE_TOML) -> SiteConfig:
    """Read the bytes of a site.toml, which came from a file of this name.

    Raises:
        SiteTomlInvalid: see `read_site`.
    """
    try:
        if len(raw) > MAX_SITE_BYTES:
            raise SiteTomlInvalid(field=name)
        values = tomllib.loads(raw.decode("utf-8"))
    except ValueError:
        raise SiteTomlInvalid(field=name) from None
    site = SiteConfig(
        site_id=_hex(values.pop("site_id", None), SITE_ID_BYTES, "site_id"),
        site_pk=_hex(values.pop("site_pk", None), SITE_PK_BYTES, "site_pk"),
        demonstration=_typed(values.pop("demonstration", False), bool, "demonstration"),
        leave_url=_url(values.pop("leave_url", None), "leave_url"),
        organisation=_label(values.pop("organisation", None), "organisation"),
        conduct=_taxonomy(values.pop("conduct", None), "conduct"),
        grounds=_taxonomy(values.pop("grounds", None), "grounds"),
        units=_taxonomy(values.pop("units", None), "units"),
        outside_routes=_routes(values.pop("outside_routes", [])),
        limits=_limits(values.pop("limits", {})),
        couriers=_couriers(values.pop("couriers", [])),
        address=_address(values.pop("address", "")),
    )
    for unknown in values:
        raise SiteTomlInvalid(field=unknown)
    return site


def read_own(path: Path) -> str | None:
    """Return a file that an organisation may have put in place of ours, or None.

    Raises:
        OwnFileInvalid: it is there, and cannot be read as UTF-8.
    """
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        raise OwnFileInvalid(file=path.name) from None


def _typed(value: Any, kind: type[T], field: str) -> T:
    if not isinstance(value, kind):
        raise SiteTomlInvalid(field=field)
    return value


def _hex(value: Any, size: int, field: str) -> bytes:
    text = _typed(value, str, field)
    if not re.fullmatch(f"[0-9a-f]{{{2 * size}}}", text):
        raise SiteTomlInvalid(field=field)
    return bytes.fromhex(text)


def _url(value: Any, field: str) -> str:
    text = _typed(value, str, field)
    if text and (urlsplit(text).scheme not in ("https", "http") or not urlsplit(text).hostname):
        raise SiteTomlInvalid(field=field)
    return text


def _address(value: Any) -> str:
    """Take the site's address: scheme and host, and a port if need be."""
    text = _url(value, "address").rstrip("/")
    parts = urlsplit(text)
    if (text != f"{parts.scheme}://{parts.netloc}" and text) or "@" in text:
        raise SiteTomlInvalid(field="address")
    return text


def _label(value: Any, field: str) -> Label:
    table = _typed(value, dict, field)
    if set(table) != set(LANGUAGES):
        raise SiteTomlInvalid(field=field)
    for language, text in table.items():
        if not _typed(text, str, f"{field}.{language}").strip():
            raise SiteTomlInvalid(field=f"{field}.{language}")
    return table


def _taxonomy(value: Any, field: str) -> Mapping[str, Label]:
    table = _typed(value, dict, field)
    for code in table:
        if not _CODE.fullmatch(code):
            raise SiteTomlInvalid(field=f"{field}.{code}")
    return {code: _label(label, f"{field}.{code}") for code, label in table.items()}


def _routes(value: Any) -> tuple[OutsideRoute, ...]:
    routes = []
    for number, item in enumerate(_typed(value, list, "outside_routes"), 1):
        field = f"outside_routes {number}"
        table = dict(_typed(item, dict, field))
        route = OutsideRoute(
            name=_label(table.pop("name", None), f"{field}.name"),
            about=_label(table.pop("about", None), f"{field}.about"),
            url=_url(table.pop("url", ""), f"{field}.url"),
            phone=_typed(table.pop("phone", ""), str, f"{field}.phone"),
        )
        if table:
            raise SiteTomlInvalid(field=field)
        routes.append(route)
    return tuple(routes)


def _limits(value: Any) -> Limits:
    table = _typed(value, dict, "limits")
    for name, figure in table.items():
        # True is an int to Python, and no figure.
        least = LEAST.get(name)
        if least is None or type(figure) is not int or not least <= figure <= MAX_LIMIT:
            raise SiteTomlInvalid(field=f"limits.{name}")
    return Limits(**table)


def _couriers(value: Any) -> tuple[CourierKey, ...]:
    items = _typed(value, list, "couriers")
    if len(items) > MAX_COURIERS:
        raise SiteTomlInvalid(field="couriers")
    found: dict[bytes, CourierKey] = {}
    for number, item in enumerate(items, 1):
        field = f"couriers {number}"
        table = dict(_typed(item, dict, field))
        key = _hex(table.pop("key", None), COURIER_PK_BYTES, f"{field}.key")
        named = _typed(table.pop("handlers", None), list, f"{field}.handlers")
        handlers = [_hex(each, HANDLER_ID_BYTES, f"{field}.handlers") for each in named]
        if not handlers or len(set(handlers)) != len(handlers):
            raise SiteTomlInvalid(field=f"{field}.handlers")
        # Twice the same key: whoever removes one of the lines would believe it revoked.
        if table or key in found:
            raise SiteTomlInvalid(field=field)
        found[key] = CourierKey(key, tuple(handlers))
    return tuple(found.values())
