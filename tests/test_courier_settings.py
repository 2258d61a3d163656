"""Who carries over the network stands in site.toml, exactly or not at all."""

import pytest

from dropbox.config import CourierKey, SiteTomlInvalid, parse_site
from tests.courier_world import courier_lines, settings

KEY, ID = "ab" * 32, "cd" * 8


def test_couriers_in_site_toml_are_read() -> None:
    """A key and the handlers; none is the default."""
    line = courier_lines(bytes.fromhex(KEY), bytes.fromhex(ID))
    assert parse_site(settings().encode()).couriers == ()
    assert parse_site(settings(line).encode()).couriers == (
        CourierKey(bytes.fromhex(KEY), (bytes.fromhex(ID),)),
    )


@pytest.mark.parametrize(
    "lines",
    [
        "[[couriers]]\n",
        f'[[couriers]]\nkey = "{KEY}"\n',
        f'[[couriers]]\nkey = "{KEY}"\nhandlers = []\n',
        f'[[couriers]]\nkey = "{KEY}"\nhandlers = ["{ID}", "{ID}"]\n',
        f'[[couriers]]\nkey = "{KEY}"\nhandlers = "{ID}"\n',
        f'[[couriers]]\nkey = "{KEY[1:]}"\nhandlers = ["{ID}"]\n',
        f'[[couriers]]\nkey = "{KEY}"\nhandlers = ["{ID}"]\nmore = 1\n',
        f'[[couriers]]\nkey = "{KEY}"\nhandlers = ["{ID}"]\n' * 2,
        f'[couriers]\nkey = "{KEY}"\nhandlers = ["{ID}"]\n',
    ],
)
def test_wrong_courier_is_named_and_refused(lines: str) -> None:
    """A line that is not exactly right stops the site, so that none is half in force."""
    with pytest.raises(SiteTomlInvalid) as caught:
        parse_site(settings("\n", lines).encode())
    assert "couriers" in str(caught.value)
