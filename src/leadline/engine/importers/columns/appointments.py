"""Lists of appointments: which column says what became of each, and when it was."""

from __future__ import annotations

from collections.abc import Mapping as Named

from leadline.engine.importers.columns.contents import Contents
from leadline.engine.importers.columns.header_words import DATE_OF
from leadline.engine.importers.columns.mapping import Meaning, Shape
from leadline.engine.importers.words import find_booking, speak_of, synonyms

MOST = 0.8
"""From this share of words for appointments on, a status says what became of them."""
MET, BOOKED, CHURNED = f"{DATE_OF}had_meeting", f"{DATE_OF}booked", f"{DATE_OF}churned"
SOLD = frozenset({f"{DATE_OF}bought", "won on", "closed", "renewal"})
"""Meanings in a list of people who may be clients: there a day of cancelling is that of their custom."""


def find_appointments(
    shape: Shape | None, found: Named[str, Meaning], contents: Named[str, Contents]
) -> dict[str, Meaning]:
    """What changes of the meanings `found` where rows are appointments, by what their words say."""
    means = {meaning.means for meaning in found.values()}
    if shape == "bookings":
        status = None if means & {"stage", "cancelled"} else find_status(found, contents)
        why = "words for what became of an appointment"
        changed = {status: Meaning(means="stage", why=why, sure=0.8)} if status else {}
        return changed | _find_day(found)
    if shape != "contacts" or not means & {MET, BOOKED} or means & SOLD or not speak_of_bookings(found):
        return {}
    why = "what became of an appointment, by its days or its words"
    called_off = Meaning(means="cancelled", why=why, sure=0.8)
    days = [header for header, meaning in found.items() if meaning.means == CHURNED]
    status = find_status(found, contents)
    return dict.fromkeys(
        [*days, *([status] if status else []), *_find_presences(found, contents)], called_off
    )


def _find_presences(found: Named[str, Meaning], contents: Named[str, Contents]) -> list[str]:
    """The columns of yes and no for whether an appointment took place: `Attended`, `Showed up`."""
    return [
        header
        for header, meaning in found.items()
        if meaning.means == "attribute" and contents[header].truths and find_booking(header) == "held"
    ]


def speak_of_bookings(found: Named[str, Meaning]) -> bool:
    """Whether a header has a word that lists of appointments have: service, session."""
    return speak_of(found, synonyms()["bookings"]["headers"])


def find_status(found: Named[str, Meaning], contents: Named[str, Contents]) -> str | None:
    """The column of words for what became of an appointment, one of which says that nobody came."""
    for header, meaning in found.items():
        held = contents[header]
        if meaning.means in ("stage", "attribute", "tags") and held.bookings >= MOST and held.missed:
            return header
    return None


def _find_day(found: Named[str, Meaning]) -> dict[str, Meaning]:
    """Of several days of booking the one for which it was scheduled is that of the appointment."""
    booked = [header for header, meaning in found.items() if meaning.means == BOOKED]
    if len(booked) < 2 or any(meaning.means == MET for meaning in found.values()):
        return {}
    scheduled = [header for header in booked if speak_of([header], ("scheduled", "schedule"))]
    why = "dates; those for which the appointments were scheduled"
    return {scheduled[0]: Meaning(means=MET, why=why, sure=0.8)} if scheduled else {}
