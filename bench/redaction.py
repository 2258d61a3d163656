"""``make bench-redaction``: what redaction finds and leaves, and what it costs.

Sets: ``dev.jsonl`` in the folder given as argument, where present, with its own ``score.py``;
``bench/data/redaction-own.jsonl``, which the rules were written with, too; and
``bench/data/redaction-second.jsonl``, by somebody who had not seen the rules, never used for them.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.labelled import Document, Score, Stretch, load, score
from dropbox.export import lexicon
from dropbox.export.detect import detect
from dropbox.export.redact import Redactor
from dropbox.export.register import Person, Register
from dropbox.export.span import MASKED, QUASI

OWN = Path(__file__).parent / "data" / "redaction-own.jsonl"
SECOND = Path(__file__).parent / "data" / "redaction-second.jsonl"
LONG = 5_000_000
"""Characters of the longest text that is measured."""

GOALS = {
    "PER": ("least", 0.98),
    "CONTACT": ("least", 0.98),
    "QUASI touched": ("least", 0.70),
    "over-redaction": ("most", 0.06),
    "over-redaction without names": ("most", 0.03),
}


def main() -> None:
    """Print all figures; a goal that is missed is printed, and is no error."""
    began = time.perf_counter()
    words = lexicon.load()
    print(f"loading the lexicon: {time.perf_counter() - began:.2f} s, {len(words):,} words")
    shared = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("absent")
    sets = {"development set": shared / "dev.jsonl", "own set": OWN, "second set": SECOND}
    texts: list[str] = []
    for name, path in sets.items():
        if not path.exists():
            print(f"{name}: not here")
            continue
        documents = load(path)
        texts += [document["text"] for document in documents]
        measure(name, documents, words)
        theirs(path, shared / "score.py", documents, words)
    cost(texts or ["Mijn collega Fatima Haddad belde Jan de Vries op 3 mei.\n\n"], words)


def measure(name: str, documents: list[Document], words: dict[str, int]) -> None:
    """Print how one set scores: by machine alone, by language, and with a register."""
    print(f"\n{name}: {len(documents)} documents")
    whole = score(documents, masked(words))
    highlighted = score(documents, masked(words, QUASI))
    for each in ("PER", "CONTACT", "over-redaction", "over-redaction without names"):
        figure(each, whole)
    figure("QUASI", highlighted)
    figure("QUASI touched", highlighted)
    print(f"  over-redaction with highlights {highlighted.share('over-redaction'):.1%}")
    figure("documents without a leak", whole)
    for each in [*whole.names("origin "), *whole.names("form ")]:
        figure(each, whole)
    for language in sorted({document["lang"] for document in documents}):
        some = score([each for each in documents if each["lang"] == language], masked(words))
        print(
            f"  {language}: names {some.share('PER'):.1%}, over {some.share('over-redaction'):.1%}"
        )
    print(f"  names left with a register: {sum(leaks(documents, words))}")


def figure(name: str, counts: Score) -> None:
    """Print one share, with its goal if it has one."""
    kind, bound = GOALS.get(name, ("", 0.0))
    share = counts.share(name)
    holds = {"least": share >= bound, "most": share <= bound}.get(kind)
    verdict = "" if holds is None else f"  at {kind} {bound:.0%}: {'holds' if holds else 'MISSED'}"
    print(f"  {name:<30}{share:>7.1%} ({counts.found[name]}/{counts.all[name]}){verdict}")


def masked(words: dict[str, int], *more: str) -> Callable[[str], list[Stretch]]:
    """Return what gives the stretches that are masked; ``more`` labels count as well."""
    labels = MASKED | set(more)
    return lambda text: [
        (span.start, span.end) for span in detect(text, words).spans if span.label in labels
    ]


def leaks(documents: list[Document], words: dict[str, int]) -> Iterator[int]:
    """Yield how many names each document keeps when each full name is in the register once."""
    for document in documents:
        names = {span["text"] for span in gold(document)}
        full = {
            name
            for name in names
            if not any(set(name.split()) < set(each.split()) for each in names)
        }
        redactor = Redactor(words, Register([Person((name,)) for name in sorted(full)], words))
        found = [(span.start, span.end) for span in redactor.analyse(document["text"]).spans]
        counts = score([document], lambda _text, found=found: found)
        yield counts.all["PER"] - counts.found["PER"]


def gold(document: Document) -> list[dict[str, str]]:
    """Return the labelled names of a document, with their text."""
    text = document["text"]
    return [
        {"text": text[span["start"] : span["end"]]}
        for span in document["spans"]
        if span["label"] == "PER"
    ]


def theirs(path: Path, program: Path, documents: list[Document], words: dict[str, int]) -> None:
    """Print what the set's own program says of the same predictions, without highlights."""
    if not program.exists():
        return
    find = masked(words)
    lines = [
        {
            "id": document["id"],
            "spans": [{"start": start, "end": end} for start, end in find(document["text"])],
        }
        for document in documents
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as stream:
        stream.writelines(json.dumps(line) + "\n" for line in lines)
        stream.flush()
        done = subprocess.run(
            [sys.executable, str(program), str(path), stream.name],
            capture_output=True,
            text=True,
            check=True,
        )
    print("  its own score.py says:")
    print("".join(f"    {line}\n" for line in done.stdout.splitlines()[:7]), end="")


def cost(texts: list[str], words: dict[str, int]) -> None:
    """Print speed, whether the cost is linear, and memory."""
    joined = "\n\n".join(texts)
    print("\ncost, in time of one core")
    for size in (200_000, 1_000_000, LONG):
        text = (joined * (size // len(joined) + 1))[:size]
        began = time.process_time()
        detect(text, words)
        spent = time.process_time() - began
        print(f"  {size:>9,} characters: {spent:6.2f} s, {size / spent:>9,.0f} characters a second")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  memory at most: {peak:.0f} MiB")


if __name__ == "__main__":
    main()
