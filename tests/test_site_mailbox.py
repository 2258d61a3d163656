"""The mailbox: the code, the replies, and what the reporter can do."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropbox.errors import StoreError, UnknownMailbox
from dropbox.protocol import payload, reply_code
from dropbox.site.views.mailbox import MESSAGES_HELD
from dropbox.store import MAX_ENVELOPES_HELD
from tests.organisation import TODAY, Handler, office
from tests.site_client import STORY, Desk, World, hidden, textarea

MAILBOX = "/en/mailbox"
STEP = 64 * 1024
UNUSED = " ".join(reply_code.words(bytes(16), "en"))


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a site with one channel of two handlers."""
    return World(tmp_path, (office("adviser", "coordinator"),))


def without_fill(page: bytes) -> bytes:
    """Return a page without its random comment."""
    return page.rpartition(b"<!--")[0]


def test_code_is_taken_in_any_spelling(world: World) -> None:
    """Capitals, numbers, line ends and the first four letters are all fine."""
    words = world.file().split()
    numbered = "\n".join(f"{at}. {word.upper()}" for at, word in enumerate(words, 1))
    short = "-".join(word[:4] for word in words)
    for typed in (numbered, short, " , ".join(words)):
        assert "<h1>Your mailbox</h1>" in world.open(typed).text


def test_word_in_no_list_is_named(world: World) -> None:
    """The page says which word is wrong, in the reader's own spelling, and keeps the rest."""
    typed = world.file().split()
    typed[3] = "xylofoontje"
    answer = world.open(" ".join(typed))
    assert answer.status_code == 400
    assert "Word 4, “xylofoontje”, is in no word list." in answer.text
    assert textarea(answer, "code") == " ".join(typed)


@pytest.mark.parametrize("count", [0, 1, 9, 11])
def test_wrong_number_of_words_is_counted(world: World, count: int) -> None:
    """The page says how many words were read."""
    answer = world.open(" ".join(["abandon"] * count))
    assert answer.status_code == 400
    assert f"You typed {count}." in answer.text


def test_unknown_mistyped_and_withdrawn_are_one_page(world: World) -> None:
    """Whether a code never was, fails its check, or was withdrawn: the same bytes."""
    words = world.file()
    world.act(words, "withdraw_now")
    mistyped = UNUSED.split()
    mistyped[0], mistyped[9] = mistyped[9], mistyped[0]
    answers = [world.open(typed) for typed in (words, UNUSED, " ".join(mistyped))]
    assert {answer.status_code for answer in answers} == {200}
    assert len({without_fill(answer.data) for answer in answers}) == 1
    assert {len(answer.data) for answer in answers} == {STEP}


def test_mistyped_code_costs_the_same_queries(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A code that fails its check is looked up like one that does not."""
    asked: list[int] = []
    page = world.server.mailboxes.page

    def counted(token: bytes, number: int) -> bytes:
        asked.append(len(token))
        return page(token, number)

    monkeypatch.setattr(world.server.mailboxes, "page", counted)
    world.open(" ".join(["abandon"] * 9 + ["zoo"]))
    world.open(UNUSED)
    assert asked == [32, 32]


def test_unknown_empty_and_full_mailbox_have_one_size(world: World) -> None:
    """The length of the answer does not say whether there is a mailbox, or a reply."""
    words = world.file()
    empty = world.open(words)
    desk, handler = Desk(world, words), world.offices[0].handlers[0]
    for number in range(1, 6):
        desk.reply(handler, "x" * 3_000, number=number, turn=number + 1)
    full, unknown = world.open(words), world.open(UNUSED)
    assert {len(answer.data) for answer in (empty, full, unknown)} == {STEP}
    assert {answer.status_code for answer in (empty, full, unknown)} == {200}


@pytest.mark.parametrize("step", ["open", "message", "withdraw", "nonsense", ""])
@pytest.mark.parametrize("typed", ["", "one two", UNUSED, "\u20ac"])
def test_every_answer_to_a_post_is_filled(world: World, step: str, typed: str) -> None:
    """Errors too have a size that is a multiple of 64 KiB."""
    assert len(world.open(typed, step=step).data) % STEP == 0


def test_message_reaches_the_readers_of_the_report_alone(world: World) -> None:
    """A later message goes to those who could read the report, with the next turn."""
    one, other = world.offices[0].handlers
    words = world.file(excluded=other.handler_id.hex())
    answer = world.act(words, "message", text="\nNog iets.\r\nEn dit.")
    assert "Your message is sent." in answer.text
    (opened,) = world.messages(one)
    assert opened.message.text == "\nNog iets.\nEn dit."
    assert (opened.message.kind, opened.message.turn) == ("message", 2)
    assert opened.message.recipients == (one.handler_id,)
    assert opened.message.excluded == (other.handler_id,)
    assert world.envelopes(other) == []


def test_message_never_goes_to_a_handler_who_came_later(world: World) -> None:
    """A new handler on the card gets nothing of a report that was filed before."""
    words = world.file()
    channel = world.offices[0]
    late = Handler("late")
    channel.handlers.append(late)
    world.server.shelf.add(channel.card_bytes(version=2), TODAY)
    world.act(words, "message", text="Nog iets.")
    assert world.envelopes(late) == []
    assert len(world.messages(channel.handlers[0])) == 1


def test_turn_is_one_more_than_all_that_was_seen(world: World) -> None:
    """A message after a reply stands after it in every thread."""
    words = world.file()
    handler = world.offices[0].handlers[0]
    Desk(world, words).reply(handler, turn=7)
    world.act(words, "message", text="Nog iets.")
    assert world.messages(handler)[-1].message.turn == 8
    Desk(world, words).reply(world.offices[0].handlers[1], turn=payload.MAX_COUNT)
    world.act(words, "message", text="En nog iets.")
    assert world.messages(handler)[-1].message.turn == payload.MAX_COUNT


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Write your message first."),
        ("  \n", "Write your message first."),
        ("a" * (payload.MAX_TEXT_CHARACTERS + 1), "too many"),
    ],
)
def test_wrong_message_comes_back_with_its_error(world: World, text: str, words: str) -> None:
    """A message that cannot be sent is given back and nothing is stored."""
    answer = world.act(world.file(), "message", text=text)
    assert answer.status_code == 400
    assert words in answer.text
    assert textarea(answer) == text
    assert world.messages(world.offices[0].handlers[0]) == []


def test_message_sent_twice_is_stored_once(world: World) -> None:
    """A form that comes again is told apart, and its text is given back."""
    words = world.file()
    token = hidden(world.open(words).text)["token"]
    typed = {"code": words, "token": token, "step": "message", "text": "Nog iets."}
    world.post(MAILBOX, typed)
    again = world.post(MAILBOX, typed)
    assert "received before" in again.text
    assert textarea(again) == "Nog iets."
    assert len(world.messages(world.offices[0].handlers[0])) == 1


def test_message_with_an_expired_token_comes_back(world: World) -> None:
    """An old page costs one more press, never the text."""
    answer = world.act(world.file(), "message", text="Nog iets.", token="old")
    assert answer.status_code == 400
    assert textarea(answer) == "Nog iets."


def test_message_that_is_stored_is_called_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure after the commit does not pretend that the message was lost."""
    words = world.file()
    token = hidden(world.open(words).text)["token"]
    page, asked = world.server.mailboxes.page, []

    def once(token: bytes, number: int) -> bytes:
        asked.append(number)
        if len(asked) > 1:
            raise StoreError
        return page(token, number)

    monkeypatch.setattr(world.server.mailboxes, "page", once)
    typed = {"code": words, "token": token, "step": "message", "text": "Nog iets."}
    answer = world.post(MAILBOX, typed)
    assert (answer.status_code, "Your message is sent." in answer.text) == (200, True)


def test_pause_and_resume_name_each_other(world: World) -> None:
    """The resume names the very hold that the mailbox remembers."""
    words = world.file()
    paused = world.act(words, "hold").text
    assert "You paused your report." in paused
    assert "The dates wait while your report is paused." in paused
    assert "You paused your report." in world.open(words).text
    resumed = world.act(words, "resume").text
    assert "You paused your report." not in resumed
    hold, resume = world.messages(world.offices[0].handlers[0])
    assert (hold.message.kind, resume.message.kind) == ("hold", "resume")
    assert resume.message.hold == hold.envelope_id
    assert (hold.message.text, hold.message.hold) == ("", None)


def test_pausing_twice_and_resuming_nothing_send_nothing(world: World) -> None:
    """A button from an old page does no harm."""
    words = world.file()
    world.act(words, "resume")
    assert world.messages(world.offices[0].handlers[0]) == []
    world.act(words, "hold")
    world.act(words, "hold")
    assert len(world.messages(world.offices[0].handlers[0])) == 1


def test_withdrawing_asks_first_and_then_erases(world: World) -> None:
    """The first button explains, the second erases, and then the code opens nothing."""
    words = world.file()
    asked = world.act(words, "withdraw").text
    assert "ten weeks" not in asked
    assert "at once" in asked
    assert "random-looking numbers" in asked
    assert "could prove that this report existed" in asked
    assert "<h1>Your mailbox</h1>" in world.open(words).text
    assert "<h1>Your report is withdrawn</h1>" in world.act(words, "withdraw_now").text
    assert "No mailbox opens" in world.open(words).text
    assert world.envelopes(world.offices[0].handlers[0]) == []


def test_message_to_a_withdrawn_mailbox_is_given_back(world: World) -> None:
    """Withdrawn in another tab: the same page as always, and what was just typed."""
    words = world.file()
    token = hidden(world.open(words).text)["token"]
    world.act(words, "withdraw_now")
    typed = {"code": words, "token": token, "text": "Nog iets."}
    answer = world.post(MAILBOX, typed | {"step": "message"})
    assert "No mailbox opens" in answer.text
    assert ">\nNog iets.</textarea>" in answer.text
    mistyped = " ".join(reversed(UNUSED.split()))
    pages = [
        without_fill(world.post(MAILBOX, typed | {"step": "open", "code": one}).data)
        for one in (words, UNUSED, mistyped)
    ]
    assert len(set(pages)) == 1
    assert b"Nog iets." not in pages[0]


def test_message_withdrawn_in_the_same_moment_is_given_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the mailbox goes between opening it and storing, the text is not lost."""
    words = world.file()

    def refuse(*_arguments: object) -> None:
        raise UnknownMailbox

    monkeypatch.setattr(world.server.mailboxes, "append", refuse)
    assert ">\nNog iets.</textarea>" in world.act(words, "message", text="Nog iets.").text


def test_full_mailbox_still_takes_a_pause(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages stop ten places before the end; the pause and its end go on."""
    assert MESSAGES_HELD + 10 == MAX_ENVELOPES_HELD
    monkeypatch.setattr("dropbox.site.views.mailbox.MESSAGES_HELD", 2)
    monkeypatch.setattr("dropbox.mailbox.MAX_ENVELOPES_HELD", 4)
    words = world.file()
    world.act(words, "message", text="Nog iets.")
    answer = world.act(words, "message", text="En nog iets.")
    assert (answer.status_code, textarea(answer)) == (409, "En nog iets.")
    assert "You paused your report." in world.act(words, "hold").text
    assert "You paused your report." not in world.act(words, "resume").text
    answer = world.act(words, "hold")
    assert answer.status_code == 409
    assert "so your report is not paused" in answer.text
    assert "is withdrawn" in world.act(words, "withdraw_now").text


def test_withdrawing_with_an_old_page_asks_again(world: World) -> None:
    """Without a good token nothing is erased."""
    words = world.file()
    answer = world.act(words, "withdraw_now", token="old")
    assert answer.status_code == 400
    assert "<h1>Do you want to withdraw your report?</h1>" in answer.text
    assert "<h1>Your mailbox</h1>" in world.open(words).text


def test_what_the_reporter_wrote_is_never_shown_again(world: World) -> None:
    """Whoever finds the code reads replies, not the report, and the page says why."""
    words = world.file(mode="confidential", name="Noor", contact="thuis")
    world.act(words, "message", text="Nog een geheim.")
    page = world.open(words).text
    for written in (STORY.split("\n")[0], "Noor", "thuis", "Nog een geheim."):
        assert written not in page
    assert "What you wrote is not shown here." in page


def test_mailbox_of_an_expired_channel_can_be_read_and_withdrawn(world: World) -> None:
    """An expired card stops new messages only, and keeps what was typed."""
    words = world.file()
    Desk(world, words).reply(world.offices[0].handlers[0], "Nog leesbaar.")
    token = hidden(world.open(words).text)["token"]
    world.today = TODAY + timedelta(days=91)
    page = world.open(words).text
    assert "Nog leesbaar." in page
    assert "cannot receive anything at this moment" in page
    typed = {"code": words, "token": token, "step": "message", "text": "Nog iets."}
    answer = world.post(MAILBOX, typed)
    assert answer.status_code == 503
    assert "Nog iets." in answer.text
    assert "is withdrawn" in world.act(words, "withdraw_now").text


def test_mailbox_says_when_no_reader_is_left(world: World) -> None:
    """When all readers left the channel, the page advises a new report."""
    words = world.file()
    channel = world.offices[0]
    channel.handlers[:] = [Handler("new")]
    world.server.shelf.add(channel.card_bytes(version=2), TODAY)
    page = world.open(words).text
    assert "The people who read your report do not work for this channel any more." in page
    assert 'value="message"' not in page


def test_mailbox_with_a_damaged_memo_can_still_be_read(world: World) -> None:
    """A damaged memo stops writing, not reading or withdrawing."""
    words = world.file()
    connection = world.server.store.connection()
    memo = connection.execute("SELECT memo FROM mailbox").fetchone()[0]
    damaged = memo[:-1] + bytes((memo[-1] ^ 1,))
    connection.execute("UPDATE mailbox SET memo = ?", (damaged,))
    page = world.open(words)
    assert page.status_code == 200
    assert "Part of your mailbox is damaged." in page.text
    for step in ("message", "hold", "resume"):
        assert world.act(words, step, text="Nog iets.").status_code == 503
    assert "is withdrawn" in world.act(words, "withdraw_now").text


def test_mailbox_can_change_language(world: World) -> None:
    """The switch takes the code along in its form, never in the address."""
    page = world.open(world.file()).text
    switch = re.search(r'<form method="post" action="/nl/mailbox">.*?</form>', page, re.DOTALL)
    assert switch
    dutch = world.post("/nl/mailbox", hidden(switch[0]) | {"step": "open"})
    assert '<html lang="nl">' in dutch.text
    assert "No mailbox" not in dutch.text


@given(typed=st.text(max_size=200))
def test_any_text_in_the_code_field_gets_a_page(
    tmp_path_factory: pytest.TempPathFactory, typed: str
) -> None:
    """No text makes the page fail, and every answer has the same size."""
    world = World(tmp_path_factory.mktemp("site"), (office(),))
    answer = world.open(typed)
    assert answer.status_code in (200, 400)
    assert len(answer.data) == STEP
