"""The demonstration's site and a handler's desk side by side, until a person ends them.

Each is a process of its own, as in life, where they stand on different computers. Invariant:
whatever ends one run of this ends both; only the desk's own button leaves the site alone.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

from dropbox.demo import server
from dropbox.demo.channels import INTEGRITY
from dropbox.demo.errors import ServerDidNotStart, SiteEnded
from dropbox.demo.organisation import PASSPHRASE, Demonstration
from dropbox.errors import N_

TICK_SECONDS = 0.25
_ENDING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)

SITE = N_("Open http://127.0.0.1:%(port)d in a browser and file a report there.")
DESK = N_("Beside it runs the desk of %(name)s. Its passphrase: %(passphrase)s")
DESK_ENDED = N_("The desk has stopped. The site goes on until Ctrl+C.")

Say = Callable[..., None]


def run(demo: Demonstration, environ: Mapping[str, str], say: Say) -> None:
    """Run both until a signal comes.

    Args:
        demo: a demonstration that was prepared.
        environ: the environment to start from.
        say: prints a translated line. The desk prints its own address itself.

    Raises:
        PortInUse, ServerDidNotStart, SiteEnded: the site cannot run, or does not any more.
    """
    ending = threading.Event()
    with _told_by_signals(ending):
        try:
            with server.started(environ, demo.places) as site:
                say(SITE, port=demo.places.port)
                _beside(site, demo, environ, say, ending)
        except (ServerDidNotStart, SiteEnded):
            if not ending.is_set():  # Ctrl+C reaches the site as well, and perhaps first
                raise


def _beside(
    site: subprocess.Popen[bytes],
    demo: Demonstration,
    environ: Mapping[str, str],
    say: Say,
    ending: threading.Event,
) -> None:
    name = INTEGRITY.handlers[0].name
    say(DESK, name=name, passphrase=PASSPHRASE)
    # No port is named, so the desk takes one that is free.
    command = [sys.executable, "-m", "dropbox.cli", "desk", "--vault", str(demo.vault(name))]
    desk = subprocess.Popen(command, env=dict(environ), stdin=subprocess.DEVNULL)
    with server.ended_at_last(desk):
        there = True
        while not ending.wait(TICK_SECONDS):
            if site.poll() is not None:
                raise SiteEnded
            if there and desk.poll() is not None:
                there = False
                say(DESK_ENDED)


@contextmanager
def _told_by_signals(ending: threading.Event) -> Iterator[None]:
    def end(_number: int, _frame: FrameType | None) -> None:
        ending.set()

    before = {each: signal.signal(each, end) for each in _ENDING}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
