"""The operator's commands, as somebody types them."""

import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from dropbox import config, delivered
from dropbox.cli import rooms as cli_rooms
from dropbox.cli import site as cli_site
from dropbox.cli.root import root
from dropbox.cli.screen import YES
from dropbox.errors import TemplateMissing
from dropbox.mailbox import Mailboxes
from dropbox.protocol.bundle import Frame, FrameType
from dropbox.protocol.mailbox_page import unpack
from dropbox.protocol.note import Note, seal_note
from tests.blind_server import contents, desk_bundle, new_report, reply
from tests.operator_world import Run
from tests.organisation import SITE_ID, TODAY, Office, office, pinned


def mode(path: Path) -> int:
    """Return a file's permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


# init


def test_init_makes_a_site_that_loads(places: config.Places, run: Run) -> None:
    """Settings with a fresh id, a private folder, a database and a form key are there."""
    result = run("init")
    assert (result.exit_code, str(places.site_toml) in result.output) == (0, True)
    site = config.load(os.environ).site
    assert len(set(site.site_id)) > 1
    assert mode(places.site_dir) == 0o700
    assert mode(places.site_dir / "site.db") == 0o600
    assert mode(places.site_dir / "form.key") == 0o600
    assert len((places.site_dir / "form.key").read_bytes()) == 32
    assert "There is no channel card" in run("status").output


def test_init_never_overwrites(places: config.Places, run: Run) -> None:
    """A second init changes no byte and says so."""
    run("init")
    before = {path: path.read_bytes() for path in places.site_dir.iterdir()}
    settings = places.site_toml.read_bytes()
    result = run("init")
    assert result.exit_code == 1
    assert result.stderr == "This site was set up before. Nothing was changed.\n"
    assert {path: path.read_bytes() for path in places.site_dir.iterdir()} == before
    assert places.site_toml.read_bytes() == settings


def test_init_keeps_settings_that_moved_along(places: config.Places, run: Run) -> None:
    """A site that moves to another server brings its settings, and its id, with it."""
    run("init")
    settings = places.site_toml.read_bytes()
    bundle_key = (places.site_dir / "bundle.key").read_bytes()
    for path in places.site_dir.iterdir():
        path.unlink()
    answer = run("init")
    assert (answer.exit_code, "bundle.key" in answer.output) == (1, True)
    (places.site_dir / "bundle.key").write_bytes(bundle_key)
    assert run("init").exit_code == 0
    assert places.site_toml.read_bytes() == settings


@pytest.mark.parametrize("content", [None, b"", b"x" * 31])
def test_collecting_without_the_bundle_key_is_a_clear_error(
    run: Run, card_file: Path, places: config.Places, channel: Office, content: bytes | None
) -> None:
    """Desks would refuse what another key signed, so nothing is written at all."""
    run("card", "add", card_file, "--yes")
    key = places.site_dir / "bundle.key"
    key.unlink() if content is None else key.write_bytes(content)
    answer = run("collect", "--handler", channel.handlers[0].handler_id.hex())
    assert answer.exit_code == 1
    assert "bundle.key" in answer.output
    assert list(Path.cwd().glob("*.bundle")) == []


def test_two_sites_never_share_an_id(places: config.Places, run: Run) -> None:
    """Each init draws its own id."""
    ids = set()
    for _site in range(2):
        run("init")
        ids.add(config.load(os.environ).site.site_id)
        places.site_toml.unlink()
        (places.site_dir / "site.db").unlink()
    assert len(ids) == 2


def test_template_without_room_for_an_id_is_refused(
    places: config.Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A changed template never gives every site the same id."""
    for text in ('site_id = "00112233445566778899aabbccddeeff"', None):
        template = tmp_path / "template.toml"
        template.unlink(missing_ok=True)
        if text is not None:
            template.write_text(text, "utf-8")
        monkeypatch.setattr(cli_site, "EXAMPLE_SITE_TOML", template)
        with pytest.raises(TemplateMissing):
            cli_site.set_up(places)
        assert not places.site_toml.exists()


def test_commands_before_init_say_what_to_do(run: Run, places: config.Places) -> None:
    """Without settings there is one line and no traceback."""
    for line in (("status",), ("purge",), ("maintain",), ("card", "list")):
        result = run(*line)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr == (
            f"There is no {places.site_toml}. Are KEYS and VAR right?"
            " For a new site: meldkluis init\n"
        )


def test_lost_database_is_no_new_site(run: Run, running: cli_rooms.Rooms) -> None:
    """Where cards and keys still stand, the way back is named beside the way to a new site."""
    running.store.close()
    running.store.path.unlink()
    result = run("status")
    assert result.exit_code == 1
    assert "meldkluis restore FILE --replace" in result.stderr
    assert "For a new site: meldkluis init" in result.stderr


# card


def test_card_is_taken_after_its_fingerprint_was_compared(
    places: config.Places, run: Run, channel: Office, card_file: Path
) -> None:
    """The operator sees fingerprint and ids, and must say that the owner read out the same."""
    result = run("card", "add", card_file, answer="n\n")
    for words in (channel.card().fingerprint, channel.handlers[0].handler_id.hex()):
        assert words in result.output.partition("by telephone")[0]
    assert not list(places.cards_dir.iterdir())
    assert run("card", "add", card_file, answer="y\n").exit_code == 0
    assert (places.cards_dir / "meldpunt.card").read_bytes() == card_file.read_bytes()


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        *((no, 1) for no in ("n\n", "nee\n", "NO\n", "\n", "", "wat\nnee\n")),
        *((f"{yes}\n", 0) for yes in YES),
    ],
)
def test_card_is_taken_with_a_yes_of_either_language(
    places: config.Places, run: Run, card_file: Path, answer: str, status: int
) -> None:
    """What is no answer is asked again; a script sees from the status that it was a no."""
    assert run("card", "add", card_file, answer=answer).exit_code == status
    assert len(list(places.cards_dir.iterdir())) == 1 - status


def test_bad_card_is_refused_in_one_line(
    run: Run, running: cli_rooms.Rooms, channel: Office, tmp_path: Path
) -> None:
    """Expired, rolled back, altered and huge files each give a line, and change nothing."""
    raw = channel.card_bytes(version=2)
    path = tmp_path / "bad.card"
    run("card", "add", _written(path, raw), "--yes")
    for data, line in (
        (channel.card_bytes(version=3, days=-1), "The channel card has expired."),
        (channel.card_bytes(version=1), "A newer version of this channel card"),
        (raw[:-1] + bytes((raw[-1] ^ 1,)), "A signature is not valid."),
        (bytes(1_000_000), "A channel card, certificate or request is malformed."),
        (b"", "A channel card, certificate or request is malformed."),
        (office().card_bytes(), "Another channel already has this card's short name."),
    ):
        result = run("card", "add", _written(path, data), "--yes")
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith(line)
        assert result.stderr.count("\n") == 1
    assert running.shelf.cards(TODAY)[0].card.raw == raw


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_card_verify_prints_and_takes_nothing(
    places: config.Places, run: Run, channel: Office, card_file: Path
) -> None:
    """Looking at a card does not put it on the site."""
    result = run("card", "verify", card_file)
    assert result.exit_code == 0
    for words in (channel.card().fingerprint, "Meldpunt Voorbeeld", "adviseur", "2027-02-19"):
        assert words in result.output
    assert not list(places.cards_dir.iterdir())


def test_card_cannot_take_over_the_terminal(run: Run, channel: Office, card_file: Path) -> None:
    """A stranger's card is looked at before it is trusted, so its texts are made harmless."""
    channel.handlers[0].role = "\x1b]0;weg\x07\u202e baas"
    card_file.write_bytes(channel.card_bytes())
    output = run("card", "verify", card_file).output
    assert "\x1b" not in output
    assert "\u202e" not in output
    assert "baas" in output


def test_card_list_shows_cards_and_broken_files(run: Run, running: cli_rooms.Rooms) -> None:
    """Every file on the shelf is accounted for."""
    (running.shelf.folder / "stuk.card").write_bytes(b"?")
    output = run("card", "list").output
    assert "meldpunt" in output
    assert "stuk.card cannot be used: A channel card" in output


def test_empty_shelf_is_said(run: Run) -> None:
    """Nothing is also an answer."""
    run("init")
    assert run("card", "list").output == "There is no channel card yet.\n"


# collect and deliver


def test_collect_writes_a_private_file(
    run: Run, running: cli_rooms.Rooms, channel: Office, tmp_path: Path
) -> None:
    """The bundle is for its owner's eyes, whole or not there, and the courier is told where."""
    handler = channel.handlers[0].handler_id.hex()
    result = run("collect", "--handler", handler)
    path = tmp_path / f"{handler}.bundle"
    assert (result.exit_code, path.name in result.output) == (0, True)
    assert mode(path) == 0o600
    assert run("collect", "--handler", handler, "--out", "stick.bundle").exit_code == 0
    assert (tmp_path / "stick.bundle").read_bytes() == path.read_bytes()
    to_stdout = CliRunner().invoke(root, ["collect", "--handler", handler, "--out", "-"])
    assert to_stdout.stdout_bytes == path.read_bytes()


def test_collect_for_nobody_writes_nothing(
    run: Run, running: cli_rooms.Rooms, tmp_path: Path
) -> None:
    """A mistyped handler gives a line that says where the ids are, and no file."""
    line = "No channel has this handler. The ids are shown by: meldkluis status\n"
    for handler in ("0011223344556677", "xyz", "00", ""):
        result = run("collect", "--handler", handler, "--out", "stick.bundle")
        assert (result.exit_code, result.stderr) == (1, line)
    assert not (tmp_path / "stick.bundle").exists()


def test_collect_to_a_place_that_is_not_there_is_one_line(
    run: Run, running: cli_rooms.Rooms, channel: Office
) -> None:
    """A stick that was pulled out gives a line, and the collection does not count."""
    handler = channel.handlers[0].handler_id.hex()
    result = run("collect", "--handler", handler, "--out", "gone/stick.bundle")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert run("status").output.count("never collected yet.") == 2


def test_loop_by_courier(
    run: Run, running: cli_rooms.Rooms, channel: Office, tmp_path: Path
) -> None:
    """A report goes out by `collect`, a reply comes in by `deliver`, and neither is counted."""
    filed = new_report(channel)
    mailboxes = Mailboxes(SITE_ID, running.store, running.shelf)
    mailboxes.file_report(filed.new, TODAY, filed.nonce)
    handler = channel.handlers[0]
    run("collect", "--handler", handler.handler_id.hex(), "--out", "out.bundle")
    out = (tmp_path / "out.bundle").read_bytes()
    assert contents(out, FrameType.ENVELOPE) == [filed.new.envelope]
    answer = reply(channel, handler, filed)
    path = _written(tmp_path / "in.bundle", desk_bundle(channel, handler, 1, answer))
    result = run("deliver", path)
    assert (result.exit_code, result.output) == (0, "The bundle was delivered.\n")
    page = unpack(mailboxes.page(filed.token, 0))
    assert page is not None
    assert page.replies == (answer.content,)
    again = run("deliver", path)
    assert again.output == "This bundle was delivered before. Nothing changed.\n"


def test_deliver_says_that_notes_did_not_fit(
    run: Run,
    running: cli_rooms.Rooms,
    channel: Office,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The operator hears that handlers must be told, and neither of which case nor how many."""
    monkeypatch.setattr(delivered, "MAX_NOTES_HELD", 0)
    filed, handler = new_report(channel), channel.handlers[0]
    Mailboxes(SITE_ID, running.store, running.shelf).file_report(filed.new, TODAY, filed.nonce)
    note = seal_note(
        channel.channel,
        handler.seed,
        channel.certificate(handler),
        pinned(filed.keys),
        [handler.recipient],
        Note("note", TODAY, 1, 1, "x"),
    )
    data = desk_bundle(channel, handler, 1, Frame(FrameType.ENVELOPE, note))
    result = run("deliver", _written(tmp_path / "in.bundle", data))
    assert result.exit_code == 0
    assert "WARNING: some notes between handlers were not kept" in result.output
    assert filed.keys.mailbox_id.hex()[:8] not in result.output


def test_deliver_takes_a_new_card_along(
    run: Run, running: cli_rooms.Rooms, channel: Office, tmp_path: Path
) -> None:
    """The operator is told that the site's card changed."""
    fresh = Frame(FrameType.CARD, channel.card_bytes(version=2))
    data = desk_bundle(channel, channel.handlers[0], 1, fresh)
    result = run("deliver", _written(tmp_path / "in.bundle", data))
    assert "It held a new channel card" in result.output
    assert running.shelf.cards(TODAY)[0].card.version == 2


def test_bad_bundle_is_refused_in_one_line(
    run: Run, running: cli_rooms.Rooms, channel: Office, tmp_path: Path
) -> None:
    """Cut off, altered, foreign and nonsense files each give a line, and nothing is used."""
    data = desk_bundle(channel, channel.handlers[0], 1)
    for content, line in (
        (data[:-1], "The bundle is cut off. Nothing of it was used."),
        (data + b"x", "The bundle was altered. Nothing of it was used."),
        (bytes(10_000), "This file is not a bundle, or it is damaged."),
        (
            desk_bundle(channel, channel.handlers[0], 1, site_id=bytes(16)),
            "The bundle belongs to another site, channel or handler.",
        ),
    ):
        result = run("deliver", _written(tmp_path / "in.bundle", content))
        assert (result.exit_code, result.stdout, result.stderr) == (1, "", f"{line}\n")
    assert run("deliver", tmp_path / "nowhere").exit_code == 2


def test_delivery_under_a_clock_ahead_asks_for_the_date(
    run: Run,
    running: cli_rooms.Rooms,
    channel: Office,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A certificate that is over may be a date that is wrong, and nothing was used."""
    path = _written(tmp_path / "in.bundle", desk_bundle(channel, channel.handlers[0], 1))
    monkeypatch.setattr("dropbox.cli.site.today", lambda: TODAY + timedelta(days=410))
    result = run("deliver", path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Nothing was used. Is this server's date right?" in result.stderr
    monkeypatch.setattr("dropbox.cli.site.today", lambda: TODAY)
    assert run("deliver", path).exit_code == 0


# purge, maintain


def test_night_commands_run(run: Run, running: cli_rooms.Rooms) -> None:
    """What a timer calls every night works and says so."""
    assert run("purge").output == "What had to go is gone.\n"
    assert run("maintain").output == "The database was rebuilt and holds no traces.\n"


def test_damaged_day_of_the_last_purge_is_no_date(
    run: Run, running: cli_rooms.Rooms, places: config.Places
) -> None:
    """The operator hears that it cannot be read, and no day that never was."""
    (places.site_dir / "purge.day").write_text("?", "ascii")
    result = run("purge")
    assert (result.exit_code, "0001" in result.stderr) == (1, False)
    assert "cannot be read" in result.stderr
    assert run("purge", "--after-a-pause").exit_code == 0


def test_wrong_use_is_told_apart_from_failure(run: Run) -> None:
    """A command line that makes no sense ends with status 2."""
    for line in (("collect",), ("card", "add"), ("deliver",), ("status", "--all")):
        assert run(*line).exit_code == 2
