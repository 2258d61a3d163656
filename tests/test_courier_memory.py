"""What a large bundle costs on its way over the network: time, and no memory."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dropbox.protocol.bundle import BundleDirection, BundleHeader, write
from tests.blind_server import reply
from tests.courier_world import BODY_BYTES, Town, running_town
from tests.organisation import SITE_ID

MIB = 1024 * 1024
MORE_BYTES = 12 * MIB
"""So much more may a process hold for a large bundle than for a small one: a few pieces, and
what Python keeps of them."""

# Forks nothing, prints its own peak in KiB. Source: getrusage(2).
PROGRAM = """
import resource, sys
from dropbox.cli import main
try:
    main()
finally:
    print("PEAK", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """Run one site."""
    with running_town(tmp_path / "town") as made:
        yield made


def worker_peak(town: Town) -> int:
    """Return the most memory, in bytes, that one of the server's workers ever held."""
    assert town.process is not None
    main = town.process.pid
    children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
    peaks = []
    for child in children:
        lines = Path(f"/proc/{child}/status").read_text().splitlines()
        peaks += [int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")]
    return max(peaks)


def client_peak(town: Town, key: Path, *words: object) -> int:
    """Run a courier's command; return the most memory that it held, in bytes."""
    done = subprocess.run(
        [
            *(sys.executable, "-c", PROGRAM, "courier", *map(str, words)),
            *("--site", f"http://127.0.0.1:{town.port}", "--key", str(key)),
            *("--site-toml", str(town.places.site_toml)),
        ],
        env=os.environ | {"MELDKLUIS_LANG": "en"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stderr.split("PEAK ")[1]) * 1024


@pytest.mark.parametrize("size", [24 * MIB, pytest.param(100 * MIB, marks=pytest.mark.soak)])
def test_memory_does_not_grow_with_a_bundle(town: Town, tmp_path: Path, size: int) -> None:
    """A small bundle and a large one are fetched and handed in with the same memory."""
    key = tmp_path / "key"
    key.write_text(f"meldkluis courier 1 {town.seed.hex()}\n", "ascii")
    key.chmod(0o600)
    filed = town.file()
    answer = reply(town.channel, town.handler, filed)
    inward, outward = tmp_path / "in.bundle", tmp_path / "out.bundle"
    peaks = []
    for serial, bytes_ in ((1, MIB), (2, size)):
        town.fill(filed.keys.mailbox_id, bytes_ // BODY_BYTES)
        place = (SITE_ID, town.channel.channel_pk, town.handler.handler_id, serial)
        header = BundleHeader(BundleDirection.TO_SITE, *place)
        answers = (answer for _ in range(bytes_ // len(answer.content)))
        with outward.open("wb") as file:
            file.writelines(write(header, answers, town.handler.seed))
        handler = town.handler.handler_id.hex()
        fetching = client_peak(town, key, "fetch", "--handler", handler, "--out", inward)
        handing = client_peak(town, key, "hand-in", "--in", outward)
        assert inward.stat().st_size > bytes_ * 0.9
        peaks.append((fetching, handing, worker_peak(town)))
    small, large = peaks
    for before, after in zip(small, large, strict=True):
        assert after < before + MORE_BYTES, (small, large)
