"""Lists of guests: which column says whether somebody comes to an event, and when they registered."""

from __future__ import annotations

from collections.abc import Mapping as Named

from leadline.engine.importers.columns.contents import Contents
from leadline.engine.importers.columns.header_words import DATE_OF
from leadline.engine.importers.columns.mapping import Meaning, Shape
from leadline.engine.importers.words import speak_of, synonyms

MOST = 0.8
"""From this share of words for guests on, a column says whether they come."""
OPEN_TO_IT = ("stage", "attribute", "outcome", "cancelled")
REGISTERED = f"{DATE_OF}registered"


def find_guests(
    shape: Shape | None, found: Named[str, Meaning], contents: Named[str, Contents]
) -> dict[str, Meaning]:
    """What changes of the meanings `found` in a list of the guests of an event.

    The day of the record is that of the registration there, where no other column has it.
    """
    if shape != "contacts" or not speak_of(found, synonyms()["guests"]["headers"]):
        return {}
    for header, meaning in found.items():
        held = contents[header]
        if meaning.means in OPEN_TO_IT and held.guests >= MOST:
            why = f"{held.says}, words for who comes to an event, and who doesn't"
            return {header: Meaning(means="coming", why=why, sure=0.8), **_find_registered(found)}
    return {}


def _find_registered(found: Named[str, Meaning]) -> dict[str, Meaning]:
    at = {meaning.means: header for header, meaning in found.items()}
    if REGISTERED in at or "created" not in at:
        return {}
    why = "dates; a guest's record is made when they register"
    return {at["created"]: Meaning(means=REGISTERED, why=why, sure=0.8)}
