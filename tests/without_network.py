"""A place without a network, a watch on every socket, and a handler's day in both.

Run as a program, it takes a report from bundle to answer at a real desk's pages, and prints
as JSON what it saw. `command` puts a program where there is no network but loopback.
"""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import re
import socket
import struct
import sys
from pathlib import Path
from urllib.parse import urlsplit

from tests.desk_process import RunningDesk, running_desk
from tests.desk_world import PASSPHRASE, World

CHECKOUT = Path(__file__).resolve().parent.parent
ELSEWHERE = ("192.0.2.1", 9)
"""Source: RFC 5737: no computer has such an address."""

ANSWER = "Dank je wel. We lezen het."
STORY = "Er is iets gebeurd met een merkteken."
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1
PRINT_OF = re.compile(r'name="print_of" value="(\w+)"')

WATCH = """
import os, sys
def _watch(event, args):
    if not event.startswith("socket."):
        return
    found = None
    if event in ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"):
        found = args[1]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        found = (args[0], 0)
    host = found[0] if isinstance(found, tuple) else found
    if host not in (None, "127.0.0.1", b"127.0.0.1", 0):
        with open(os.environ["WATCHED"], "a") as file:
            file.write(f"{event} {host}\\n")
sys.addaudithook(_watch)
"""
"""A sitecustomize.py: what a program reaches for on a network comes to stand in a file.

Source: Python, "Audit events table".
"""

LOOPBACK = (
    "from tests import without_network as w; w.bring_up(); w.become(__import__('sys').argv[1:])"
)


def may_leave_the_network() -> bool:
    """Tell whether this test may make a network namespace."""
    return os.geteuid() == 0


def command(*words: str) -> list[str]:
    """Return a command line that runs ``words`` with no network but loopback, where root may."""
    if not may_leave_the_network():
        return list(words)
    return ["unshare", "--net", sys.executable, "-c", LOOPBACK, *words]


def bring_up() -> None:
    """Let 127.0.0.1 work in a new network namespace. Source: Linux, netdevice(7)."""
    with socket.socket() as any_socket:
        asked = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, _SIOCGIFFLAGS, asked))[1]
        up = struct.pack("16sh14x", b"lo", flags | _IFF_UP)
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, up)


def become(words: list[str]) -> None:
    """Go on as another program."""
    os.execvp(words[0], words)  # noqa: S606 - a test's own


def watched(folder: Path) -> tuple[dict[str, str], Path]:
    """Return an environment in which every Python is watched, and where it is written."""
    place, seen = folder / "watch", folder / "watched"
    place.mkdir()
    (place / "sitecustomize.py").write_text(WATCH, "utf-8")
    seen.touch()
    path = os.pathsep.join((str(place), str(CHECKOUT)))
    return os.environ | {"PYTHONPATH": path, "WATCHED": str(seen)}, seen


def reaches_elsewhere() -> bool:
    """Tell whether there is a way to another computer, as far as this one knows."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as caller:
        return caller.connect_ex(ELSEWHERE) == 0  # sends nothing


def enter(address: str) -> tuple[int, str]:
    """Bring the token of a desk that somebody else started; return its first page."""
    parts = urlsplit(address)
    cookie, path = "", parts.path
    for _hop in range(5):
        connection = http.client.HTTPConnection("127.0.0.1", parts.port or 0, timeout=30)
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        cookie = (answer.headers["Set-Cookie"] or cookie).partition(";")[0]
        path, page = answer.headers["Location"] or "", answer.read().decode("utf-8")
        connection.close()
        if not path:
            break
    return answer.status, page


def send_file(desk: RunningDesk, path: str, file: Path) -> str:
    """Choose a file in a form of the desk and send it; return the page that comes."""
    head = f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{desk.token()}\r\n'
    head += '--x\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
    headers = {
        "Host": f"127.0.0.1:{desk.port}",
        "Origin": desk.origin,
        "Cookie": desk.cookie,
        "Content-Type": "multipart/form-data; boundary=x",
    }
    connection = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=30)
    connection.request("POST", path, head.encode() + file.read_bytes() + b"\r\n--x--\r\n", headers)
    page = connection.getresponse().read().decode("utf-8")
    connection.close()
    return page


def day_at_the_desk(folder: Path) -> dict[str, bool]:
    """Import, read, answer and export at a desk's pages; return what was so."""
    world = World(folder)
    keys = world.reporter()
    bundle = world.bundle("anna", world.report(keys, text=STORY))
    case = f"/cases/{keys.mailbox_id.hex()[:8]}"
    # a fixed day, since the world's card has one
    with running_desk(world.path("anna"), idle_seconds=600) as desk:
        desk.enter()
        desk.unlock(PASSPHRASE)
        imported = send_file(desk, "/bundles/import", bundle)
        read = desk.ask(case).text
        desk.post(case, text=ANSWER, state="read", step="preview")
        print_of = PRINT_OF.search(desk.ask(f"{case}/preview").text)
        sent = desk.post(f"{case}/send", print_of=print_of[1] if print_of else "")
        exported = desk.post("/bundles/export").status
        return {
            "network": reaches_elsewhere(),
            "imported": case in imported,
            "read": STORY in read,
            "sent": sent.status == 303 and ANSWER in desk.ask(case).text,
            "exported": exported == 200,
        }


if __name__ == "__main__":
    print(json.dumps(day_at_the_desk(Path(sys.argv[1]))))
