"""A goal as somebody types it: “3 clients”, “12,000 EUR”, by a day."""

from __future__ import annotations

import re
from collections.abc import Sequence

from leadline.engine.importers.cells.values import NumberForm, decide_number_form, parse_moneys
from leadline.engine.plan.goals import BadGoal, Goal
from leadline.engine.wording import listed, plural

_DAY = re.compile(r"(.*\S)\s+by\s+(\S.*)", re.IGNORECASE | re.DOTALL)
_CLIENTS = re.compile(r"(\d[\d,.\s]*?)\s+(?:new\s+)?([^\W\d].*)")
_INCOME = re.compile(
    r"(?:(?:an\s+)?income\s+of\s+)?(.*?\S)(?:\s+(?:of\s+|in\s+)?income)?", re.IGNORECASE | re.DOTALL
)
_WHOLE = re.compile(r"\d+|\d{1,3}(?:[,.\s]\d{3})+")
_BARE = re.compile(r"\d{1,3}")
_NOUNS = ("client", "customer", "sale")


def has_day(text: str) -> bool:
    """Whether a goal names its day itself: “3 clients by 2026-12-31”."""
    return _DAY.fullmatch(text.strip()) is not None


def read_goal(text: str, by: str | None, currency: str | None, names: Sequence[str] = ()) -> Goal:
    """The goal that a text says, by the end of a day; income is in `currency`, that of what was sold so far.

    The day is the one in the text, as in “3 clients by 2026-12-31”, or else `by`. Clients go by the words
    client, customer and sale, and by `names`, one or many of them. Raises BadGoal, and LeadlineError for what
    is no date.
    """
    found = _DAY.fullmatch(text.strip())
    what, day = (found[1], found[2]) if found else (text.strip(), by)
    if day is None or (found and by is not None):
        raise BadGoal(
            f"The goal “{text}” was given",
            found="no day by which it is to be reached" if day is None else f"two days, {day} and {by}",
            allowed="a goal with its day: “3 clients by 2026-12-31”",
        )
    nouns = list(dict.fromkeys([*names, *_NOUNS]))
    clients = _clients(what, nouns, currency)
    if clients is not None:
        return Goal.of(clients=clients, by=day)
    return Goal.of(income=_income(what, nouns, currency), by=day)


def _clients(text: str, nouns: Sequence[str], currency: str | None) -> int | None:
    """The number before a word for clients; None where there is no such word."""
    found = _CLIENTS.fullmatch(text)
    if not found or not _are(found[2], nouns):
        return None
    digits = re.sub(r"[,.\s]", "", found[1])
    if not _WHOLE.fullmatch(found[1]) or not int(digits):
        allowed = _allowed(nouns, currency)
        raise BadGoal(f"The goal “{text}” was given", found="no whole number above 0", allowed=allowed)
    return int(digits)


def _are(words: str, nouns: Sequence[str]) -> bool:
    """Whether these words are one of the nouns, of one or of many."""
    return words.casefold() in {form.casefold() for noun in nouns for form in (noun, plural(noun))}


def _allowed(nouns: Sequence[str], currency: str | None) -> str:
    """What a goal can be, in the words that are understood here."""
    words = listed([f"“3 {plural(noun)}”" for noun in nouns], "or")
    return f"a number of clients ({words}), or an income (“{_in('12,000', currency)}”)"


def _in(number: str, currency: str | None) -> str:
    """An amount as it may be typed: in the currency of what was sold so far, if that has one."""
    return f"{number} {'EUR' if currency is None else currency}".rstrip()


def _income(text: str, nouns: Sequence[str], currency: str | None) -> int:
    """The amount in minor units. A point or comma with three digits after it parts thousands."""
    stripped = _INCOME.fullmatch(text)
    text = stripped[1] if stripped else text
    if _BARE.fullmatch(text) and int(text):
        raise BadGoal(
            f"The goal “{text}” doesn't say of what",
            found="a small number alone",
            allowed=f"“{text} {plural(nouns[0])}”, or an income: “{_in(f'{text},000', currency)}”",
        )
    form = decide_number_form([text])
    if not form.certain and "." in text:
        form = NumberForm(",")
    amounts = parse_moneys([text], form, currency or None)
    if not amounts.ok[0] or amounts.minor[0] <= 0:
        found = "no number above 0" if amounts.ok[0] else "no words that say what is to be reached"
        raise BadGoal(f"The goal “{text}” was given", found=found, allowed=_allowed(nouns, currency))
    if currency is None:
        raise BadGoal(
            f"The goal “{text}” is an income",
            found="no purchase with an amount in these files, so nothing can be said of income",
            allowed=f"a number of clients, as in “3 {plural(nouns[0])}”",
        )
    named = amounts.currencies[0]
    if named and named != currency:
        raise BadGoal(
            f"The goal “{text}” is in {named}",
            found=f"income in {currency}" if currency else "income without a currency",
            allowed=f"an income in {currency}" if currency else "an income without a currency",
        )
    return int(amounts.minor[0])
