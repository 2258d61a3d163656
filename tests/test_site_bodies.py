"""What the site reads of a body: one kind, of a bounded size, whole, and in UTF-8."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropbox.site.limits import MAX_BODY_BYTES, MAX_FIELDS
from tests.organisation import office
from tests.site_client import ORIGIN, URLENCODED, World, raw

FORM = "/en/report/meldpunt"
MAILBOX = "/en/mailbox"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a site with one channel; these tests only look at it."""
    return World(tmp_path_factory.mktemp("site"), (office(),))


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "text/plain", "", "x"])
def test_other_content_types_are_refused(world: World, kind: str) -> None:
    """Only the form encoding is read, so nothing is ever spooled to a file."""
    assert raw(world, b"--x--", kind=kind).status_code == 415


def test_compressed_body_is_refused(world: World) -> None:
    """What would grow while it is read is not read."""
    headers = ORIGIN | {"Content-Encoding": "gzip"}
    answer = world.client.post(FORM, data=b"", content_type=URLENCODED, headers=headers)
    assert answer.status_code == 415


@pytest.mark.parametrize(
    "body", [b"text=%ff", b"text=\xff", b"text=%ed%a0%80", b"%c3=1", b"step=review&text=%80"]
)
@pytest.mark.parametrize("path", [FORM, MAILBOX])
def test_body_that_is_not_utf8_is_refused(world: World, path: str, body: bytes) -> None:
    """A text is never mended behind the writer's back."""
    answer = raw(world, body, path)
    assert answer.status_code == 400
    assert "could not be read" in answer.text


def test_more_fields_than_any_form_has_are_refused(world: World) -> None:
    """A body of endless small fields is a bad request."""
    assert raw(world, b"a=1&" * (MAX_FIELDS + 1)).status_code == 400


class ChunkMissingTerminator(Exception):
    """An error as a server has its own."""


class EndlessBody(io.RawIOBase):
    """A body that never ends, and counts what was read of it."""

    def __init__(self) -> None:
        self.taken = 0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Give zeros."""
        buffer[:] = bytes(len(buffer))
        self.taken += len(buffer)
        return len(buffer)


@pytest.mark.parametrize("path", [FORM, MAILBOX])
def test_endless_body_is_refused_while_it_streams(world: World, path: str) -> None:
    """Without an announced length the site stops reading at the limit."""
    body = EndlessBody()
    answer = world.client.post(
        path,
        content_type=URLENCODED,
        headers=ORIGIN | {"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input": body, "wsgi.input_terminated": True},
    )
    assert answer.status_code == 413
    assert body.taken <= 2 * MAX_BODY_BYTES


def test_announced_large_body_is_refused_unread(world: World) -> None:
    """With an announced length nothing of it is read."""
    body = EndlessBody()
    answer = world.client.post(
        FORM,
        content_type=URLENCODED,
        headers=ORIGIN,
        environ_overrides={"wsgi.input": body, "CONTENT_LENGTH": str(MAX_BODY_BYTES + 1)},
    )
    assert answer.status_code == 413
    assert "That is too much at once" in answer.text
    assert body.taken == 0


@pytest.mark.parametrize("path", [FORM, MAILBOX])
@pytest.mark.parametrize("announced", [True, False])
def test_body_that_just_fits_is_read(world: World, path: str, announced: bool) -> None:
    """The limit itself is allowed, and one byte more is not."""
    for length, refused in ((MAX_BODY_BYTES, False), (MAX_BODY_BYTES + 1, True)):
        body = b"step=form&x=".ljust(length, b"a")
        environ: dict[str, object] = {"wsgi.input": io.BytesIO(body)}
        if announced:
            environ["CONTENT_LENGTH"] = str(length)
        else:
            environ["wsgi.input_terminated"] = True
        answer = world.client.post(
            path, content_type=URLENCODED, headers=ORIGIN, environ_overrides=environ
        )
        assert (answer.status_code == 413) == refused


class BrokenBody(io.RawIOBase):
    """A body that the server around the site cannot read."""

    def __init__(self, error: type[Exception]) -> None:
        self.error = error

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, _buffer: bytearray) -> int:  # type: ignore[override]
        """Fail."""
        raise self.error


@pytest.mark.parametrize("error", [OSError, ValueError, ChunkMissingTerminator])
def test_malformed_body_is_a_bad_request(world: World, error: type[Exception]) -> None:
    """What the server cannot take apart is the sender's mistake, not ours."""
    answer = world.client.post(
        FORM,
        content_type=URLENCODED,
        headers=ORIGIN | {"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input": BrokenBody(error), "wsgi.input_terminated": True},
    )
    assert answer.status_code == 400
    assert "could not be read" in answer.text


def test_body_that_breaks_off_is_refused(world: World) -> None:
    """Less than was announced is a bad request, however the server around the site reads."""
    body = b"step=form&text=Een+half"
    for terminated in (False, True):
        environ: dict[str, object] = {"CONTENT_LENGTH": str(len(body) + 5)}
        environ["wsgi.input"] = io.BytesIO(body)
        if terminated:
            environ["wsgi.input_terminated"] = True
        answer = world.client.post(
            FORM, content_type=URLENCODED, headers=ORIGIN, environ_overrides=environ
        )
        assert answer.status_code == 400


def test_large_wrong_story_is_still_given_back(world: World) -> None:
    """A story of twice the allowed length is an error with its text, not a lost page."""
    text = "\u20ac" * 40_000
    answer = world.send(text=text)
    assert answer.status_code == 400
    assert text in answer.text


@given(body=st.binary(max_size=400))
def test_no_bytes_as_a_form_give_a_server_error(world: World, body: bytes) -> None:
    """The form parser answers anything with a page."""
    for path in (FORM, MAILBOX):
        assert raw(world, body, path).status_code in (200, 400)
