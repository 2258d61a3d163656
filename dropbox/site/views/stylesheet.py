"""The stylesheet's address, and the icon that browsers ask for on their own."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from dropbox.site.context import here

stylesheet_pages = Blueprint("stylesheet", __name__)


@stylesheet_pages.get("/static/<name>")
def serve(name: str) -> Response:
    """Answer with the stylesheet; its name is its content, so it may be kept for ever."""
    own = here().stylesheet
    if name != own.name:
        abort(404)
    packed = request.accept_encodings.quality("gzip") > 0
    response = Response(own.packed if packed else own.content, mimetype="text/css")
    if packed:
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@stylesheet_pages.get("/favicon.ico")
def icon() -> Response:
    """Answer that there is no icon, shortly."""
    return Response(status=204)
