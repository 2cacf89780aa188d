"""Numbers, shares, times and days as people say them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from leadline.engine.clocks import to_local
from leadline.engine.estimates import Duration, Estimate, Share, TooEarly
from leadline.engine.instants import DAY, MONTH, WEEK, YEAR

if TYPE_CHECKING:
    from collections.abc import Sequence

_UNITS = (  # each from so many of itself on, and so many microseconds long
    ("year", 2, YEAR),
    ("month", 3, MONTH),
    ("week", 4, WEEK),
    ("day", 1, DAY),
    ("hour", 1, DAY / 24),
    ("minute", 1, DAY / 24 / 60),
)
YOUNG = "The record covers less than a week, which tells nothing of the weeks to come."
"""What is said where nothing may be concluded from so little time."""

_PEOPLE = frozenset({"contact", "company", "person", "client"})
_MOST_DECIMALS = 2
_EXACT = 12
_WHOLE, _TENTHS, _LEAST = 9.95, 0.05, 0.001
_ONE_WORD = re.compile(r"[^\W\d_][\w-]+")


def counted(number: int, noun: str) -> str:
    """A number with its noun: “no contacts”, “1 company”, “1,204 deals”."""
    return f"{f'{number:,}' if number else 'no'} {noun if number == 1 else plural(noun)}"


def numbered(words: str, noun: str) -> str:
    """A number that is in words already, with its noun: “1 new client”, “0.9 new clients”."""
    return f"{words} {noun if words == '1' else plural(noun)}"


def number_words(number: int) -> str:
    """A number with thousands separators; 0 is “none”."""
    return f"{number:,}" if number else "none"


def quantity_words(number: float) -> str:
    """How much of something: “1,205”, “12”, “3.4”, “0”; a small one to its first figure, “0.04”, “0.003”."""
    if number >= _WHOLE:
        return f"{number:,.0f}"
    if not number or number >= _TENTHS:
        return f"{number:.1f}".removesuffix(".0")
    if number < _LEAST / 2:
        return f"under {_LEAST}"
    return f"{number:.2f}" if number >= 0.0095 else f"{number:.3f}"


def plural(noun: str) -> str:
    """More than one of what a noun names."""
    if noun.endswith("person"):
        return noun.removesuffix("person") + "people"
    if noun.endswith(("ch", "sh", "s", "x")):
        return noun + "es"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"


def relative(noun: str) -> str:
    """The word that goes on after a noun: contacts *who* came, deals *that* were opened."""
    return "who" if noun in _PEOPLE else "that"


def percent(value: float, decimals: int = 0) -> str:
    """A share as a percentage; what is neither nothing nor all is not rounded to that."""
    value = round(value, _EXACT) + 0.0  # a sum of parts may miss the whole by the last digit of a float
    if 0 < value < 0.5 / 10 ** (2 + decimals):
        return f"under {1 / 10**decimals:g} %"
    if 1 - 0.5 / 10 ** (2 + decimals) < value < 1:
        return f"over {100 - 1 / 10**decimals:g} %"
    return f"{100 * value:.{decimals if 0 < value < 1 else 0}f} %"


def share_words(estimate: Estimate) -> str:
    """A share and its interval, as exactly as it is known: “24 % (between 21 and 27)”."""
    width = estimate.high - estimate.low
    decimals = next((d for d in range(_MOST_DECIMALS) if width >= 2 / 10 ** (2 + d)), _MOST_DECIMALS)
    low, high = (
        f"{100 * limit:.{decimals if 0 < limit < 1 else 0}f}" for limit in (estimate.low, estimate.high)
    )
    return percent(estimate.value, decimals) + (f" (between {low} and {high})" if low != high else "")


def why_unsaid(unsaid: Share, noun: str) -> str:
    """Why no share is said: “too few to say (7 contacts, at least 10 needed)”."""
    if isinstance(unsaid, Estimate):
        return ""
    why, then = ("too early", " began so long ago") if isinstance(unsaid, TooEarly) else ("too few", "")
    return f"{why} to say ({counted(unsaid.found, noun)}{then}, at least {unsaid.needed} needed)"


def time_words(microseconds: int) -> str:
    """A length of time in the unit in which one would say it: “5 weeks”, “1 day”, “at once”."""
    for unit, least, length in _UNITS:
        if round(microseconds / length, 6) >= least:
            number = microseconds / length
            text = f"{number:.1f}".removesuffix(".0") if unit == "year" else f"{number:.0f}"
            return f"{text} {unit}" if text == "1" else f"{text} {plural(unit)}"
    return "at once"


def within_words(microseconds: int) -> str:
    """By when something has happened: “within 5 weeks”, “at once”."""
    words = time_words(microseconds)
    return words if words == "at once" else f"within {words}"


def duration_words(duration: Duration) -> str:
    """By when, with its interval: “within 9 weeks (between 8 and 10 weeks)”, or “not yet”."""
    if duration.value is None or duration.low is None:
        return "not yet"
    value, low = within_words(duration.value), time_words(duration.low)
    if duration.high is None:
        return f"{value} (or longer)" if duration.low == duration.value else f"{value} (at least {low})"
    high = time_words(duration.high)
    if low == high:
        return value
    if low == "at once":
        return f"{value} (up to {high})"
    number, _, unit = low.partition(" ")
    same = unit.removesuffix("s") == high.partition(" ")[2].removesuffix("s")
    return f"{value} (between {number if same else low} and {high})"


def day_words(instant: int) -> str:
    """The day of an instant, where one is (`clocks`): “31 December 2017”."""
    day = to_local(instant)
    return f"{day.day} {day:%B %Y}"


def listed(parts: Sequence[str], last: str = "and", most: int | None = None) -> str:
    """Parts as a list in a sentence: “a, b and c”; where they are more than `most`, “a, b and 7 more”."""
    if most is not None and len(parts) > most:
        parts = [*parts[:most], f"{len(parts) - most:,} more"]
    return f" {last} ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def called(name: str, *, opens: bool = False) -> str:
    """A path, a campaign, … in a sentence: bare if it is one word, else in quotation marks.

    One that opens a sentence has a capital if it is bare: “Email brings few”, ““spring sale” brings few”.
    """
    if not _ONE_WORD.fullmatch(name):
        return f"“{name}”"
    return name[0].upper() + name[1:] if opens else name
