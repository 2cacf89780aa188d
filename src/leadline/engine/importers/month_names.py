"""Dates that are written with the name of a month or of a weekday, told in numbers."""

from __future__ import annotations

import re

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
_WEEKDAY = re.compile(rf"(?:{'|'.join(_WEEKDAYS.split())})\.?,? +(?=\S)", re.IGNORECASE)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|°|\.)?"
_MONTH = r"(?P<month>[^\W\d_]{3,})\.?"
_YEAR = r"'?(?P<year>\d{4}|\d{2})"
_GAP = r"(?:[ ,/.-]+(?:(?:de|del|of|di) )?|(?<=\d)(?=[^\W\d])|(?<=[^\W\d])(?=\d))"
_TIME = r"(?:(?:[ ,T]| at | um )+(?P<time>\d{1,2}:[^(\[]*))? *(?:[(\[].*)?"
_WAYS = [
    re.compile(way + _TIME, re.IGNORECASE)
    for way in (
        _DAY + _GAP + _MONTH + _GAP + _YEAR,
        _MONTH + _GAP + _DAY + r"[ ,/.-]+" + _YEAR,
        r"(?P<year>\d{4})" + _GAP + _MONTH + _GAP + _DAY,
        _MONTH + r"(?:[ ,/.-]+(?:(?:de|del|of|di) )?(?P<year>\d{4})|(?:-| ?')(?P<short>\d{2}))",
    )
]


def expand_year(year: int) -> int:
    """The year that two digits stand for; a longer year as it is."""
    return year if year >= 100 else year + (2000 if year < PIVOT else 1900)


def spell_out(text: str) -> str:
    """A date with names as year-month-day, its time after it; any other text without weekday and odd spaces.

    Month and year alone are the first day of that month.
    """
    text = " ".join(text.split())
    for candidate in dict.fromkeys((text, _WEEKDAY.sub("", text, count=1))):
        for way in _WAYS:
            found = way.fullmatch(candidate)
            parts = found.groupdict() if found else {}
            month = MONTHS.get((parts.get("month") or "").casefold())
            if month:
                year = expand_year(int(parts["year"] or parts["short"]))
                day = int(parts.get("day") or 1)
                return f"{year:04}-{month:02}-{day:02} {parts['time'] or ''}".strip()
    return candidate
