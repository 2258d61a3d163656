"""Keeps the catalogues of translations in step with the texts in the code and the templates.

`make catalogue` runs it. It adds new texts, drops those that are gone, and leaves alone what was
translated; nothing new gives an unchanged file. It never guesses a translation from a similar text.
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from dropbox.cli import spoken
from dropbox.cli.root import root

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = ROOT / "dropbox" / "locale"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
    "_l": None,
}
SKIPPED = {"node_modules", "var", "build", "docs", "tests", "bench"}
WIDTH = 100
HELP = "dropbox/cli"
"""Where the catalogue says that the help of commands stands: in their docstrings and options."""


def is_product_folder(path: str) -> bool:
    """Tell whether a folder can hold texts of the product."""
    name = Path(path).name
    return name not in SKIPPED and not name.startswith((".", "_"))


def extracted() -> Catalog:
    """Return every text that is marked in the code and the templates, and all help of commands."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)
    template = Catalog(charset="utf-8")
    for name, line, message, comments, context in extract_from_dir(
        ROOT,
        methods,
        options,
        keywords=KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
        directory_filter=is_product_folder,
    ):
        template.add(message, locations=[(name, line)], auto_comments=comments, context=context)
    for text in sorted(spoken.texts(root)):
        template.add(text, locations=[(HELP, 0)])
    return template


def read(path: Path) -> Catalog:
    """Read one catalogue; its folder names the language."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name, abort_invalid=True)


def update(path: Path, template: Catalog) -> None:
    """Bring one catalogue in step with the texts."""
    catalogue = read(path)
    # The moment of extraction would change the file on every run.
    template.creation_date = catalogue.creation_date
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.project, catalogue.version = "Meldkluis", "1"
    catalogue.msgid_bugs_address = catalogue.last_translator = catalogue.language_team = ""
    with path.open("wb") as file:
        write_po(file, catalogue, width=WIDTH, include_lineno=False, ignore_obsolete=True)


def main() -> int:
    """Update every catalogue and say which texts still want a translation."""
    template = extracted()
    untranslated = 0
    for path in sorted(CATALOGUES.glob("*/LC_MESSAGES/messages.po")):
        update(path, template)
        for message in read(path):
            if message.id and not all(message.string if message.pluralizable else [message.string]):
                untranslated += 1
                print(f"{path.relative_to(ROOT)}: not translated: {message.id}")
    return 1 if untranslated else 0


if __name__ == "__main__":
    sys.exit(main())
