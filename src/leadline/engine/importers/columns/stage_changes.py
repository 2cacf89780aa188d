"""Which files are histories of stages: the same deal or contact stands in several stages, on several days."""

from __future__ import annotations

from collections.abc import Mapping as Named
from pathlib import PurePath

import numpy as np

from leadline.engine.importers.columns.contents import Contents
from leadline.engine.importers.columns.mapping import Meaning
from leadline.engine.importers.words import squeezed, synonyms, tokens
from leadline.engine.touches import Column

WHOM = ("deal id", "contact id", "e-mail", "deal name", "name", "company id", "company", "record id")
"""By what the rows of one record are found, the surest first."""
WHEN = ("stage changed", "happened at", "created")
"""Meanings of the column that says when a stage was set, the surest first."""
KEPT = frozenset({*WHOM, "stage", "value", "currency", "owner", "source", "first name", "last name", "phone"})
"""Meanings of columns that are used of a history."""
CHANGING = 0.5
"""The share of the records with several rows that must have stood in several stages, on several days."""
SEVERAL = 0.2
"""The share of records that must have several rows, unless the file says that it is a history."""


def is_stage_history(
    name: str, found: Named[str, Meaning], contents: Named[str, Contents], columns: Named[str, Column]
) -> bool:
    """Whether rows are changes of a stage rather than deals or contacts: most who come again have moved on.

    A file of deals has one date of creation for each deal, so a deal that stands there twice has not moved.
    """
    at = {meaning.means: header for header, meaning in found.items()}
    whom = next((at[means] for means in WHOM if means in at), None)
    when = _find_when(at, contents)
    if whom is None or when is None or "stage" not in at or at.keys() & {"what happened", "order id"}:
        return False
    several, changing = _changes(columns[whom], columns[at["stage"]], columns[when])
    if not several or changing < CHANGING:
        return False
    if _says_history(name, found) or at.get("stage changed") == when:
        return True
    is_deal = found[whom].means in ("deal id", "record id")
    steps = not set(tokens(at["stage"])) & {"status", "statut", "stato", "estado"}
    bare = found[when].means == "happened at" and "value" not in at and steps
    return several >= SEVERAL and (is_deal or bare)


def reconsider_history(found: Named[str, Meaning], contents: Named[str, Contents]) -> dict[str, Meaning]:
    """The columns that mean something else in a history of stages than they would alone."""
    at = {meaning.means: header for header, meaning in found.items()}
    when = _find_when(at, contents)
    why = "no use is made of it in a history of stages"
    changed = {
        header: Meaning(means="ignored", why=why, sure=meaning.sure)
        for header, meaning in found.items()
        if meaning.means not in KEPT
    }
    if when is not None:
        because = "dates; when the stage was set, in a history of stages"
        changed[when] = Meaning(means="happened at", why=because, sure=0.8)
    if "record id" in at:
        header, others = at["record id"], at.keys() & set(WHOM) - {"record id"}
        contacts = set(tokens(at.get("stage", ""))) & {"lifecycle", "lifecyclestage", "lead"}
        whose = "contact id" if contacts else "deal id"
        because = "the same id comes again, in a history of stages"
        changed[header] = (
            Meaning(means="ignored", why="the id of each change", sure=0.8)
            if others
            else Meaning(means=whose, why=because, sure=0.7)
        )
    return changed


def _find_when(at: Named[str, str], contents: Named[str, Contents]) -> str | None:
    """The column that says when a stage was set; the only dates, if no header says it."""
    told = next((at[means] for means in WHEN if means in at and contents[at[means]].are_dates), None)
    dates = [header for header, held in contents.items() if held.are_dates]
    return told or (dates[0] if len(dates) == 1 else None)


def _changes(whom: Column, stage: Column, when: Column) -> tuple[float, float]:
    """The share of the records that have several rows, and of those the share that moved on."""
    rows = np.flatnonzero((whom.codes >= 0) & (when.codes >= 0))
    if not len(rows):
        return 0.0, 0.0
    _, first, place = np.unique(whom.codes[rows], return_index=True, return_inverse=True)
    several = np.bincount(place) > 1
    if not several.any():
        return 0.0, 0.0
    moved = [
        np.bincount(place, weights=column.codes[rows] != column.codes[rows][first][place]) > 0
        for column in (stage, when)
    ]
    return float(np.mean(several)), float(np.mean((moved[0] & moved[1])[several]))


def _says_history(name: str, found: Named[str, Meaning]) -> bool:
    """Whether the file's name, or a header for the stage before, says that it is a history."""
    words = synonyms()["histories"]
    called = set(tokens(PurePath(name).stem)) & set(words["files"])
    before = {squeezed(word) for word in words["before"]}
    return bool(called) or any(squeezed(header) in before for header in found)
