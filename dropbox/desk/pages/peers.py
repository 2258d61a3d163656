"""Whose program is at the other end of a connection within this computer.

A browser sends the cookie of 127.0.0.1 to every port of it, so another person's server
there could learn the session's. On Linux the system tells the user of each end.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path

CONNECTIONS = Path("/proc/net/tcp")
"""Source: Linux, proc_net_tcp.rst: addresses in hexadecimal as they lie in memory, and uid."""

_LOCAL, _REMOTE, _UID = 1, 2, 7


def is_ours(client: tuple[str, int], server: tuple[str, int]) -> bool:
    """Tell whether a connection's other end is a program of this very user.

    Args:
        client: IPv4 address and port that the connection comes from.
        server: the address and port that it came to.

    Returns:
        True also where the system does not tell, as outside Linux.
    """
    try:
        lines = CONNECTIONS.read_text("ascii").splitlines()[1:]
    except OSError:
        return True
    wanted = [_place(client), _place(server)]
    for line in lines:
        fields = line.split()
        if [fields[_LOCAL], fields[_REMOTE]] == wanted:
            return int(fields[_UID]) == os.getuid()
    return False


def _place(address: tuple[str, int]) -> str:
    host, port = address[0], address[1]
    number = struct.unpack("=I", bytes(map(int, host.split("."))))[0]
    return f"{number:08X}:{port:04X}"
