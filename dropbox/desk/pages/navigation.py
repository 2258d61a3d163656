"""What every page leads to: the desk's rooms in the order of a working day.

A line shows once a page of that name exists. The key opens it together with the browser's
own keys for that: Alt in Chromium and Edge, Alt and Shift in Firefox, Ctrl and Alt on macOS.
"""

from __future__ import annotations

from dropbox.errors import N_

NAVIGATION = (
    ("inbox.index", N_("Cases"), "c"),
    ("intake.index", N_("Other ways in"), "i"),
    ("patterns.index", N_("Patterns"), "p"),
    ("care.index", N_("Care"), "z"),
    ("bundles.index", N_("Bundles"), "b"),
    ("keys.index", N_("Keys"), "k"),
    ("start.index", N_("Getting started"), "g"),
)
"""Endpoint, label, and the letter of its key. L locks the desk."""

OWNERS = frozenset({"keys.index", "start.index"})
"""What the vault of a channel's owner has a use for."""
