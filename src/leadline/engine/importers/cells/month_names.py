"""Dates that are written with the name of a month or of a weekday, told in numbers."""

from __future__ import annotations

import re
from functools import lru_cache

PIVOT = 69
"""Years of two digits from here on are of the 1900s, those below of the 2000s (as POSIX has it)."""

_NAMES = """
january jan januar jänner janvier janv enero ene gennaio gen janeiro
february feb februar février fevrier févr fevr fév febrero febbraio fevereiro fev
march mar märz maerz mär mrz mars marzo março marco
april apr avril avr abril abr aprile
may mai mayo maggio mag maio
june jun juni juin junio giugno giu junho
july jul juli juillet juil julio luglio lug julho
august aug août aout agosto ago
september sep sept septembre septiembre setiembre settembre set setembro
october oct oktober okt octobre octubre ottobre ott outubro out
november nov novembre noviembre novembro
december dec dezember dez décembre decembre déc diciembre dic dicembre dezembro
"""
MONTHS = {name: month for month, line in enumerate(_NAMES.split("\n")[1:-1], 1) for name in line.split()}
"""Names and short names of months, in small letters, in six languages, and their numbers."""

_WEEKDAYS = (
    "mon tue tues wed thu thur thurs fri sat sun monday tuesday wednesday thursday friday saturday sunday "
    "mo di mi do fr sa so montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag "
    "lun mar mer jeu ven sam dim lundi mardi mercredi jeudi vendredi samedi dimanche "
    "gio sab dom lunedì martedì mercoledì giovedì venerdì sabato domenica "
    "mié jue vie sáb lunes martes miércoles jueves viernes sábado domingo "
    "seg ter qua qui sex segunda-feira terça-feira quarta-feira quinta-feira sexta-feira"
)
_WEEKDAY = re.compile(rf"(?:{'|'.join(_WEEKDAYS.split())})\.?,? +", re.IGNORECASE)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|°|\.)?"
_MONTH = r"(?P<month>[^\W\d_]{3,})\.?"
_YEAR = r"'?(?P<year>\d{4}|\d{2})"
_OF = r"(?:(?:de|del|of|di) )?"
_GAP = rf"(?:[ ,/.-]+{_OF}|(?<=\d)(?=[^\W\d])|(?<=[^\W\d])(?=\d))"
_WAYS = [
    re.compile(way, re.IGNORECASE)
    for way in (
        _DAY + _GAP + _MONTH + _GAP + _YEAR,
        _MONTH + _GAP + _DAY + r"[ ,/.-]+" + _YEAR,
        r"(?P<year>\d{4})" + _GAP + _MONTH + _GAP + _DAY,
        _MONTH + rf"(?:[ ,/.-]+{_OF}(?P<year>\d{{4}})|(?:-| ?')(?P<short>\d\d))",
    )
]
_TIME = re.compile(r"(.*?)(?:[ ,T]| at | um | à )+(\d{1,2}:[^(\[]*)(?:[(\[].*)?", re.IGNORECASE)


def expand_year(year: int) -> int:
    """The year that two digits stand for; a longer year as it is."""
    return year if year >= 100 else year + (2000 if year < PIVOT else 1900)


_EASTERN = re.compile(r"(\d{4}) ?[年년] ?(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日일]")
"""Year, month and day as they are written in East Asia."""


def spell_out(text: str) -> str:
    """A date with names as year-month-day, its time after it; any other text without weekday and odd spaces.

    Month and year alone are the first day of that month; of a span (`5 May 2026 → 7 May 2026`) the first
    day counts.
    """
    text = _EASTERN.sub(r"\1-\2-\3 ", " ".join(text.split()).split(" → ")[0]).strip()
    timed = _TIME.fullmatch(text)
    return f"{_spell_day(timed[1])} {timed[2].strip()}" if timed else _spell_day(text)


@lru_cache(maxsize=1 << 16)
def _spell_day(text: str) -> str:
    bare = _WEEKDAY.sub("", text, count=1)
    for candidate in dict.fromkeys((text, bare)):
        for way in _WAYS:
            found = way.fullmatch(candidate)
            parts = found.groupdict() if found else {}
            month = MONTHS.get((parts.get("month") or "").casefold())
            if month:
                year = expand_year(int(parts["year"] or parts["short"]))
                return f"{year:04}-{month:02}-{int(parts.get('day') or 1):02}"
    return bare
