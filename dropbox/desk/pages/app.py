"""The application of one start of the desk."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from io import BytesIO
from tempfile import TemporaryFile
from typing import IO, Any

from flask import Request, current_app, request, url_for
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined

from dropbox.config import TEMPLATES_DIR
from dropbox.desk.pages import door, failures, headers, reminders, speech, workplace
from dropbox.desk.pages.navigation import NAVIGATION, OWNERS
from dropbox.desk.pages.views import (
    backups,
    bundles,
    care,
    case,
    inbox,
    intake,
    keys,
    leaving,
    notes,
    owner,
    patterns,
    phrases,
    poster,
    signals,
    start,
    support,
    transfer,
    unlock,
)
from dropbox.desk.pages.workplace import Workplace
from dropbox.language import LANGUAGES

BLUEPRINTS = (
    door.door_pages,
    unlock.unlock_pages,
    start.start_pages,
    owner.owner_pages,
    inbox.inbox_pages,
    case.case_pages,
    phrases.phrase_pages,
    bundles.bundle_pages,
    patterns.pattern_pages,
    signals.signal_pages,
    notes.note_pages,
    care.care_pages,
    support.support_pages,
    transfer.transfer_pages,
    intake.intake_pages,
    keys.keys_pages,
    backups.backup_pages,
    leaving.leaving_pages,
    poster.poster_pages,
)

LANGUAGE_NAMES = {"nl": "Nederlands", "en": "English"}
_KEY_BYTES = 32
_NAME_BYTES = 8
_RELOAD_MARGIN_SECONDS = 1
_LONGEST_ASK_SECONDS = 15


class DeskRequest(Request):
    """A request whose files stay in memory: a temporary file would outlive the lock.

    All but bundles, which are sealed and may be larger than memory: these go through a
    file without a name, which is gone with the request, however the program ends.
    """

    max_form_memory_size = door.MAX_FORM_BYTES

    def _get_file_stream(self, *_unused: Any, **_unused_too: Any) -> IO[bytes]:
        most = self.max_content_length or 0
        return TemporaryFile() if most > door.MAX_FORM_BYTES else BytesIO()


def create_app(
    desk: Workplace,
    *,
    port: int,
    token: str,
    language: str = LANGUAGES[0],
    end: Callable[[], None],
) -> failures.QuietFlask:
    """Make the application.

    Args:
        desk: the vault and the day.
        port: where it listens on 127.0.0.1; requests for any other host are refused.
        token: opens the first session, see `door.new_token`.
        language: the first one that it speaks.
        end: asks for the end of the program; called by the button for that.
    """
    app = failures.QuietFlask(__name__, static_folder="static", template_folder=str(TEMPLATES_DIR))
    app.request_class = DeskRequest
    app.config.update(
        LANGUAGE=language,
        END=end,
        SECRET_KEY=secrets.token_bytes(_KEY_BYTES),
        # Cookies do not know ports: a name of its own keeps two desks apart.
        SESSION_COOKIE_NAME=f"desk-{secrets.token_hex(_NAME_BYTES)}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_PATH="/",
        MAX_CONTENT_LENGTH=door.MAX_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=door.MAX_FORM_BYTES,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_I18N_ENABLED=False,
        PROVIDE_AUTOMATIC_OPTIONS=False,
    )
    app.url_map.strict_slashes = app.url_map.merge_slashes = False
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True, "undefined": StrictUndefined}
    speech.teach(app)
    app.extensions[workplace.EXTENSION] = desk
    app.extensions[door.EXTENSION] = door.Door(port, token, workplace.moment)
    app.before_request(door.guard)
    CSRFProtect(app)
    app.after_request(headers.put_on)
    app.context_processor(_shared)
    failures.register(app)
    door.without_session(app.view_functions["static"])
    for pages in BLUEPRINTS:
        app.register_blueprint(pages)
    return app


def _shared() -> dict[str, Any]:
    """Return what all templates use."""
    desk = workplace.workplace()
    let_in = door.is_in()
    lang = speech.language()
    other = LANGUAGES[1 - LANGUAGES.index(lang)]
    back = request.full_path.rstrip("?") if request.method == "GET" else "/"
    views = current_app.view_functions
    return {
        "lang": lang,
        "other": other,
        "other_name": LANGUAGE_NAMES[other],
        "elsewhere": url_for("door.choose_language", code=other, back=back),
        "let_in": let_in,
        "is_open": let_in and desk.is_open,
        "tried_again": let_in and door.door().tried_again,
        "unfinished": let_in and desk.unfinished,
        "navigation": [
            each
            for each in NAVIGATION
            if each[0] in views and (each[0] in OWNERS or not desk.of_owner)
        ],
        "endpoint": request.endpoint or "",
        "reminders": reminders.lines() if let_in else [],
        "today": desk.today(),
        "reload_seconds": int(desk.idle_seconds) + _RELOAD_MARGIN_SECONDS,
        "ask_seconds": max(1, min(int(desk.idle_seconds / 4), _LONGEST_ASK_SECONDS)),
    }
