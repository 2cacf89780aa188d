"""A goal as somebody types it: “3 clients”, “12,000 EUR”, by a day."""

from __future__ import annotations

import re

from leadline.engine.importers.values import NumberForm, decide_number_form, parse_moneys
from leadline.engine.plan.goals import BadGoal, Goal
from leadline.engine.wording import plural

_CLIENTS = re.compile(r"(\d[\d,.\s]*?)\s+(\w+)")
_ALLOWED = "a number of clients (“3 clients”) or an income (“12,000” or “12,000 EUR”)"


def read_goal(text: str, by: str, currency: str | None, unit: str = "contact") -> Goal:
    """The goal that a text says, by the end of a day; income is in `currency`, that of what was sold so far.

    Raises BadGoal, and LeadlineError for what is no date.
    """
    clients = _clients(text.strip(), {"client", "customer", unit})
    if clients is not None:
        return Goal.of(clients=clients, by=by)
    return Goal.of(income=_income(text.strip(), currency), by=by)


def _clients(text: str, nouns: set[str]) -> int | None:
    """The number before a word for clients; None where there is no such word."""
    found = _CLIENTS.fullmatch(text)
    if not found or found[2].casefold() not in nouns | {plural(noun) for noun in nouns}:
        return None
    digits = re.sub(r"[,\s]", "", found[1])
    if not digits.isdecimal() or not int(digits):
        raise BadGoal(f"The goal “{text}” was given", found="no whole number above 0", allowed=_ALLOWED)
    return int(digits)


def _income(text: str, currency: str | None) -> int:
    """The amount in minor units. A point or comma with three digits after it parts thousands."""
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
