"""Dates as people write them: the order of day and month is decided for whole columns, never cell by cell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from leadline.engine.errors import AmbiguousDates, UnknownName, nearest
from leadline.engine.importers.cells.date_shapes import DAY, FIRST_YEAR, LAST_YEAR, read_shapes
from leadline.engine.importers.cells.month_names import expand_year, spell_out
from leadline.engine.importers.cells.values import is_placeholder, spread
from leadline.engine.importers.cells.zones import from_clock

ORDERS = {"dmy": "day/month", "mdy": "month/day"}
"""The two orders in which a date with the year last can be written."""

MINORITY = 0.05
"""Below this share, cells possible only in the other order are mistakes; from it on nothing is sure."""

LONGEST = 100
"""No date is written with more characters than this."""

_EITHER = re.compile(r"(?:[^\W\d]+\.?,?\s)?((\d\d?)([-/.])\s?(\d\d?)\3\s?(?:\d{4}|\d\d))(?!\d)")
_DAY_LIKE = re.compile(r"(?:(\d{4})([-/.])\d\d?\2\d\d?|\d\d?([-/.])\d\d?\3(\d{4}|\d\d))(?![-/.]?\d)")
_BARE = re.compile(r"(\d{5}|\d{10}|\d{13}|\d{16})(?:\.\d+)?")
_NUMBERS = {5: "days", 10: "seconds", 13: "milliseconds", 16: "microseconds"}
_MICROSECONDS = {"days": DAY, "seconds": 1_000_000, "milliseconds": 1000, "microseconds": 1}
_DAY_OF_1970 = 25_569
_FIRST_NUMBER, _LAST_NUMBER = 315_532_800 * 1_000_000, 4_102_444_800 * 1_000_000
_DATE_WORDS = re.compile(
    r"date|time|when|at|on|am|day|since|created|closed|modified|updated|started|ended|entered|exited|became|ts|"
    r"fecha|data|zeit|jour|dia|giorno|\w*(?:timestamp|datetime|datum)|(?!candidate|mandate|update)\w+date"
)


@dataclass(frozen=True)
class DateForm:
    """How a column writes its dates.

    `order` is "dmy" or "mdy"; `decided` where the column, a sibling or the user gave it (a column without
    such dates reads the same in both). `numbers` says what bare numbers are: "days" (as spreadsheets count
    them), "seconds", "milliseconds" or "microseconds" since 1970, or "" where they are no dates. `zone` is
    the place whose clocks show the times that have no offset, "" for UTC.
    """

    order: str = "dmy"
    decided: bool = False
    numbers: str = ""
    zone: str = ""


@dataclass(frozen=True)
class _Evidence:
    """The dates of a column that are possible in "dmy" or "mdy" only, in "either", or the "same" in both."""

    counts: Counter[str]
    examples: Mapping[str, Sequence[str]]
    marks: frozenset[str]


def decide_order(
    labels: Iterable[str], order: str | None = None, *, column: str = "", file: str = ""
) -> DateForm:
    """The form of one column of dates, whose `column` and `file` are named if it can't be told.

    As `decide_file_order` with a single column.
    """
    return decide_file_order({column: list(labels)}, order, file=file)[column]


def decide_file_order(
    columns: Mapping[str, Sequence[str]],
    order: str | None = None,
    *,
    file: str = "",
    usual: str | None = None,
) -> dict[str, DateForm]:
    """The forms of all the columns of dates of one file, told from their distinct texts.

    A column is in the order in which all of its cells are possible. Where fewer than 5 % of the telling cells
    are possible only in the other order, those are mistakes and will be unreadable; from there on it is an
    error. A column that could be either takes the order of the file's columns that are decided and use the
    same marks; with dots (05.10.2026) the day comes first, as everywhere where dates have dots. An `order`
    that is given ("dmy" or "mdy") holds for every column, one that is `usual` for those of which neither they
    nor others tell. Columns whose dates are the same in both orders, or
    have the year first, are not decided and need not be.

    Raises AmbiguousDates with the column, two of its cells and the option that decides it.
    """
    if order is not None and order not in ORDERS:
        allowed = " or ".join(ORDERS)
        raise UnknownName(
            f"no order of dates is called {order!r}", allowed=allowed, suggestion=nearest(order, ORDERS)
        )
    evidence = {name: _gather(labels) for name, labels in columns.items()}
    orders = {name: order or _choose(found, name, file) for name, found in evidence.items()}
    forms = {}
    for name, found in evidence.items():
        chosen = orders[name]
        if chosen is None and found.counts["either"]:
            siblings = {other for kin, other in orders.items() if other and evidence[kin].marks & found.marks}
            if not siblings and (found.marks == {"."} or usual):
                siblings = {"dmy" if found.marks == {"."} or usual is None else usual}
            if len(siblings) != 1:
                raise _ask(
                    name, file, found.examples["either"], "which are dates both day first and month first"
                )
            chosen = siblings.pop()
        forms[name] = DateForm(chosen or "dmy", chosen is not None, decide_numbers(columns[name]))
    return forms


def _gather(labels: Iterable[str]) -> _Evidence:
    found = Counter(match.groups() for text in labels if (match := _EITHER.match(text)))
    counts: Counter[str] = Counter()
    examples: dict[str, list[str]] = {}
    for (date, first, _, second), count in found.items():
        order = _possible_order(int(first), int(second))
        counts[order] += count
        examples.setdefault(order, []).append(date)
    return _Evidence(counts, examples, frozenset(mark for _, _, mark, _ in found))


def _possible_order(first: int, second: int) -> str:
    if not 1 <= min(first, second) <= 12:
        return "none"
    if max(first, second) > 12:
        return "dmy" if first > 12 else "mdy"
    return "same" if first == second else "either"


def _choose(evidence: _Evidence, column: str, file: str) -> str | None:
    """The order that the column's own cells show, or None where they show none."""
    telling = {order: evidence.counts[order] for order in ORDERS if evidence.counts[order]}
    if len(telling) == 2 and min(telling.values()) >= MINORITY * sum(telling.values()):
        examples = [evidence.examples[order][0] for order in ORDERS]
        raise _ask(column, file, examples, "the first possible only day first, the second only month first")
    return max(telling, key=telling.__getitem__, default=None)


def _ask(column: str, file: str, examples: Sequence[str], fault: str) -> AmbiguousDates:
    return AmbiguousDates(
        f"the order of day and month in column “{column}” can't be told",
        found=f"{' and '.join(examples)}, {fault}",
        allowed="--date-order dmy (day first) or --date-order mdy (month first)",
        where=file or None,
    )


def decide_numbers(labels: Sequence[str]) -> str:
    """What the bare numbers of a column of dates are (see `DateForm.numbers`).

    They are dates if 95 % of them fall into 1980 to 2099 by the same count; days have 5 digits, seconds 10,
    milliseconds 13, microseconds 16. Eight digits that are a date (20240105) are none of these.
    """
    bare = [
        text for text in spread(labels) if text.replace(".", "", 1).isdecimal() and len(text) not in (8, 14)
    ]
    counts = Counter(_read_number(text)[0] for text in bare)
    best = max(counts, key=counts.__getitem__, default="")
    return best if counts[best] >= (1 - MINORITY) * len(bare) else ""


def _read_number(text: str) -> tuple[str, int]:
    """What a bare number counts and the instant it stands for; "" if it stands for none."""
    found = _BARE.fullmatch(text)
    numbers = _NUMBERS[len(found[1])] if found else ""
    if numbers == "days":
        instant = round((float(text) - _DAY_OF_1970) * 86_400_000) * 1000
    else:
        instant = round(float(text) * _MICROSECONDS[numbers]) if numbers else 0
    return (numbers, instant) if _FIRST_NUMBER <= instant < _LAST_NUMBER else ("", 0)


def parse_dates(labels: Sequence[str], form: DateForm) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Instants (µs UTC) of a column's distinct texts, and which texts are dates (the others have 0).

    A time without an offset is one of the form's zone; a day is its midnight UTC, a month its first day.
    Years of two digits are 1969 to 2068. Days that no calendar has and years outside 1900 to 2200 are not
    dates.
    """
    instants, ok = read_shapes(labels, form.order, form.zone)
    rest = [row for row in np.flatnonzero(~ok).tolist() if len(labels[row]) <= LONGEST]
    if rest:
        spelled = [spell_out(labels[row]) for row in rest]
        instants[rest], ok[rest] = read_shapes(spelled, form.order, form.zone)
    if form.numbers:
        for row in np.flatnonzero(~ok).tolist():
            numbers, instant = _read_number(labels[row])
            if numbers == form.numbers:
                instants[row], ok[row] = _of_clock(instant, form), True
    return instants, ok


def _of_clock(instant: int, form: DateForm) -> int:
    """The instant of a bare number: a spreadsheet counts days by the clock, others seconds since 1970."""
    local = form.zone and form.numbers == "days"
    return int(from_clock(np.array([instant]), form.zone)[0]) if local else instant


def explain_date(text: str, form: DateForm) -> str:
    """Why a text is not a date in a column of this form, in a few words for the report of unused rows."""
    if is_placeholder(text):
        return "no date: a placeholder"
    other = replace(form, order="mdy" if form.order == "dmy" else "dmy")
    if parse_dates([text], other)[1][0]:
        return f"not a date in {ORDERS[form.order]} order"
    found = _DAY_LIKE.match(spell_out(text))
    if found is None:
        return "not a date"
    year = expand_year(int(found[1] or found[4]))
    if FIRST_YEAR <= year <= LAST_YEAR:
        return "no such day or time"
    return f"the year is not within {FIRST_YEAR} to {LAST_YEAR}"


def looks_like_date(labels: Sequence[str], header: str = "") -> float:
    """The share, 0 to 1, of a column's texts that are dates in some order, placeholders left out.

    Bare numbers count only where the header says that the column holds dates.
    """
    sample = [text for text in spread(labels) if not is_placeholder(text)]
    if not sample:
        return 0.0
    numbers = decide_numbers(sample) if says_date(header) else ""
    day_first = parse_dates(sample, DateForm("dmy", numbers=numbers))[1]
    return float((day_first | parse_dates(sample, DateForm("mdy"))[1]).mean())


def says_date(header: str) -> bool:
    """Whether a column's name has a word of dates in it: `Close Date`, `createdAt`, `hs_timestamp`."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header).casefold().replace("_", " ")
    return any(_DATE_WORDS.fullmatch(word) for word in re.findall(r"\w+", words))
