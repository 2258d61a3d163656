"""A reporter's browser without JavaScript, as small as the walk needs it: pages and forms."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import Request, build_opener

TIMEOUT_SECONDS = 20
Fields = list[tuple[str, str]]


class _Reader(HTMLParser):
    """Collects the forms' fields, the text of a page, and the reply code."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, Fields]] = []
        self.text: list[str] = []
        self.code: list[str] = []
        self._inside_code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((given.get("action", ""), []))
        if tag == "input" and given.get("type") == "hidden" and self.forms:
            self.forms[-1][1].append((given["name"], given.get("value", "")))
        if given.get("id") == "reply-code" or self._inside_code:
            self._inside_code += 1

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the library names it
        if self._inside_code:
            self._inside_code -= 1

    def handle_data(self, data: str) -> None:
        if data.strip():
            (self.code if self._inside_code else self.text).append(data.strip())


class Page:
    """A page that was loaded: its address, its text, and what its forms hold."""

    def __init__(self, url: str, html: str) -> None:
        self.url = url
        self._reader = _Reader()
        self._reader.feed(html)

    @property
    def text(self) -> str:
        """Return the words on the page, one space between them."""
        return " ".join(self._reader.text)

    @property
    def code(self) -> str:
        """Return the reply code, or nothing on any other page."""
        return " ".join(self._reader.code)

    def hidden(self, name: str) -> Fields:
        """Return the hidden fields of the first form that has a field called ``name``."""
        for _action, fields in self._reader.forms:
            if any(field == name for field, _value in fields):
                return fields
        return []


class Browser:
    """Loads pages of one site, with the headers of a browser and without a cookie."""

    def __init__(self, origin: str) -> None:
        """Name the site, such as ``http://127.0.0.1:8000``."""
        self._origin = origin
        self._opener = build_opener()

    def get(self, path: str) -> Page:
        """Load a page."""
        return self._load(Request(self._url(path)))  # noqa: S310 - our own site, see _url

    def post(self, path: str, fields: Fields) -> Page:
        """Send a form."""
        headers = {"Origin": self._origin, "Sec-Fetch-Site": "same-origin"}
        body = urlencode(fields).encode("utf-8")
        return self._load(Request(self._url(path), body, headers))  # noqa: S310 - see _url

    def _url(self, path: str) -> str:
        url = urljoin(self._origin, path)
        if urlsplit(url).netloc != urlsplit(self._origin).netloc:
            raise ValueError("the walk stays on its own site")
        return url

    def _load(self, request: Request) -> Page:
        with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
            return Page(answer.url, answer.read().decode("utf-8"))
