"""Names beside halves of names: the other half, or a title that is nobody's name."""

from __future__ import annotations

from collections.abc import Mapping as Named

from leadline.engine.importers.columns.mapping import Meaning
from leadline.engine.touches import Column

SAMPLE = 400
"""So many rows are looked at to tell a whole name from half of one."""
HALVES = ("first name", "last name")


def find_halves(
    found: Named[str, Meaning], columns: Named[str, Column], given: Named[str, Meaning]
) -> dict[str, Meaning]:
    """What changes of the meanings `found` where a name stands beside one half of a name, or beside both.

    Beside one it is the other half (Vorname, Name), unless it holds the whole of it. Beside both it is a
    title (`Lead #12`) where in most rows it holds neither, and most rows have a half.
    """
    at = {meaning.means: header for header, meaning in found.items()}
    halves = [half for half in HALVES if half in at]
    if not halves or "name" not in at or at["name"] in given:
        return {}
    names = columns[at["name"]].values()[:SAMPLE]
    parts = [columns[at[half]].values()[:SAMPLE] for half in halves]
    rows = [(str(name), part) for name, *part in zip(names, *parts, strict=True) if name]
    held = [_holds(name, part) for name, part in rows if any(part)]
    if not held or sum(held) >= len(held) / 2:
        return {}
    why = found[at["name"]].why
    if len(halves) == 1:
        other = HALVES[1 - HALVES.index(halves[0])]
        why = f"{why}, and “{at[halves[0]]}” holds the {halves[0]}"
        return {at["name"]: Meaning(means=other, why=why, sure=0.9)}
    if len(held) <= len(rows) / 2:
        return {}
    why = f"{why}, and is not what “{at[halves[0]]}” and “{at[halves[1]]}” say: a title"
    return {at["name"]: Meaning(means="ignored", why=why, sure=0.8)}


def _holds(name: str, parts: list[str | None]) -> bool:
    """Whether a name holds one of these parts of names."""
    return any(part.casefold() in name.casefold() for part in parts if part)
