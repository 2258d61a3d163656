"""The house is built as `docs/architecture.md` says: who imports whom, and how large things are."""

import ast
import re
import subprocess
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50
NOT_OURS = {".git", ".venv", "var", "build", "node_modules", "__pycache__"}

# A room is a module or package of dropbox; these modules share one.
SHARED_ROOMS = {
    "counter": "mailbox",
    "filing": "mailbox",
    "reading": "mailbox",
    "exchange": "mailbox",
    "entered": "mailbox",
    "delivered": "mailbox",
    "upkeep": "mailbox",
    "quotas": "config",
    "demo": "cli",
    "__main__": "cli",
}
ROOMS: dict[str, set[str]] = {
    "errors": set(),
    "locks": set(),
    "turns": {"locks"},
    "language": {"errors"},
    "told": {"errors"},
    "program": set(),
    "protocol": {"errors"},
    "config": {"errors", "language", "protocol"},
    "store": {"errors", "locks", "protocol"},
    # Neither store nor mailbox: nothing in an alert can depend on what was reported.
    "alert": {"errors", "language"},
    "mailbox": {"errors", "protocol", "store"},
    "reporter": {"errors", "protocol"},
    "site": {
        *("errors", "language", "told", "program", "protocol"),
        *("config", "mailbox", "reporter", "turns"),
    },
    "serving": {"errors", "config", "site", "turns"},
    "export": {"errors", "language", "protocol"},
    # Carries what it cannot open: it knows neither a store nor a desk.
    "courier": {"errors", "language", "locks", "protocol"},
}
# No desk reaches a network.
ROOMS["desk"] = ROOMS.keys() - {"site", "serving", "alert", "courier"}
ROOMS["cli"] = {*ROOMS, "desk"} - {"serving"}

# Who may import a package from outside: rooms, or the vault or the pages within the desk. Others
# are free.
VAULT = "dropbox.desk.vault"
PAGES = "dropbox.desk.pages"
OUTSIDERS = {
    "nacl": {"protocol", VAULT},
    "sqlite_utils": {"store", VAULT},
    "sqlite3": {"store", VAULT},
    "click": {"cli"},
    "gunicorn": {"serving"},
    "python_socks": {"courier"},
    "flask": {"site", PAGES},
    "flask_wtf": {"site", PAGES},
    "werkzeug": {"site", PAGES},
    "wtforms": {"site", PAGES},
}
ENVIRONMENT = {"environ", "environb", "getenv", "getenvb", "putenv"}
ENVIRONMENT_READERS = {"config", "cli"}

# Written in pieces, so that this file does not name what it forbids.
LOCAL_OR_REGISTRY = re.compile(
    r"py(?:pi\.org|thonhosted\.org)|registry\.(?:npm|yarn)|\b(?:extra-)?index[-_]url\s*[=:]"
    r"|(?<![\w.~/-])/(?:home|Users)/\w|(?<![\w.~/-])/[r]oot/",
)
PUBLIC_KEYS = re.compile(
    r"README\.md|site(?:\.example)?\.toml|cards/[a-z0-9-]+\.card|theme\.css|texts/(?:nl|en)/\w+\.md"
)
PRIVATE_KEYS = re.compile(rb"PRIVATE KEY|SECRET-KEY|(?i:\bseed\s*=)|(?i:\bsecret\w*\s*=)")


def tracked_files() -> list[Path]:
    """Return the files that git has or would add; without git, all files but products."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listing.returncode == 0:
        found = [ROOT / name for name in listing.stdout.decode().split("\0") if name]
    else:
        found = [p for p in ROOT.rglob("*") if not NOT_OURS & set(p.relative_to(ROOT).parts)]
    return sorted(path for path in found if path.is_file())


FILES = tracked_files()
PYTHON = {path: ast.parse(path.read_text("utf-8")) for path in FILES if path.suffix == ".py"}


def module_name(path: Path) -> str:
    """Return the dotted name under which Python knows a file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {
    module_name(path): path for path in PYTHON if path.relative_to(ROOT).parts[0] == "dropbox"
}


def room(module: str) -> str:
    """Return the room that a module of dropbox belongs to; the package itself is no room."""
    name = module.split(".")[1] if "." in module else ""
    return SHARED_ROOMS.get(name, name)


def owner_names(module: str) -> set[str]:
    """Return the names under which a module may own a package: its room, the vault, the pages."""
    return {room(module), *(part for part in (VAULT, PAGES) if module.startswith(part))}


def imports(module: str) -> Iterator[str]:
    """Yield the dotted name of everything that a module imports."""
    path = MODULES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(PYTHON[path]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) + 1 - node.level]
            origin = ".".join([*(above if node.level else []), *filter(None, [node.module])])
            for alias in node.names:
                inner = f"{origin}.{alias.name}"
                yield inner if inner in MODULES else origin


def test_every_module_belongs_to_a_room() -> None:
    """No module stands outside the plan, where nothing would say what it may import."""
    assert [name for name in MODULES if name != "dropbox" and room(name) not in ROOMS] == []


def test_rooms_import_only_the_rooms_they_may() -> None:
    """The plan of who may import whom holds, and with it: the site cannot reach the desk."""
    wrong = [
        f"{module} imports {name}"
        for module in MODULES
        for name in imports(module)
        if name.partition(".")[0] == "dropbox" and room(name) not in {"", room(module)}
        if room(name) not in ROOMS.get(room(module), set())
    ]
    assert wrong == []


def test_outside_packages_stay_in_their_rooms() -> None:
    """Cryptography, databases, the web and the command line are each known in one place."""
    wrong = [
        f"{module} imports {name}"
        for module in MODULES
        for name in imports(module)
        if not owner_names(module) & OUTSIDERS.get(name.partition(".")[0], {room(module)})
    ]
    assert wrong == []


def test_desk_does_not_know_its_pages() -> None:
    """The desk's rules work without a browser: only the command that opens the pages knows them."""
    knowing = {
        module
        for module in MODULES
        if not module.startswith(PAGES)
        if any(name.startswith(PAGES) for name in imports(module))
    }
    assert knowing == {"dropbox.cli.desk_pages"}


def test_modules_do_not_import_in_circles() -> None:
    """Every module can be read after those it stands on."""
    graph = {module: set(imports(module)) & MODULES.keys() - {module} for module in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"{' -> '.join(error.args[1])}")


def test_nothing_is_imported_inside_a_function() -> None:
    """What a file needs stands at its top."""
    wrong = {
        f"{path.relative_to(ROOT)}:{inner.lineno}"
        for path, tree in PYTHON.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    }
    assert wrong == set()


def test_only_config_and_commands_read_the_environment() -> None:
    """Settings come in at one door; a room gets them as arguments."""
    wrong = [
        f"{module}:{node.lineno}"
        for module, path in MODULES.items()
        if room(module) not in ENVIRONMENT_READERS
        for node in ast.walk(PYTHON[path])
        if (isinstance(node, ast.Attribute) and node.attr in ENVIRONMENT and is_os(node.value))
        or (isinstance(node, ast.ImportFrom) and node.module == "os" and takes_environment(node))
    ]
    assert wrong == []


def is_os(node: ast.expr) -> bool:
    """Tell whether an expression is the module os."""
    return isinstance(node, ast.Name) and node.id == "os"


def takes_environment(node: ast.ImportFrom) -> bool:
    """Tell whether an import takes the environment by name."""
    return any(alias.name in ENVIRONMENT for alias in node.names)


def test_files_and_functions_stay_small() -> None:
    """No file is over 400 lines and no function over 50: what is larger is two things."""
    large = []
    for path, tree in PYTHON.items():
        name = path.relative_to(ROOT)
        lines = len(path.read_text("utf-8").splitlines())
        large += [f"{name}: {lines} lines"] if lines > MAX_FILE_LINES else []
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                large += [f"{name}: {node.name}: {length}"] if length > MAX_FUNCTION_LINES else []
    assert large == []


def test_keys_folder_holds_public_things_only() -> None:
    """Under keys/ lie channel cards and site.toml, and in none of them a private key."""
    keys = ROOT / "keys"
    found = {path.relative_to(keys).as_posix(): path for path in FILES if keys in path.parents}
    assert [name for name in found if not PUBLIC_KEYS.fullmatch(name)] == []
    assert [name for name, path in found.items() if PRIVATE_KEYS.search(path.read_bytes())] == []


def test_no_file_names_a_registry_or_a_folder_of_one_machine() -> None:
    """The project can be set up anywhere, from any mirror: no line ties it to one place."""
    wrong = []
    for path in FILES:
        # A file that is no text shows as replacement characters, which match nothing.
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
            if LOCAL_OR_REGISTRY.search(line):
                wrong.append(f"{path.relative_to(ROOT)}:{number}")
    assert wrong == []
