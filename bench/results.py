"""One measured figure, and the table that shows them all."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Result:
    """A figure. ``reference`` is the same figure of the reference in the same run."""

    name: str
    value: float
    unit: str
    reference: float | None = None
    ratio: float | None = None
    goal: str = ""
    holds: bool | None = None


def compare(name: str, value: float, unit: str, reference: float, least: float) -> Result:
    """Return a figure that should be at least ``least`` times the reference's."""
    ratio = value / reference
    goal = f"at least {least:g} of the reference"
    return Result(name, value, unit, reference, ratio, goal, ratio >= least)


def beside(name: str, value: float, unit: str, reference: float, most: float) -> Result:
    """Return a figure that should be at most ``most`` times the reference's."""
    ratio = value / reference if reference else 0.0
    goal = f"at most {most:g} of the reference"
    return Result(name, value, unit, reference, ratio, goal, value <= most * reference)


def at_most(name: str, value: float, unit: str, most: float) -> Result:
    """Return a figure that should be at most ``most``."""
    goal = f"at most {most:g} {unit}".rstrip()
    return Result(name, value, unit, goal=goal, holds=value <= most)


def raw(name: str, value: float, unit: str, reference: float | None = None) -> Result:
    """Return a figure without a goal: what another one was made of."""
    ratio = value / reference if reference else None
    return Result(name, value, unit, reference, ratio)


def table(results: list[Result]) -> str:
    """Return the figures as lines of text."""
    width = max([len(each.name) for each in results], default=0) + 2
    lines = [f"{'figure':<{width}}{'value':>10} {'unit':<8}{'reference':>10}{'ratio':>7}  goal"]
    for each in results:
        reference = "" if each.reference is None else f"{each.reference:.2f}"
        ratio = "" if each.ratio is None else f"{each.ratio:.2f}"
        verdict = {True: "holds", False: "MISSED", None: ""}[each.holds]
        lines.append(
            f"{each.name:<{width}}{each.value:>10.2f} {each.unit:<8}{reference:>10}{ratio:>7}"
            f"  {each.goal} {verdict}".rstrip()
        )
    return "\n".join(lines)
