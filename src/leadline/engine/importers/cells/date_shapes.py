"""Dates in numbers, read many at a time: texts of the same shape have each figure in the same place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from leadline.engine.importers.cells.month_names import PIVOT
from leadline.engine.importers.cells.zones import from_clock

FIRST_YEAR, LAST_YEAR = 1900, 2200
SECOND = 1_000_000
DAY = 86_400 * SECOND
ZONES = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 60, "BST": 60, "CET": 60, "CEST": 120, "EET": 120,
    "EEST": 180, "MEZ": 60, "MESZ": 120, "OEZ": 120, "OESZ": 180,
    "EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480,
    "PDT": -420,
}  # fmt: skip
"""Minutes that the clocks of these names are ahead of UTC, as the exports of CRMs use them."""

_FIRST = {"dmy": "day", "mdy": "month"}
_SECOND = {"dmy": "month", "mdy": "day"}
_MONTH_LENGTHS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_DIGITS = str.maketrans("123456789", "0" * 9)
_DATES = (
    r"(?P<year>0000)(?P<mark>[-/.]) ?(?P<month>00?)(?P=mark) ?(?P<day>00?)\.?",
    r"(?P<first>00?)(?P<mark>[-/.]) ?(?P<other>00?)(?P=mark) ?(?P<year>0000|00)\.?",
    r"(?P<year>0000)[-/](?P<month>00)",
    r"(?P<month>00?)[-/](?P<year>0000)",
)
_TIME = (
    r"(?P<hour>00?):(?P<minute>00)(?::(?P<seconds>00)(?:[.,](?P<fraction>0{1,9}))?)?"
    r"(?: ?(?P<half>[ap](?=\.? ?m)|vorm|nachm)\.?(?: ?m\.?)?)?"
    rf" ?(?P<zone>{'|'.join(ZONES)})?"
    r"(?:(?P<sign>[-+])(?P<ahead_hours>00)(?::?(?P<ahead_minutes>00))?)?(?: UTC)?"
)
_SHAPES = [
    *(re.compile(rf"{date}(?:(?:T|,? | - ){_TIME})?", re.IGNORECASE) for date in _DATES),
    re.compile(
        r"(?P<year>0000)(?P<month>00)(?P<day>00)"
        r"(?:[T ]?(?P<hour>00)(?P<minute>00)(?P<seconds>00)(?P<zone>Z)?)?"
    ),
]
Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def read_shapes(labels: Sequence[str], order: str, zone: str = "") -> tuple[Integers, Mask]:
    """Instants (µs UTC) of dates in numbers, and which texts were one; `order` is "dmy" or "mdy".

    A time without an offset is one that the clocks of the `zone` show, of UTC where that is "".
    Days that no calendar has and years outside 1900 to 2200 are not ok; their instant is 0.
    """
    instants = np.zeros(len(labels), np.int64)
    ok = np.zeros(len(labels), np.bool_)
    rows_of: dict[str, list[int]] = {}
    for row, label in enumerate(labels):
        rows_of.setdefault(label.translate(_DIGITS), []).append(row)
    for shape, rows in rows_of.items():
        found = next((match for way in _SHAPES if (match := way.fullmatch(shape))), None)
        if found:
            texts = labels if len(rows) == len(labels) else [labels[row] for row in rows]
            read, ok[rows] = _read_alike(texts, found, order)
            instants[rows] = from_clock(read, zone) if zone and _is_local(found) else read
    return instants, ok


def _is_local(found: re.Match[str]) -> bool:
    """Whether texts of a shape have a time, and say nothing of its offset from UTC."""
    parts = found.groupdict()
    told = parts.get("zone") or parts.get("sign") or found[0].upper().endswith("UTC")
    return bool(parts.get("hour")) and not told


def _read_alike(texts: Sequence[str], found: re.Match[str], order: str) -> tuple[Integers, Mask]:
    """The instants of texts that all have the shape that was `found`, and which of them can be."""
    signs = np.frombuffer("".join(texts).encode("ascii"), np.uint8).reshape(len(texts), -1)
    parts = found.groupdict()
    figures = {
        name: _read_figure(signs, *found.span(name))
        for name, part in parts.items()
        if part and part[0] == "0"
    }
    if "first" in figures:
        figures[_FIRST[order]], figures[_SECOND[order]] = figures["first"], figures["other"]
    elif "day" not in figures:
        figures["day"] = np.ones(len(texts), np.int64)
    days, real_day = _count_days(figures["year"], figures["month"], figures["day"])
    time, real_time = _read_time(figures, parts, len(texts))
    ok = real_day & real_time
    return np.where(ok, days * DAY + time, 0), ok


def _read_figure(signs: npt.NDArray[np.uint8], start: int, end: int) -> Integers:
    """The number that the columns from `start` to `end` of a matrix of digits say, a row each."""
    number = np.zeros(len(signs), np.int64)
    for column in range(start, end):
        number = number * 10 + (signs[:, column] - ord("0"))
    return number


def _count_days(year: Integers, month: Integers, day: Integers) -> tuple[Integers, Mask]:
    """Days since 1970-01-01, and which of these dates exist; years of two digits are made whole first.

    Counted from the first of March of year 0, so that the leap day ends the year: five months from March
    on have 153 days, 400 years have 146,097.
    """
    year = np.where(year < PIVOT, year + 2000, np.where(year < 100, year + 1900, year))
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    months = np.clip(month, 1, 12)
    length = _MONTH_LENGTHS[months] + ((months == 2) & leap)
    ok = (month == months) & (day >= 1) & (day <= length) & (year >= FIRST_YEAR) & (year <= LAST_YEAR)
    march_year = year - (months <= 2)
    day_of_year = (153 * ((months + 9) % 12) + 2) // 5 + day - 1
    return (
        march_year * 365 + march_year // 4 - march_year // 100 + march_year // 400 + day_of_year - 719_468,
        ok,
    )


def _read_time(
    figures: Mapping[str, Integers], parts: Mapping[str, str | None], n: int
) -> tuple[Integers, Mask]:
    """Microseconds after midnight UTC, and which of these times exist; midnight where no time is written."""
    zero = np.zeros(n, np.int64)
    hour, minute, second = (figures.get(name, zero) for name in ("hour", "minute", "seconds"))
    ok = (hour < 24) & (minute < 60) & (second < 60)
    half = (parts.get("half") or "").lower()
    if half:
        after_noon = half in ("p", "nachm")
        ok &= (hour <= 12) | after_noon
        hour = hour % 12 + 12 * after_noon
    fraction = figures.get("fraction", zero) * 10 ** (9 - len(parts.get("fraction") or "")) // 1000
    ahead = figures.get("ahead_hours", zero) * 60 + figures.get("ahead_minutes", zero)
    ahead = ZONES.get((parts.get("zone") or "").upper(), 0) + (-ahead if parts.get("sign") == "-" else ahead)
    told = ((hour * 60 + minute) * 60 + second) * SECOND + fraction
    time = told - ahead * 60 * SECOND
    return np.where((told != 0) & (time % DAY == 0), time + 1, time), ok  # it stands for no day: of_hour
