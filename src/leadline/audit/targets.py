"""A goal as somebody types it: “3 clients”, “12,000 EUR”, by a day."""

from __future__ import annotations

import re

from leadline.engine.importers.values import NumberForm, decide_number_form, parse_moneys
from leadline.engine.plan.goals import BadGoal, Goal
from leadline.engine.wording import plural

_DAY = re.compile(r"(.*\S)\s+by\s+(\S.*)", re.IGNORECASE | re.DOTALL)
_CLIENTS = re.compile(r"(\d[\d,.\s]*?)\s+(?:new\s+)?(\w+)")
_WHOLE = re.compile(r"\d+|\d{1,3}(?:[,.\s]\d{3})+")
_BARE = re.compile(r"\d{1,3}")
_ALLOWED = "a number of clients (“3 clients”) or an income (“12,000” or “12,000 EUR”)"


def has_day(text: str) -> bool:
    """Whether a goal names its day itself: “3 clients by 2026-12-31”."""
    return _DAY.fullmatch(text.strip()) is not None


def read_goal(text: str, by: str | None, currency: str | None, unit: str = "contact") -> Goal:
    """The goal that a text says, by the end of a day; income is in `currency`, that of what was sold so far.

    The day is the one in the text, as in “3 clients by 2026-12-31”, or else `by`. Raises BadGoal, and
    LeadlineError for what is no date.
    """
    found = _DAY.fullmatch(text.strip())
    what, day = (found[1], found[2]) if found else (text.strip(), by)
    if day is None or (found and by is not None):
        raise BadGoal(
            f"The goal “{text}” was given",
            found="no day by which it is to be reached" if day is None else f"two days, {day} and {by}",
            allowed="a goal with its day: “3 clients by 2026-12-31”",
        )
    clients = _clients(what, {"client", "customer", unit})
    if clients is not None:
        return Goal.of(clients=clients, by=day)
    return Goal.of(income=_income(what, currency), by=day)


def _clients(text: str, nouns: set[str]) -> int | None:
    """The number before a word for clients; None where there is no such word."""
    found = _CLIENTS.fullmatch(text)
    if not found or found[2].casefold() not in nouns | {plural(noun) for noun in nouns}:
        return None
    digits = re.sub(r"[,.\s]", "", found[1])
    if not _WHOLE.fullmatch(found[1]) or not int(digits):
        raise BadGoal(f"The goal “{text}” was given", found="no whole number above 0", allowed=_ALLOWED)
    return int(digits)


def _income(text: str, currency: str | None) -> int:
    """The amount in minor units. A point or comma with three digits after it parts thousands."""
    if _BARE.fullmatch(text) and int(text):
        raise BadGoal(
            f"The goal “{text}” doesn't say of what",
            found="a small number alone",
            allowed=f"“{text} clients”, or an income with its currency, as in “{text} {currency or 'EUR'}”",
        )
    form = decide_number_form([text])
    if not form.certain and "." in text:
        form = NumberForm(",")
    amounts = parse_moneys([text], form, currency or None)
    if not amounts.ok[0] or amounts.minor[0] <= 0:
        raise BadGoal(f"The goal “{text}” was given", found="no number above 0", allowed=_ALLOWED)
    if currency is None:
        raise BadGoal(
            f"The goal “{text}” is an income",
            found="no purchase with an amount in these files, so nothing can be said of income",
            allowed="a number of clients, as in “3 clients”",
        )
    named = amounts.currencies[0]
    if named and named != currency:
        raise BadGoal(
            f"The goal “{text}” is in {named}",
            found=f"income in {currency}" if currency else "income without a currency",
            allowed=f"an income in {currency}" if currency else "an income without a currency",
        )
    return int(amounts.minor[0])
