"""By which headers a file of activities is known, and what each means there."""

from __future__ import annotations

from collections.abc import Mapping as Named
from collections.abc import Sequence
from functools import cache

from leadline.engine.importers.columns.contents import Contents
from leadline.engine.importers.columns.mapping import Meaning
from leadline.engine.importers.words import squeezed, synonyms, tokens

DATED = ("due", "happened at", "finished", "created")
SEVERAL = ("what happened", "done")
"""Meanings that more than one column of such a file may have."""
NOT_KEPT = "nothing that is kept of an activity"


def are_activities(headers: Sequence[str]) -> bool:
    """Whether headers are those of activities."""
    said, plain = synonyms()["activities"], {_plain(header) for header in headers}
    alone = {squeezed(words) for words in said["telling"]}
    return bool(plain & alone) or any({squeezed(one) for one in group} <= plain for group in said["together"])


def mean_activities(contents: Named[str, Contents]) -> dict[str, Meaning]:
    """What each column of a file of activities means."""
    roles = _roles()
    found: dict[str, Meaning] = {}
    taken: set[str] = set()
    for header, held in contents.items():
        means = next((one for one in roles.get(_plain(header), ()) if _fits(one, held, taken)), "")
        taken |= {means}
        why = f"{held.says}; in a file of activities" if means else NOT_KEPT
        found[header] = Meaning(means=means or "ignored", why=why, sure=0.9)
    return found


def _fits(means: str, held: Contents, taken: set[str]) -> bool:
    if means in taken and means not in SEVERAL:
        return False
    if means in DATED or not held.filled:
        return held.are_dates
    return not held.are_dates and (means != "e-mail" or held.can_be("e-mails"))


def _plain(header: str) -> str:
    """A header without the word that some programs put before each."""
    words = [word for word in tokens(header) if word not in ("activity", "aktivitat")]
    return "".join(words) or squeezed(header)


@cache
def _roles() -> dict[str, tuple[str, ...]]:
    """What each header may mean."""
    found: dict[str, list[str]] = {}
    for means, headers in synonyms()["activities"]["columns"].items():
        for header in headers:
            found.setdefault(_plain(header), []).append(means)
    return {header: tuple(means) for header, means in found.items()}
