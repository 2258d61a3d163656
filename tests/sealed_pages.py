"""The pages in the mode in which the browser seals, as a person uses them.

Every place on those pages that a story names stands here, and nowhere else.
"""

from __future__ import annotations

from tests.visitor import Visitor

BY_BROWSER = '[data-mode="browser"]:not([hidden]), #problem:not([hidden])'
"""The browser took the page over; an alarm hides what would invite to go on."""

BY_SERVER = '[data-mode="server"]'
STORY = "form#report textarea#text"
CHECK = "form#report button.main"
SEAL = '[data-act="seal"]'
FINGERPRINT = "#review-fingerprint"
WORDS = "ol#words li"
PROBLEM = "#problem"
LET_SERVER = f'{PROBLEM} [data-act="server"]'
CODE = "form#enter textarea#code"
CODE_PROBLEM = "form#enter .problem"
OPEN = "form#enter .actions button"
MAILBOX = "section#mailbox"
STATE = "#state"
LETTER = "article.letter"
NOTICE = "#notice"
UNOPENED = f'{MAILBOX} .note[data-slot="unopened"]'
MESSAGE = "textarea#message-text"
ANSWERED = "#notice:not([hidden]), #problem:not([hidden])"


def act(name: str) -> str:
    """Return where the button with this act stands."""
    return f'button[data-act="{name}"]'


class Reporter:
    """Somebody who reports on the pages of one site, in one language."""

    def __init__(self, visitor: Visitor, origin: str, language: str = "nl") -> None:
        self.visitor = visitor
        self.origin = origin
        self.language = language

    def open_form(self, slug: str) -> None:
        """Open a channel's form; the browser must have taken it over."""
        self.visitor.goto(f"{self.origin}/{self.language}/report/{slug}")
        self.visitor.wait(BY_BROWSER)

    def exclude(self, place: int) -> None:
        """Tick a reader, counted from 0, who is to get nothing."""
        self.visitor.click(f"#excluded label:nth-of-type({place + 1})")

    def check(self, text: str) -> None:
        """Write the story and go to the review."""
        self.visitor.fill(STORY, text)
        self.visitor.click(CHECK)
        self.visitor.wait(SEAL)

    def seal(self) -> tuple[str, ...]:
        """Seal and send; return the words of the code."""
        self.visitor.click(SEAL)
        self.visitor.wait(WORDS)
        return tuple(self.visitor.texts(WORDS))

    def report(self, slug: str, text: str) -> tuple[str, ...]:
        """Do all of it; return the words of the code."""
        self.open_form(slug)
        self.check(text)
        return self.seal()

    def try_to_open(self, words: tuple[str, ...]) -> None:
        """Type a code and press the button."""
        self.visitor.goto(f"{self.origin}/{self.language}/mailbox")
        self.visitor.wait(BY_BROWSER)
        self.visitor.fill(CODE, " ".join(words))
        self.visitor.click(OPEN)

    def open_mailbox(self, words: tuple[str, ...]) -> str:
        """Open a code's mailbox, or learn that there is none; return what is to be read."""
        self.try_to_open(words)
        self.visitor.wait(MAILBOX)
        return self.visitor.text("main")

    def letters(self) -> list[str]:
        """Return the replies that the mailbox shows."""
        return self.visitor.texts(LETTER)

    def message(self, text: str) -> None:
        """Write a message and send it."""
        self.visitor.fill(MESSAGE, text)
        self.press("message")

    def press(self, name: str) -> None:
        """Press one of the mailbox's buttons, and wait for what it says."""
        self.visitor.click(act(name))
        self.visitor.wait(NOTICE)

    def withdraw(self) -> None:
        """Withdraw, with the question in between."""
        self.visitor.click(act("withdraw"))
        self.visitor.click(act("withdraw-now"))
        self.visitor.gone(act("withdraw-now"))

    def wait_for_problem(self) -> str | None:
        """Wait until the page says what is wrong; return the reason's name, where it gives one."""
        self.visitor.wait(PROBLEM)
        return self.visitor.attribute(PROBLEM, "data-reason")
