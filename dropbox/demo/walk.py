"""The whole loop by itself: a report over real HTTP, bundles, a desk, and the answer.

Uses what people use: pages of a running site, and the commands of the operator and
of the desk, each as a process of its own.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from dropbox.demo.browser import Browser, Fields, Page
from dropbox.demo.channels import INTEGRITY
from dropbox.demo.errors import WalkFailed
from dropbox.demo.organisation import Demonstration
from dropbox.demo.server import environment
from dropbox.errors import N_

COMMAND_SECONDS = 60
STORY = (
    "In het teamoverleg maakt mijn leidinggevende steeds grappen over mijn afkomst. "
    "Iedereen lacht mee. Ik durf er niets van te zeggen."
)
ANSWER = (
    "Dank je wel dat je dit hebt geschreven. We hebben je melding gelezen en nemen haar serieus. "
    "Wat zou jou nu helpen?"
)
AGAIN = "Ik wil dat het ophoudt, zonder dat iemand weet dat ik het was."

OPENED = N_("1. The reporter opens the site and the form of “%(name)s”.")
REVIEWED = N_("2. The reporter shuts out the head, writes the story and checks what will be sent.")
FILED = N_("3. The report is sealed and stored. The reporter gets a reply code: %(code)s")
NOTHING_YET = N_("4. With that code the mailbox opens: no reply yet.")
COLLECTED = N_("5. The operator makes a bundle for each handler: %(sizes)s bytes.")
IMPORTED = N_("6. %(name)s imports the bundle at an offline desk and reads:")
EXCLUDED = N_("7. The excluded handler imports, too, and has no case.")
ANSWERED = N_("8. %(name)s answers, and writes a signed bundle for the site.")
DELIVERED = N_("9. The operator delivers that bundle.")
READ = N_("10. The reporter types the code again and reads: “%(answer)s”")
WROTE = N_("11. The reporter writes more; the other handler sees report, reply and message.")
WITHDREW = N_("12. The reporter withdraws. The code opens nothing any more.")
ERASED = N_("13. With the next bundle the desk erases the case. A count remains.")
DONE = N_("The whole loop works.")

Say = Callable[..., None]


class Walk:
    """One walk through the loop of a demonstration."""

    def __init__(
        self, demo: Demonstration, environ: Mapping[str, str], origin: str, say: Say
    ) -> None:
        """Take a running demonstration, and what prints a translated line."""
        self._demo = demo
        self._environ = environment(environ, demo.places)
        self._browser = Browser(origin)
        self._say = say
        self._first, self._second, self._head = (person.name for person in INTEGRITY.handlers)

    def run(self) -> None:
        """Walk.

        Raises:
            WalkFailed: a step did not give what it should.
            OSError: the site could not be reached.
        """
        code = self._file()
        number = self._import()
        self._answer(number, code)
        self._write_more(number, code)
        self._withdraw(number, code)
        self._say(DONE)

    def _file(self) -> str:
        path = f"/nl/report/{INTEGRITY.plan.slug}"
        form = self._browser.get(path)
        self._say(OPENED, name=INTEGRITY.plan.texts["nl"].name)
        head = self._demo.handler_id(self._head).hex()
        typed = [
            *form.hidden("token"),
            ("text", STORY),
            ("mode", "anonymous"),
            ("conduct", "discrimination"),
            ("grounds", "race"),
            ("unit", "north"),
            ("excluded", head),
        ]
        review = self._browser.post(path, [*typed, ("step", "review")])
        _expect(STORY in review.text)
        self._say(REVIEWED)
        done = self._browser.post(path, [*review.hidden("text"), ("step", "send")])
        _expect(len(done.code.split()) == 10)
        self._say(FILED, code=done.code)
        mailbox = self._open(done.code)
        _expect(bool(mailbox.hidden("code")) and ANSWER not in mailbox.text)
        self._say(NOTHING_YET)
        return done.code

    def _open(self, code: str) -> Page:
        return self._browser.post("/nl/mailbox", [("code", code), ("step", "open")])

    def _act(self, code: str, step: str, *more: tuple[str, str]) -> Page:
        page = self._open(code)
        fields: Fields = [*page.hidden("token"), *more, ("step", step)]
        return self._browser.post("/nl/mailbox", fields)

    def _import(self) -> str:
        names = (self._first, self._second, self._head)
        sizes = [self._collect(name).stat().st_size for name in names]
        self._say(COLLECTED, sizes=", ".join(str(size) for size in sizes))
        shown = self._desk(self._first, "import", str(self._bundle(self._first)))
        found = re.search(r"\b[0-9a-f]{8,64}\b", shown)
        _expect(found is not None)
        number = found.group() if found else ""
        thread = self._desk(self._first, "read", number)
        _expect(STORY.split(".")[0] in _flat(thread))
        self._say(IMPORTED, name=self._first)
        sys.stdout.write(thread)
        self._desk(self._second, "import", str(self._bundle(self._second)))
        self._desk(self._head, "import", str(self._bundle(self._head)))
        _expect(number not in self._desk(self._head, "list"))
        self._say(EXCLUDED)
        return number

    def _answer(self, number: str, code: str) -> None:
        self._desk(self._first, "reply", number, "--text", ANSWER)
        out = self._demo.desks / f"{self._first}.out.bundle"
        self._desk(self._first, "export", "--out", str(out))
        self._say(ANSWERED, name=self._first)
        self._run("deliver", str(out))
        self._say(DELIVERED)
        _expect(ANSWER in self._open(code).text)
        self._say(READ, answer=ANSWER)

    def _write_more(self, number: str, code: str) -> None:
        self._act(code, "message", ("text", AGAIN))
        self._collect(self._second)
        self._desk(self._second, "import", str(self._bundle(self._second)))
        thread = _flat(self._desk(self._second, "read", number))
        for said in (STORY, ANSWER, AGAIN):
            _expect(said.split(".")[0] in thread)
        self._say(WROTE)

    def _withdraw(self, number: str, code: str) -> None:
        self._act(code, "withdraw_now")
        _expect(not self._open(code).hidden("token"))
        self._say(WITHDREW)
        self._collect(self._first)
        self._desk(self._first, "import", str(self._bundle(self._first)))
        _expect(number not in self._desk(self._first, "list"))
        self._say(ERASED)

    def _bundle(self, name: str) -> Path:
        return self._demo.desks / f"{name}.bundle"

    def _collect(self, name: str) -> Path:
        handler = self._demo.handler_id(name).hex()
        self._run("collect", "--handler", handler, "--out", str(self._bundle(name)))
        return self._bundle(name)

    def _desk(self, name: str, *words: str) -> str:
        vault = ("--vault", str(self._demo.vault(name)))
        secret = ("--passphrase-file", str(self._demo.passphrase_file))
        return self._run("desk", *vault, *secret, *words)

    def _run(self, *words: str) -> str:
        command = [sys.executable, "-m", "dropbox.cli", *words]
        ended = subprocess.run(
            command,
            env=self._environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        _expect(ended.returncode == 0)
        return ended.stdout


def _flat(thread: str) -> str:
    """Return a thread's words without line ends and without the marks beside them."""
    return re.sub(r"[\s│┆]+", " ", thread)


def _expect(as_it_should: bool) -> None:
    if not as_it_should:
        raise WalkFailed


def next_commands(demo: Demonstration, program: str) -> Iterator[str]:
    """Yield the five commands that walk the loop by hand, ready to paste."""
    name = INTEGRITY.handlers[0].name
    keys, var = _shown(demo.places.keys_dir), _shown(demo.places.var_dir)
    operator = f"KEYS={keys} VAR={var} {program}"
    secret = _shown(demo.passphrase_file)
    desk = f"{program} desk --vault {_shown(demo.vault(name))} --passphrase-file {secret}"
    inward = _shown(demo.desks / f"{name}.bundle")
    outward = _shown(demo.desks / f"{name}.out.bundle")
    yield f"{operator} collect --handler {demo.handler_id(name).hex()} --out {inward}"
    yield f"{desk} import {inward}"
    yield f"{desk} read CASE"
    yield f"{desk} reply CASE --text 'Dank je wel. We lezen het.'"
    yield f"{desk} export --out {outward} && {operator} deliver {outward}"


def _shown(path: Path) -> str:
    """Return a path for a shell: short where it lies below the current folder."""
    here = Path.cwd()
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))
