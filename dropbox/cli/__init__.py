"""The command line: ``meldkluis …``, thin commands over the other rooms."""

from __future__ import annotations

from dropbox.cli.root import main

__all__ = ["main"]
