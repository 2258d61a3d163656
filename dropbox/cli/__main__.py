"""The command line as ``python -m dropbox.cli``."""

from dropbox.cli import main

main()
