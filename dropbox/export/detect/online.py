"""Names on line: profiles, handles and the names with which people log in."""

# A pattern is easier to check in one line.
# ruff: noqa: E501

from __future__ import annotations

import re
from collections.abc import Iterator

from dropbox.export.detect import wordfile
from dropbox.export.span import CONTACT, Span

_READ = wordfile.read("online_words.txt")
_SITES = (
    "linkedin|facebook|instagram|insta|twitter|tiktok|snapchat|snap|telegram|signal|skype|discord|threads|bluesky|bsky|mastodon|"
    "gitlab|bitbucket|tumblr|soundcloud|komoot|zwift|roblox|fortnite|bereal|threema|tikkie|paypal|badoo|bumble|nextdoor|strava|reddit|youtube|twitch|pinterest|whatsapp|teams|github|vinted|marktplaats|messenger|wechat|viber|yammer|slack|steam|xbox|playstation|psn|ig|fb|x|onlyfans|tinder|grindr|garmin|duolingo|spotify"
)
_SURE_SITES = (*sorted(_READ["signs"]), " ig", " fb", "op x", "on x", "x:")
"""Of these one stands in every text that names somebody on line."""
_PROFILE = re.compile(
    r"(?:https?://|www\.)[^\s<>\"']{1,300}[\w/=]"
    r"|(?<![\w.])(?:[a-z]{2,3}\.)?(?:linkedin|facebook|instagram|twitter|tiktok|snapchat|x|t|wa|fb|m|github|threads|bsky|strava|discord|reddit|youtube|twitch|onlyfans)\.(?:com|me|app|nl|net|gg|be|tv)/[^\s<>\"',;)]{0,200}[\w/]"
    r"|(?<![\w.])[\w-]{1,30}\.(?:bsky\.social|tumblr\.com|wordpress\.com|blogspot\.\w{2,3})"
    r"|(?<![\w./])/?(?:in|u)/[\w.-]{3,40}\w|(?<![\w.])linkedin/(?:in/)?[\w.-]{3,40}\w"
)
_SPOKEN = re.compile(
    r"\b(?:linkedin|facebook|instagram|twitter|tiktok|github|strava)(?: (?:punt|dot) |\.)(?:com|nl)(?: slash | ?/ ?| schuine streep )[\w-]{1,40}(?:(?: slash | ?/ ?| schuine streep | streepje | punt | dot | underscore | dash |-)[\w-]{1,40}){0,6}"
)
_AT_NAME = re.compile(
    r"(?<![\w.@/+-])@ ?(?=[\w.]{0,30}[a-z])(?:[\w.-]{1,30}\w)(?:@[\w.-]{3,40}\w)?"
)
_NAMED = re.compile(
    rf"\b(?:{_SITES})\b[-']?(?:s\b)?(?: ?-?(?:naam|account|handle|profiel|profile|name|id|user|username|tag|adres))?(?: (?:is|heet|heeft|onder|als|as|under|van (?:mij|hem|haar)|bekend|staat|zit|hij|zij|ze|ik|she|he|named|called|op|name|naam)){{0,3}} ?(?:[:=(>–-]{{1,2}} ?)?['\"“‘@(]{{0,2}}((?:live:|\.cid\.)?[^\W\d_][\w.#-]{{2,32}})"
)
_COLON = re.compile(r"[:=>]")
_LOGIN = re.compile(
    r"\b(?:accountnaam|account|inlognaam|inlog|login(?: name)?|loginnaam|gebruikersnaam|gebruiker|usernaam|username|user ?name|user ?id|userid|user|"
    r"netwerknaam|ad-account|windows-?naam|ingelogd (?:als|met|onder)|logged in as|nickname|nick|schermnaam|alias|bijnaam online|profielnaam|handle|gamertag|screen ?name)"
    r"(?: (?:is|was|heet|van (?:mij|hem|haar)|met|als|with|under|onder|name|naam)){0,3} ?(?:[:=>]{1,2} ?)?['\"“‘@(]{0,2}([^\W\d_][\w.\\#-]{2,32})"
)
_NAME_ON = re.compile(
    rf"(?<![\w.@/-])((?=[\w.-]{{0,32}}(?:\d|_|\.[^\W\d_]))[^\W\d_][\w.-]{{2,32}}\w)['\"”’)]? (?:op|on|via|in) (?:{_SITES})\b"
)
_CALLED = re.compile(
    r"\b(?:heet|noemt) (?:hij|zij|ze|ik)(?: zich)? ?$|\b(?:he|she|they)(?:'s| is) (?:called )?$"
)
_OWNED = re.compile(r"\b(?:mijn|zijn|haar|mn|zn|my|his|her) ")
_ODD = re.compile(r"[^\W\d_]\d|\d[^\W\d_]|_|[^\W\d_]\.\w|#\d")
_NO_NAME = _READ["no_name"]
_SHORTEST = 4
_SIGNS = (
    "://",
    "www.",
    ".com/",
    ".me/",
    ".app/",
    ".nl/",
    ".gg/",
    "/in/",
    "in/",
    "u/",
    "linkedin",
    ".social",
    " slash ",
)


def found(low: str) -> Iterator[Span]:
    """Yield profiles and names on line in a view's text in small letters."""
    if any(sign in low for sign in _SIGNS):
        for match in _PROFILE.finditer(low):
            if _is_profile(match[0]):
                yield _span("profile", *match.span())
        for match in _SPOKEN.finditer(low):
            yield _span("profile", *match.span())
    if "@" in low:
        for match in _AT_NAME.finditer(low):
            yield _span("handle", *match.span())
    if any(sign in low for sign in _SURE_SITES):
        yield from _named(low)


def _named(low: str) -> Iterator[Span]:
    for pattern in (_NAMED, _LOGIN):
        for match in pattern.finditer(low):
            name = match[1].rstrip(".#-")
            between = low[match.start() : match.start(1)]
            if _ODD.search(name) or _told(low, between, match.start(1) + len(name), name):
                yield _span("handle", match.start(1), match.start(1) + len(name))
    for match in _NAME_ON.finditer(low):
        if _ODD.search(match[1]):
            yield _span("handle", *match.span(1))


def _told(low: str, between: str, end: int, name: str) -> bool:
    """Tell whether a plain word is a name on line: a colon before it, and a stop behind."""
    owned = between.rstrip().endswith((" is", " heet")) and _OWNED.search(
        low, max(0, end - len(name) - len(between) - 8), end
    )
    owned = owned or _CALLED.search(between)
    if (
        name in _NO_NAME
        or len(name) < _SHORTEST
        or not (_COLON.search(between) or "@" in between or owned)
    ):
        return False
    return low[end : end + 1] in {"", ".", ",", ";", "\n", ")", "'", '"', "|", "’", "”"}


def _is_profile(written: str) -> bool:
    """Tell whether an internet address says more than the name of a site."""
    path = re.sub(r"^(?:https?://)?[^/]*/?", "", written)
    return len(path) > 1 or "@" in written or ".social" in written


def _span(kind: str, start: int, end: int) -> Span:
    return Span(start, end, CONTACT, kind, f"contact: {kind}", 0.95)
