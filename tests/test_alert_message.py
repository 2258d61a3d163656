"""The alert's message: one size, one text, and a date that shows the schedule alone."""

import email
import email.policy
import re
from datetime import UTC, date, datetime, timedelta

import pytest

from dropbox.alert import message
from dropbox.alert.settings import MAX_ADDRESS_CHARACTERS
from dropbox.language import LANGUAGES
from tests.organisation import TODAY

SENDER, RECIPIENT = "kluis@example.org", "anna@example.org"
LONGEST = f"{'a' * 8}@{'b' * 63}.{'c' * 27}"
HEADERS = [
    "Auto-Submitted",
    "Content-Transfer-Encoding",
    "Content-Type",
    "Date",
    "From",
    "MIME-Version",
    "Message-ID",
    "Subject",
    "To",
]
DAYS = [TODAY + timedelta(days=later) for later in range(400)]


def split(raw: bytes) -> tuple[bytes, bytes]:
    """Return a mail's head and body."""
    head, _, body = raw.partition(b"\r\n\r\n")
    return head, body


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("sender", "recipient"), [("k@o", "b@c"), (LONGEST, LONGEST)])
def test_every_mail_of_four_hundred_days_has_one_size(
    language: str, sender: str, recipient: str
) -> None:
    """In either language, to the shortest and the longest address, from 1 January to leap day."""
    mails = [message.mail(language, day, sender, recipient) for day in DAYS]
    assert len(LONGEST) == MAX_ADDRESS_CHARACTERS
    assert {len(raw) for raw in mails} == {message.MAIL_BYTES}
    heads, bodies = zip(*map(split, mails), strict=True)
    assert len({len(head) for head in heads}) == 1
    assert len(set(bodies)) == 1
    assert max(len(line) for line in mails[0].split(b"\r\n")) <= 998


@pytest.mark.parametrize("language", LANGUAGES)
def test_program_gets_a_text_of_one_size(language: str) -> None:
    """What a program is given does not even show the language by its size."""
    content = message.text(language)
    assert len(content) == message.TEXT_BYTES
    assert content.decode("utf-8").endswith("-\n")


def test_only_date_and_id_change_from_day_to_day() -> None:
    """All other headers, and every word, are those of the day before."""
    first, second = (message.mail("nl", day, SENDER, RECIPIENT) for day in DAYS[:2])
    changed = [
        old.partition(b":")[0]
        for old, new in zip(first.split(b"\r\n"), second.split(b"\r\n"), strict=True)
        if old != new
    ]
    assert changed == [b"Date", b"Message-ID"]


def test_mail_names_no_machine_no_program_and_no_hour() -> None:
    """The headers are these nine, and the date is the start of the day."""
    raw = message.mail("en", date(2026, 3, 1), SENDER, RECIPIENT)
    read = email.message_from_bytes(raw, policy=email.policy.default)
    assert sorted(read.keys()) == HEADERS
    assert read["Date"].datetime == datetime(2026, 3, 1, tzinfo=UTC)
    assert re.fullmatch(r"<[0-9a-f]{32}@example\.org>", read["Message-ID"])
    assert (read["From"], read["To"], read["Subject"]) == (SENDER, RECIPIENT, "Collect today")


def test_mail_made_again_is_the_same_mail() -> None:
    """A command that ran twice sends what a mail program shows once; each reader has an own id."""
    again = [message.mail("nl", TODAY, SENDER, RECIPIENT) for _ in range(2)]
    assert again[0] == again[1]
    other = message.mail("nl", TODAY, SENDER, "bas@example.org")
    ids = {re.search(rb"Message-ID: (.*)\r", raw)[1] for raw in (*again, other)}  # type: ignore[index]
    assert len(ids) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_mail_says_its_words_and_then_only_dashes(language: str) -> None:
    """The text arrives whole in a mail program, and the filling is nothing but dashes."""
    raw = message.mail(language, TODAY, SENDER, RECIPIENT)
    read = email.message_from_bytes(raw, policy=email.policy.default)
    said = read.get_content().replace("\r\n", "\n")
    words = message.text(language).decode().rstrip("-\n")
    assert said.startswith(words)
    assert set(said.removeprefix(words)) == {"-", "\n"}


def test_filling_reaches_any_size() -> None:
    """Every number of missing bytes can be filled with whole lines, but for the very smallest."""
    for over in range(3, 300):
        filled = message._filled(b"", over, b"\r\n")
        assert len(filled) == over
        assert re.fullmatch(rb"(?:-{1,72}\r\n)+", filled)
    for over in range(-1, 3):
        with pytest.raises(ValueError, match="do not fit"):
            message._filled(b"", over, b"\r\n")
