"""The addresses of stylesheet and scripts, and the icon that browsers ask for on their own."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from dropbox.site.assets import PATH
from dropbox.site.context import here

FOR_EVER = "public, max-age=31536000, immutable"
"""Its name is its content. Source: RFC 8246."""

asset_pages = Blueprint("assets", __name__)


@asset_pages.get(f"{PATH}<name>")
def serve(name: str) -> Response:
    """Answer with a file, which may be kept for ever."""
    asset = here().assets.by_name.get(name)
    if asset is None:
        abort(404)
    response = asset.packed.answer(asset.mimetype)
    response.headers["Cache-Control"] = FOR_EVER
    return response


@asset_pages.get("/favicon.ico")
def icon() -> Response:
    """Answer that there is no icon, shortly."""
    return Response(status=204)
