"""All that can be sent wrongly to the site, with the marks in it."""

from __future__ import annotations

import gzip
from collections.abc import Sequence

from tests.seizure_world import ACCENTED, PLAIN, Person

URLENCODED = "application/x-www-form-urlencoded"
LARGE = 600_000


def make_trouble(people: Sequence[Person]) -> None:
    """Let different people do everything that can go wrong."""
    for number, act in enumerate((_codes, _bodies, _failures, _pages, _raw)):
        for person in people[number::7][:2]:
            act(person)


def _codes(person: Person) -> None:
    """Type wrong codes: no word, too few, a changed one, somebody's text."""
    words = person.code.split()
    wrong = (
        f"{PLAIN} {ACCENTED}",
        " ".join(words[:9]),
        " ".join([*words[1:], words[0]]),
        " ".join([*words[:9], PLAIN]),
        "\n".join(f"{place}. {word}" for place, word in enumerate(words)),
        f"{ACCENTED} " * 5000,
    )
    for code in wrong:
        for step in ("open", "message", "withdraw_now", PLAIN):
            person.post("/nl/mailbox", {"code": code, "step": step, "text": PLAIN, "token": PLAIN})


def _bodies(person: Person) -> None:
    """Send what is too much, of a wrong kind, packed, cut off, from elsewhere."""
    form = "/en/report/meldpunt"
    story = f"text={PLAIN}+{ACCENTED}&".encode()
    many = (story * (LARGE // len(story) + 1))[:LARGE]
    for size in (LARGE, 490_000):
        person.ask("POST", form, many[:size], Content_Type=URLENCODED)
    file = (
        f'--b\r\nContent-Disposition: form-data; name="f"; filename="{PLAIN}.txt"\r\n\r\n'.encode()
        + many
        + b"\r\n--b--\r\n"
    )
    for body in (file, file[-480_000:]):
        person.ask("POST", form, body, Content_Type=f'multipart/form-data; boundary="b"; x={PLAIN}')
    person.ask("POST", form, gzip.compress(story), Content_Type=URLENCODED, Content_Encoding="gzip")
    person.ask("POST", form, story, Content_Type="application/json")
    person.ask("POST", form, b"text=%ff%fe" + story, Content_Type=URLENCODED)
    person.ask("POST", form, b"a=1&" * 300 + story, Content_Type=URLENCODED)
    person.ask("POST", form, story, Content_Type=URLENCODED, Origin=f"http://{PLAIN}.elsewhere")
    person.ask("POST", form, story, Content_Type=URLENCODED, Sec_Fetch_Site="cross-site")
    head = f"POST {form} HTTP/1.1\r\nHost: {person.host}\r\nOrigin: http://{person.host}\r\n"
    head += f"Content-Type: {URLENCODED}\r\n"
    for rest in (
        b"Content-Length: 90000\r\n\r\n" + story * 50,
        b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(story), story),
        b"Transfer-Encoding: chunked\r\n\r\nfff\r\n" + story,
        b"Transfer-Encoding: chunked\r\n\r\n" + story,
    ):
        person.raw(head.encode() + rest)


def _failures(person: Person) -> None:
    """Come to a page that fails with all of it in its error."""
    for language in ("nl", "en"):
        person.language = language
        assert person.ask("GET", f"/nl/fail?{PLAIN}")[0] == 500
        fields: dict[str, object] = {"text": f"{PLAIN} {ACCENTED}", "code": person.code}
        assert person.post("/nl/fail", fields)[0] == 500


def _pages(person: Person) -> None:
    """Ask for pages that are not there, in ways that are not meant, under other names."""
    for path in (f"/{PLAIN}", f"/nl/report/{PLAIN}", f"/nl/%00{PLAIN}", f"//{PLAIN}/../etc/passwd"):
        for method in ("GET", "HEAD", "POST", "PUT", "OPTIONS", "DELETE", PLAIN.upper()):
            person.ask(method, f"{path}?naam={PLAIN}&{PLAIN}[]=1&%ff={PLAIN}")
    person.ask("GET", f"/nl/?{PLAIN * 200}")
    person.ask("GET", "/nl/", X_Large=PLAIN * 600)
    person.ask("GET", "/nl/", Host=f"{PLAIN}/..\\")
    person.ask("GET", "/nl/", Host=f"{PLAIN}." * 40)
    person.ask("GET", "/nl/", Range=f"bytes=0-{PLAIN}", If_Modified_Since=PLAIN, Upgrade=PLAIN)
    person.ask("POST", "/nl/mailbox", b"", Expect=f"100-continue, {PLAIN}")


def _raw(person: Person) -> None:
    """Send what is no request."""
    mark = PLAIN.encode()
    for data in (
        mark * 50,
        mark + b" / HTTP/1.1\r\n\r\n",
        b"GET /" + mark + b"\r\n",
        b"GET / HTTP/9.9\r\nHost: " + mark + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + mark + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: " + mark + b"\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: %s\r\n" % (n, mark) for n in range(90)) + b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + mark * 4,
        b"PROXY TCP4 203.0.113.9 198.51.100.9 1 2\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + mark,
        b"\xff\xfe" + PLAIN.encode("utf-16") + b"\r\n\r\n",
    ):
        person.raw(data)
