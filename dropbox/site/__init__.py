"""The reporter's site: a Flask application over the blind server's use cases.

Works without JavaScript and without cookies. Invariants: no session; no request is
logged; every answer carries the strict headers; what is typed reaches the disk only
sealed. It must never import the store, the desk or the export.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from jinja2 import StrictUndefined

from dropbox.config import TEMPLATES_DIR, Config
from dropbox.counter import Counter
from dropbox.mailbox import Mailboxes
from dropbox.site import assets, context, failures, limits, speech, texts, tokens
from dropbox.site.admission import Gate
from dropbox.site.kept import Kept
from dropbox.site.views import courier
from dropbox.site.views.assets import asset_pages
from dropbox.site.views.drop import drop_pages
from dropbox.site.views.health import health_pages
from dropbox.site.views.letter import letter_pages
from dropbox.site.views.mailbox import mailbox_pages
from dropbox.site.views.report import report_pages
from dropbox.site.views.sealed import sealed_pages
from dropbox.site.views.start import start_pages
from dropbox.site.views.transfer import transfer_pages
from dropbox.upkeep import disk_room


def create_app(
    config: Config, mailboxes: Mailboxes, clock: Callable[[], date]
) -> failures.QuietFlask:
    """Make the application.

    Args:
        config: where things lie and what the organisation set.
        mailboxes: the blind server's use cases.
        clock: returns today, in UTC.

    Raises:
        SiteKeyMissing, SiteKeyDiffers: the site has couriers, and no right key for bundles.
        ScriptMissing: set-up did not build the scripts.
    """
    app = failures.QuietFlask(__name__, static_folder=None, template_folder=str(TEMPLATES_DIR))
    # WTForms has words of its own for errors; every message here is the site's.
    app.config["WTF_I18N_ENABLED"] = False
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    # An address is served as it stands: to mend it, the router would write the host into one.
    app.url_map.strict_slashes = app.url_map.merge_slashes = False
    # Blocks leave no empty lines behind, so that the pages stay small.
    app.jinja_options = {
        "trim_blocks": True,
        "lstrip_blocks": True,
        "undefined": StrictUndefined,
    }
    speech.teach(app)
    app.extensions[context.EXTENSION] = _surroundings(config, mailboxes, clock)
    app.url_value_preprocessor(context.choose_language)
    app.url_defaults(context.keep_language)
    app.context_processor(context.shared)
    app.before_request(limits.guard)
    failures.register(app)
    for pages in (start_pages, report_pages, mailbox_pages, transfer_pages):
        app.register_blueprint(pages)
    for pages in (drop_pages, letter_pages, sealed_pages, asset_pages, health_pages):
        app.register_blueprint(pages)
    if config.site.couriers:
        app.extensions[courier.EXTENSION] = _courier_desk(config)
        app.register_blueprint(courier.courier_pages)
    return app


def _courier_desk(config: Config) -> courier.Desk:
    places, site = config.places, config.site
    counter = Counter.at(
        (site.site_id, site.site_pk),
        (places.site_dir, places.cards_dir),
        {each.key: each.handlers for each in site.couriers},
        site.limits.disk_reserve_mib * 1024 * 1024,
    )
    return courier.Desk(counter, tokens.load_key(places.site_dir))


def _surroundings(
    config: Config, mailboxes: Mailboxes, clock: Callable[[], date]
) -> context.Surroundings:
    return context.Surroundings(
        config=config,
        mailboxes=mailboxes,
        clock=clock,
        tokens=tokens.FormTokens(tokens.load_key(config.places.site_dir)),
        assets=assets.load(config.places.keys_dir),
        texts=texts.load(config.places.keys_dir, config.site.organisation),
        blank_forms=Kept(),
        blank_pages=Kept(),
        offers=Kept(),
        frames=Kept(),
        packed_cards=Kept(),
        letters=Kept(),
        gate=Gate(config.site.limits, partial(disk_room, config.places.site_dir)),
    )
