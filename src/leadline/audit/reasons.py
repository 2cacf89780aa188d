"""Why rows were not used, with reasons that differ only by a line or a cell told together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_LINE = re.compile(r"\bline \d+$")
_CELL = re.compile(r"“(?P<cell>.*)” in (?P<rest>“[^”]*”: .+)", re.DOTALL)
_WORD = re.compile(r"“(?P<cell>.*)” (?P<rest>is no kind of touch that is known): .+", re.DOTALL)
SINGLE = 10
"""So many different cells that can't be used are named one by one; of more, the most frequent one is."""


def group_reasons(reasons: Iterable[str]) -> list[tuple[str, int]]:
    """Each reason and how many rows have it, the most frequent first."""
    counts = Counter(_LINE.sub("an earlier line", reason) for reason in reasons)
    alike: dict[str, list[str]] = {}
    for reason in counts:
        if found := _CELL.fullmatch(reason) or _WORD.fullmatch(reason):
            alike.setdefault(found["rest"], []).append(reason)
    for rest, several in alike.items():
        if len(several) > SINGLE:
            _tell_together(counts, rest, several)
    return counts.most_common()


def _tell_together(counts: Counter[str], rest: str, several: list[str]) -> None:
    often = max(several, key=counts.__getitem__)
    found = _CELL.fullmatch(often) or _WORD.fullmatch(often)
    assert found
    count = sum(counts.pop(reason) for reason in several)
    said = f"in {rest}" if rest.startswith("“") else rest
    counts[f"{len(several):,} different texts, such as “{found['cell']}”, {said}"] += count
