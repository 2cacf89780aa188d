"""Which columns of a list of people say that they are clients: what each bought, and since and until when."""

from __future__ import annotations

from collections.abc import Mapping as Named

from leadline.engine.importers.columns.contents import Contents
from leadline.engine.importers.columns.mapping import Meaning, Shape
from leadline.engine.importers.words import synonyms, tokens

BOUGHT = "date of bought"
BEGUN = ("created", "happened at", "order placed", "ignored")
"""What a column of the days on which something began means in a list of other people."""


def find_clients(
    shape: Shape | None, found: Named[str, Meaning], contents: Named[str, Contents]
) -> dict[str, Meaning]:
    """What changes of the meanings `found` in a list of people of whom something is to be renewed, or ends.

    Nothing but a price beside what was bought for it, and the day on which that began, says it as well;
    where the header of that day says that they bought, nothing else needs to be thought.
    """
    at = {meaning.means: header for header, meaning in found.items()}
    if shape != "contacts":
        why = "dates of a plan, not of something that happened with a person"
        return {at["renewal"]: Meaning(means="ignored", why=why, sure=1.0)} if "renewal" in at else {}
    package = at.get("offer") or _find(found, contents, "bought", ("attribute", "ignored"))
    begun = at.get(BOUGHT) or _find(found, contents, "began", BEGUN)
    priced = package and "value" in at and BOUGHT not in at
    if begun is None and "renewal" in at:
        why = "dates of a renewal, and nothing says when what is renewed began"
        return {at["renewal"]: Meaning(means="ignored", why=why, sure=0.6)}
    if begun is None or not ("renewal" in at or priced):
        return {}
    changed = {}
    if BOUGHT not in at:
        why = "dates; what they bought began then"
        changed[begun] = Meaning(means=BOUGHT, why=why, sure=0.8)
    if package and "offer" not in at:
        why = f"{contents[package].says}; what each of them bought"
        changed[package] = Meaning(means="offer", why=why, sure=0.8)
    ends = _find(found, contents, "ends", ("ignored",))
    if ends and "renewal" not in at:
        why = "dates; what they bought ends then, or is to be renewed"
        changed[ends] = Meaning(means="renewal", why=why, sure=0.8)
    return changed


def _small_words() -> set[str]:
    """Words that take nothing from what the other words of a header say."""
    return {word for sort in ("blocking", "dropped", "dates") for word in synonyms()["headers"][sort]}


def _find(
    found: Named[str, Meaning], contents: Named[str, Contents], words: str, meant: tuple[str, ...]
) -> str | None:
    """The first column under a header of such words, which would mean one of these; of days, or of texts."""
    said = set(synonyms()["clients"][words])
    of_days = words != "bought"
    for header, meaning in found.items():
        held = contents[header]
        sort = held.are_dates if of_days else held.can_be("texts")
        others = set(tokens(header)) - said - _small_words()
        if meaning.means in meant and sort and said & set(tokens(header)) and len(others) <= 1:
            return header
    return None
