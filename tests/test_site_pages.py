"""The pages around the report: what they say, how they are built, how heavy they are."""

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from dropbox.config import OwnFileInvalid
from dropbox.errors import FormExpired, FormUnknown
from dropbox.reporter import hints
from dropbox.site import assets, texts
from dropbox.site.tokens import FormTokens, load_key
from dropbox.site.views.start import square
from tests.organisation import Office, office
from tests.site_client import World

PAGES = ("", "routes", "report", "report/meldpunt", "mailbox", "keys", "privacy", "accessibility")
VOID = {"meta", "link", "input", "br", "hr", "img", "path"}
HEAVIEST_PAGE, LARGEST_STYLE = 36_000, 12_000


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a site with two channels."""
    channels = office("adviser", "coordinator"), Office(office("c", "d").handlers, slug="elders")
    return World(tmp_path_factory.mktemp("site"), channels)


class Reader(HTMLParser):
    """Checks that a page is well built, and collects what the tests ask about."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.stamped: list[str] = []
        self.named: set[str] = set()
        self.described: set[str] = set()
        self.fields: list[str] = []
        self.headings: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what the tag says."""
        values = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self.open.append(tag)
        # What stands in a template is no part of the page until a script copies it.
        if "id" in values:
            within = "template" in self.open[:-1]
            (self.stamped if within else self.ids).append(values["id"])
        if tag == "a":
            self.links.append(values["href"])
        if tag == "label" and "for" in values:
            self.named.add(values["for"])
        if "template" not in self.open:
            self.described |= set(values.get("aria-describedby", "").split())
        wrapped = "label" in self.open
        if (
            tag in ("input", "textarea", "select")
            and values.get("type") != "hidden"
            and not wrapped
        ):
            self.fields.append(values.get("id", "?"))
        if re.fullmatch(r"h[1-6]", tag) and "template" not in self.open:
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag: str) -> None:
        """Close the tag that is open."""
        if tag not in VOID and (not self.open or self.open.pop() != tag):
            raise AssertionError(f"</{tag}> closes nothing")


def read(page: str) -> Reader:
    """Read a page to its end."""
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_page_is_well_built_and_reachable(world: World, lang: str, path: str) -> None:
    """Tags close, ids are single, fields have labels, headings do not skip, links lead on."""
    answer = world.get(f"/{lang}/{path}")
    assert answer.status_code == 200
    page = read(answer.text)
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert set(page.fields) <= page.named
    assert page.described <= set(page.ids)
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(page.headings))
    for link in page.links:
        if link.startswith("/"):
            assert world.get(link.partition("#")[0]).status_code == 200
        elif link.startswith("#"):
            assert link[1:] in page.ids + page.stamped


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("path", [*PAGES, "nowhere"])
def test_every_page_can_be_left_and_says_its_language(world: World, lang: str, path: str) -> None:
    """The way out stands in the same place with no trace, and the other language beside it."""
    page = world.get(f"/{lang}/{path}").text
    other = {"nl": "en", "en": "nl"}[lang]
    assert f'<html lang="{lang}">' in page
    assert '<meta name="robots" content="noindex">' in page
    assert f'<a class="leave" href="{world.config.site.leave_url}" rel="noreferrer">' in page
    assert page.index('class="leave"') < page.index("<main")
    assert page.index('href="#main"') < page.index('class="leave"')
    assert f'lang="{other}"' in page


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_first_form_page_is_light(world: World, lang: str) -> None:
    """The form and its stylesheet, uncompressed and with headers, are under 36 kB."""
    form = world.get(f"/{lang}/report/meldpunt")
    name = re.search(r'<link rel="stylesheet" href="([^"]+)">', form.text)
    assert name
    style = world.get(name[1])
    weight = sum(len(answer.data) + len(str(answer.headers)) for answer in (form, style))
    assert len(style.data) < LARGEST_STYLE
    assert weight < HEAVIEST_PAGE


def test_start_page_warns_before_any_form(world: World) -> None:
    """What the site does not protect against stands before the way to the form."""
    page = world.get("/en/").text
    assert page.index("This site cannot protect you against that.") < page.index("Make a report")
    for promise in ("Within 7 days", "Within 3 months", "case against one person", "patterns"):
        assert promise in page
    for way in ("/en/keys#letter", "/en/drop"):
        assert f'href="{way}"' in page


@pytest.mark.parametrize("path", ["report", "report/meldpunt", "routes", "mailbox"])
def test_device_is_warned_about_before_anything_is_typed(world: World, path: str) -> None:
    """Each page on the way to a form tells of the work device, above its first button."""
    page = world.get(f"/en/{path}").text
    main = page[page.index("<main") :]
    warned = main.index("your employer may see that you were here")
    assert warned < (main.index('<button class="main"') if "<button" in main else main.index("<h2"))


def test_form_says_what_the_back_button_does(world: World) -> None:
    """The browser's own way back loses the text; the form says so once, before it is written."""
    page = world.get("/en/report/meldpunt").text
    assert page.count("back button") == 1
    assert page.index("back button") < page.index("<textarea")


def test_guide_says_whose_each_channel_is(world: World) -> None:
    """Beside each channel stands whether it is inside and independent."""
    page = world.get("/en/routes").text
    named = page.count('href="/en/report/')
    assert page.count("Inside the organisation, not independent of the organisation.") == named > 0


def test_demonstration_says_so_everywhere(tmp_path: Path) -> None:
    """A demonstration is marked on every page; a real site is not."""
    world = World(tmp_path, (office(),))
    assert "This is a demonstration." not in world.get("/en/").text
    world.start(demonstration=True)
    for path in (*PAGES, "nowhere"):
        assert "This is a demonstration." in world.get(f"/en/{path}").text


def test_keys_page_shows_fingerprint_and_whole_key(world: World) -> None:
    """Each channel's fingerprint stands there in groups, and its key as a drawing."""
    page = world.get("/en/keys").text
    for channel in world.offices:
        assert channel.card().fingerprint in page
    assert len(re.findall(r'<svg [^>]*class="qr"', page)) == 2
    assert "xmlns" not in page


def test_drawing_of_a_key_holds_no_style() -> None:
    """The drawing needs no exception in the policy, and differs from key to key."""
    one, other = square(bytes(32)), square(bytes(31) + b"\1")
    assert one != other
    assert "style" not in one


def test_site_without_channels_says_so(tmp_path: Path) -> None:
    """Without any valid card the pages still work and point elsewhere."""
    world = World(tmp_path, ())
    for path in ("", "report", "keys"):
        assert world.get(f"/en/{path}").text.count("There is no channel at this moment") == 1
    for path in ("", "routes"):
        page = world.get(f"/en/{path}").text
        assert page.count("There is no channel at this moment") == 1
        assert "Make a report" not in page
        assert "Other routes" in page
        assert 'class="box"' not in page


def test_channel_that_nobody_runs_yet_is_said_in_the_guide(world: World) -> None:
    """A situation for which no channel is open says so in its own box."""
    assert "No such channel is open" in world.get("/en/routes").text


def test_organisation_can_write_its_own_texts(tmp_path: Path) -> None:
    """A text in the keys folder takes the place of ours, and nothing dangerous comes through."""
    world = World(tmp_path, (office(),))
    folder = tmp_path / "keys" / "texts" / "en"
    folder.mkdir(parents=True)
    (folder / "contact.md").write_text(
        "# Ask us\n\n{organisation} <script>alert(1)</script> ![x](https://a.example/x.png)\n\n"
        "[mail](mailto:a@b.example) [bad](javascript:alert(1)) <p style='color:red'>red</p>\n",
        "utf-8",
    )
    world.start()
    page = world.get("/en/contact").text
    assert "<title>Ask us" in page
    assert "Voorbeeldgemeente" in page
    assert '<a href="mailto:a@b.example">mail</a>' in page
    for dangerous in ("<script>", "<img", 'href="javascript', "<p style"):
        assert dangerous not in page
    assert "Vragen" not in world.get("/en/contact").text
    assert world.get("/nl/contact").text != page


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("page", texts.PAGES)
def test_our_own_texts_are_complete(world: World, lang: str, page: str) -> None:
    """Each page exists in both languages and leaves no placeholder open."""
    found = texts.load(Path("nowhere"), {"nl": "Voorbeeld", "en": "Example"})[lang, page]
    assert found.title
    assert "{" not in found.html
    assert found.html.count("<h1>") == 1


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_texts_promise_only_what_is_there(lang: str) -> None:
    """What only the organisation knows is a marked place, and erasing is not promised by a date."""
    found = texts.load(Path("nowhere"), {"nl": "Voorbeeld", "en": "Example"})
    marked = {"nl": "[In te vullen", "en": "[To be filled in"}[lang]
    assert found[lang, "contact"].html.count(marked) == 2
    assert found[lang, "privacy"].html.count(marked) == 1
    for page in ("contact", "privacy"):
        assert "https://www.autoriteitpersoonsgegevens.nl/" in found[lang, page].html
    assert not re.search("ten weeks|tien weken", found[lang, "privacy"].html)


@pytest.mark.parametrize("name", ["theme.css", "texts/nl/privacy.md"])
def test_own_file_that_is_no_text_is_a_clear_error(tmp_path: Path, name: str) -> None:
    """The operator is told which file to look at, before the site starts."""
    broken = tmp_path / name
    broken.parent.mkdir(parents=True, exist_ok=True)
    broken.write_bytes(b"\xff\xfe")
    with pytest.raises(OwnFileInvalid, match=broken.name):
        (assets.stylesheet(tmp_path), texts.load(tmp_path, {"nl": "Voorbeeld", "en": "Example"}))


def test_token_gives_its_nonce_back_for_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each token has a nonce of its own, good for a day and only with this key."""
    own = FormTokens(bytes(32))
    token = own.issue()
    assert len(own.nonce(token)) == 16
    assert own.nonce(token) == own.nonce(token)
    assert own.nonce(own.issue()) != own.nonce(token)
    with pytest.raises(FormUnknown):
        FormTokens(bytes(31) + b"\1").nonce(token)
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: 4_000_000_000)
    with pytest.raises(FormExpired) as expired:
        own.nonce(token)
    assert expired.type is FormExpired


def test_form_key_is_private_and_made_once(tmp_path: Path) -> None:
    """The key is readable by its owner alone, and every start finds the same."""
    folder = tmp_path / "var" / "site"
    key = load_key(folder)
    assert len(key) == 32
    assert load_key(folder) == key
    assert (folder / "form.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in folder.iterdir()] == ["form.key"]


@pytest.mark.parametrize("text", ["a@b.nl", "Jan.de-Wit+x@sub.voorbeeld.nl", "mail: x@y.co.uk."])
def test_addresses_are_found(text: str) -> None:
    """Usual ways to write an e-mail address are seen."""
    assert hints.has_email(text)


@pytest.mark.parametrize(
    "text",
    [
        "0612345678",
        "06 12 34 56 78",
        "+31612345678",
        "0031 6 12345678",
        "(020) 123 45 67",
        "06 - 12 34 56 78",
        "020\u20135521111",
        "06\u00a012\u00a034\u00a056\u00a078",
        "06.12.34.56.78",
        "06-12-34 56 78",
        "op 01-02-2023 om 10:00: 06-12345678",
    ],
)
def test_phone_numbers_are_found(text: str) -> None:
    """Usual ways to write a phone number are seen."""
    assert hints.has_phone(text)


@pytest.mark.parametrize(
    "text",
    [
        "12-10-2026",
        "schaal 12 van 14",
        "18.000 mensen",
        "@home",
        "",
        "01-02-2023 10:00",
        "01/02/2023 10:00-11:30",
        "01-02-23 10.00",
        "1-2-2023 - 3-4-2024",
    ],
)
def test_ordinary_numbers_are_left_alone(text: str) -> None:
    """Dates and amounts are no phone numbers, and a lone sign is no address."""
    assert not hints.has_phone(text)
    assert not hints.has_email(text)


def test_hints_are_quick_on_hostile_text() -> None:
    """A long text of near misses is looked through in no time."""
    for text in ("a" * 20_000, "0" * 20_000, "a@" * 10_000, "0 " * 10_000, "a." * 10_000 + "@"):
        hints.has_email(text)
        hints.has_phone(text)
