"""How far two words are apart: the arithmetic of slips of the pen."""

from __future__ import annotations

from collections.abc import Iterator


def shorter(word: str) -> Iterator[str]:
    """Yield a word and all forms of it that lack one letter: two words that share one are near."""
    yield word
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]


def one_apart(first: str, second: str) -> bool:
    """Tell whether one letter less, more, other or two swapped make one word of the other."""
    if abs(len(first) - len(second)) > 1:
        return False
    short, long = sorted((first, second), key=len)
    at = next((place for place, letter in enumerate(short) if letter != long[place]), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    if short[at + 1 :] == long[at + 1 :]:
        return True
    return short[at : at + 2] == long[at : at + 2][::-1] and short[at + 2 :] == long[at + 2 :]
