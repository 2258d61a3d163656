"""One program of the operator's own, which takes the message further.

Invariants: no shell, nothing of our environment, nothing of what it prints is kept.
"""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress

from dropbox.alert.errors import ProgramFailed, ProgramMissing, TookTooLong

HOOK_SECONDS = 60
_ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
}


def run(command: tuple[str, ...], content: bytes) -> None:
    """Run a program with the message on its standard input.

    Args:
        command: the program's whole path, and its arguments.
        content: the message.

    Raises:
        ProgramMissing: it cannot be started.
        TookTooLong: it was stopped, with all that it had started, after `HOOK_SECONDS`.
        ProgramFailed: it ended with another status than 0.
    """
    try:
        program = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_ENVIRONMENT,
            cwd="/",
            start_new_session=True,
        )
    except OSError:
        raise ProgramMissing from None
    with program:
        try:
            program.communicate(content, HOOK_SECONDS)
        except subprocess.TimeoutExpired:
            raise TookTooLong(seconds=HOOK_SECONDS) from None
        finally:
            if program.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(program.pid, signal.SIGKILL)
    if program.returncode:
        raise ProgramFailed(status=program.returncode)
