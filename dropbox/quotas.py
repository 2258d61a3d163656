"""How much a site takes in before it asks people to come back later: ``[limits]`` in site.toml.

Every figure has a default, so that a site.toml without the table is whole.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

MAX_LIMIT = 1_000_000
"""No figure may be larger."""


@dataclass(frozen=True)
class Limits:
    """What may come in at once, and what comes back each hour.

    Reports have one share and later messages in mailboxes have another of the same size.
    The defaults are for an organisation of about 18,000 people: a tenth of them may report
    on one day, after a newspaper or a letter; a whole day of the largest possible flood
    leaves some 500 MiB.

    Attributes:
        reports_at_once: how many may come in a burst.
        reports_per_hour: how many come free again in an hour, on average.
        mib_at_once: how much they may take on the disk in a burst, in MiB.
        mib_per_hour: how much of that comes free again in an hour, on average, in MiB.
        disk_reserve_mib: what stays free on the disk besides the room for maintenance, in MiB.
    """

    reports_at_once: int = 2_000
    reports_per_hour: int = 200
    mib_at_once: int = 64
    mib_per_hour: int = 8
    disk_reserve_mib: int = 256


LIMIT_NAMES = frozenset(field.name for field in fields(Limits))

LEAST = dict.fromkeys(LIMIT_NAMES, 1) | {"reports_at_once": 2}
"""No figure may be smaller. Of a single report no quarter can be kept for short ones."""
