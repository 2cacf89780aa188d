"""Answers to a form, and leads of advertisements: what their columns mean beside each other."""

from __future__ import annotations

from collections.abc import Mapping as Named

from leadline.engine.importers.columns.contents import Contents
from leadline.engine.importers.columns.header_words import DATE_OF
from leadline.engine.importers.columns.mapping import Meaning, Shape
from leadline.engine.importers.words import squeezed, synonyms, tokens

QUESTIONS = 2
"""So many headers that ask something make a table the answers to a form."""
ASKING = ("?", "？", "¿", ";?")
"""How a header ends that asks something."""


def find_answers(
    shape: Shape | None, found: Named[str, Meaning], contents: Named[str, Contents]
) -> dict[str, Meaning]:
    """What changes of the meanings `found` in a list of people who answered a form, or an advertisement."""
    return _find_submitted(shape, found, contents) | _find_leads(shape, found, contents)


def _find_submitted(
    shape: Shape | None, found: Named[str, Meaning], contents: Named[str, Contents]
) -> dict[str, Meaning]:
    """The only dates beside questions, under a header that says but the time, are those of the answers."""
    dates = [header for header, held in contents.items() if held.are_dates]
    asked = sum(header.strip().endswith(ASKING) for header in found)
    if shape != "contacts" or len(dates) != 1 or asked < QUESTIONS:
        return {}
    stamps = {squeezed(word) for word in synonyms()["forms"]["stamps"]}
    if squeezed(dates[0]) not in stamps:
        return {}
    why = "dates; the only ones beside the questions of a form, which was filled in then"
    return {dates[0]: Meaning(means=f"{DATE_OF}filled_form", why=why, sure=0.8)}


def _find_leads(
    shape: Shape | None, found: Named[str, Meaning], contents: Named[str, Contents]
) -> dict[str, Meaning]:
    """A lead of an advertisement filled in its form; the platform that showed it is no source."""
    ads = {squeezed(word) for word in synonyms()["forms"]["ads"]}
    if shape != "contacts" or not ads & {squeezed(header) for header in found}:
        return {}
    filled = Meaning(
        means=f"{DATE_OF}filled_form", why="dates; the form of an advertisement was filled in", sure=0.8
    )
    platform = Meaning(means="attribute", why="where an advertisement was shown", sure=0.8)
    changed = {
        header: platform
        for header, meaning in found.items()
        if meaning.means == "source" and "platform" in tokens(header)
    }
    if filled.means in {meaning.means for meaning in found.values()}:
        return changed
    created = next((header for header, meaning in found.items() if meaning.means == "created"), None)
    return changed | ({created: filled} if created and contents[created].are_dates else {})
