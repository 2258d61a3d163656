"""The stylesheet's address, and the icon that browsers ask for on their own."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from dropbox.site.context import here

stylesheet_pages = Blueprint("stylesheet", __name__)


@stylesheet_pages.get("/static/<name>")
def serve(name: str) -> Response:
    """Answer with the stylesheet; its name is its content, so it may be kept for ever."""
    own = here().stylesheet
    if name != own.name:
        abort(404)
    response = Response(own.content, mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@stylesheet_pages.get("/favicon.ico")
def icon() -> Response:
    """Answer that there is no icon, shortly."""
    return Response(status=204)
