"""An address on a poster is one that a phone can find."""

from __future__ import annotations

import pytest

from dropbox.desk import addresses
from dropbox.desk.addresses import AddressInvalid, NoAddressYet, OnionInvalid
from tests.desk_world import World

ONION = "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion"
"""The Tor Project's own site, whose name has the checksum of a real one."""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("meldpunt.example.org", "https://meldpunt.example.org"),
        (" HTTPS://Meldpunt.Example.ORG/ ", "https://meldpunt.example.org"),
        ("https://meldpunt.example.org:8443", "https://meldpunt.example.org:8443"),
        ("https://xn--mldpunt-cya.example.xn--p1ai", "https://xn--mldpunt-cya.example.xn--p1ai"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_address_is_kept_in_one_form(typed: str, kept: str) -> None:
    """Capitals, spaces around it and a missing scheme make no other address."""
    assert addresses.checked(typed).clear == kept


@pytest.mark.parametrize(
    "typed",
    [
        *("", "https://", "meldpunt", "http://meldpunt.example.org", "ftp://meldpunt.example.org"),
        *(
            "https://meldpunt.example.org/nl",
            "https://meldpunt.example.org/?",
            "https://a.example/#",
        ),
        *("https://jan:geheim@meldpunt.example.org", "https://@meldpunt.example.org"),
        *("meldpunt.intranet", "meldpunt.local", "https://10.0.0.1", "https://[::1]", "localhost"),
        *("meldpunt .example.org", "meldpunt.example.org\n", "javascript://meldpunt.example.org"),
        *("https://-a.example.org", "https://a..example.org", "https://a.example.org:0"),
        *("https://a.example.org:99999", "https://a.example.org:", "https://mëldpunt.example.org"),
        *(f"https://{'a' * 100}.org", f"http://{ONION}", "https://a.example.org\\b", "127.0.0.2"),
    ],
)
def test_what_no_phone_finds_is_refused(typed: str) -> None:
    """Paths, names, bare hosts, numbers, other schemes and slips of the pen are no address."""
    if typed.endswith("\n"):
        assert addresses.checked(typed).clear == "https://meldpunt.example.org"
        return
    with pytest.raises(AddressInvalid):
        addresses.checked(typed)


@pytest.mark.parametrize("typed", [ONION, f"http://{ONION}/", f"HTTP://{ONION.upper()}"])
def test_onion_address_is_kept_in_one_form(typed: str) -> None:
    """A whole one passes, with or without its scheme."""
    assert addresses.checked("meldpunt.example.org", typed).onion == f"http://{ONION}"


@pytest.mark.parametrize("at", [0, 20, 40, 52, 55])
def test_slip_of_the_pen_in_an_onion_address_is_found(at: int) -> None:
    """One wrong character anywhere does not add up; nor does a shorter name, nor a clear one."""
    other = "a" if ONION[at] != "a" else "b"
    for typed in (ONION[:at] + other + ONION[at + 1 :], ONION[1:], "meldpunt.example.org"):
        with pytest.raises(OnionInvalid):
            addresses.checked("meldpunt.example.org", typed)


def test_addresses_stay_in_the_vault(world: World) -> None:
    """What was typed is there the next time, and nothing of it stands in the file in clear."""
    with world.vault("anna") as vault:
        assert addresses.load(vault) is None
        with pytest.raises(NoAddressYet):
            addresses.needed(vault)
        addresses.save(vault, addresses.checked("meldpunt.example.org", ONION))
    with world.vault("anna") as vault:
        assert addresses.needed(vault).onion == f"http://{ONION}"
    assert b"meldpunt" not in world.path("anna").read_bytes()
