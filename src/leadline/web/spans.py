"""Spans that lists are filtered by: of days, of amounts, and who is within them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Q, QuerySet, When

from leadline.engine.clocks import begin_of, days_of
from leadline.engine.currencies import decimals_of
from leadline.engine.importers.cells.values import parse_typed
from leadline.engine.instants import DAY, to_datetime
from leadline.engine.money import money_words
from leadline.web.actions.checks import known_day
from leadline.web.errors import Invalid
from leadline.web.models import Ask, Contact, User
from leadline.web.warehouse.zones import team_zone

MADE = ("made_from", "made_to")
SINCE = ("since_from", "since_to", "since_days")
AMOUNT = ("amount_from", "amount_to")
PEOPLE = ("people_from", "people_to")
_LONGEST = 100_000
_LARGEST = 2**62


def made(given: Mapping[str, str], zone: str) -> Q:
    """The condition on records that were made from one day on, up to another and with it; empty: on none."""
    found = Q()
    if given.get("made_from"):
        found &= Q(created_at__gte=to_datetime(start_of(given["made_from"], zone)))
    if given.get("made_to"):
        found &= Q(created_at__lt=to_datetime(end_of(given["made_to"], zone)))
    return found


def titled(text: str) -> QuerySet[Any]:
    """The numbers of the contacts whose job title has a text somewhere."""
    return Contact.objects.filter(job_title__gt="", job_title__icontains=text).order_by().values_list("pk")


def since(given: Mapping[str, str], zone: str, now: int, of: str = "") -> Q:
    """The condition on standings that began from a day on, up to another and with it, or so many days ago.

    `of` is the way to the standing, as `here__`.
    """
    found = Q()
    if given.get("since_from"):
        found &= Q(**{f"{of}entered_at__gte": start_of(given["since_from"], zone)})
    if given.get("since_to"):
        found &= Q(**{f"{of}entered_at__lt": end_of(given["since_to"], zone)})
    if given.get("since_days"):
        days = whole_of("since_days", given["since_days"], _LONGEST)
        found &= Q(**{f"{of}entered_at__lte": now - days * DAY})
    return found


def asked_for(given: Mapping[str, str], user: User) -> QuerySet[Ask]:
    """The asks of an amount in one currency: from one, and up to another."""
    currency = currency_of(given, user)
    asks = Ask.objects.filter(currency=currency)
    for name, side in zip(AMOUNT, ("gte", "lte"), strict=True):
        if given.get(name):
            asks = asks.filter(**{f"amount__{side}": _minor(given[name], currency)})
    return asks


def waiting(asks: QuerySet[Ask]) -> QuerySet[Ask]:
    """Those of some asks that wait for an answer."""
    return asks.filter(answer=Ask.Answer.WAITING)


def waiting_of_each(asks: QuerySet[Ask]) -> QuerySet[Ask]:
    """The same, to be asked of one contact after the other: as a case, which no database looks up.

    All that wait would be gone through for each contact otherwise.
    """
    waits = Case(When(answer=Ask.Answer.WAITING, then=True), default=False)
    return asks.alias(waits=waits).filter(waits=True)


def amount_words(given: Mapping[str, str], name: str, user: User) -> str:
    """An amount that was asked for, as people read it."""
    currency = currency_of(given, user)
    return money_words(_minor(given[name], currency), currency)


def currency_of(given: Mapping[str, str], user: User) -> str:
    """The currency in which amounts are meant: the one said, or else that of whoever looks."""
    currency = given.get("currency", "") or user.currency
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()):
        raise Invalid(
            "A list was to be filtered by an amount",
            found=f"“{currency[:20]}” as its currency" if currency else "no currency",
            allowed="currency=EUR, or another one by its three letters",
            field="currency",
        )
    return currency


def whole_of(name: str, text: str, most: int = 10**9) -> int:
    """A whole number that was asked for. Raises Invalid."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= most):
        raise Invalid(
            f"A list was to be filtered by {name}", found=f"“{text[:40]}”", allowed=f"a number, 0 to {most:,}"
        )
    return int(text)


def start_of(day: str, zone: str) -> int:
    """The instant at which a day begins in a zone; raises Invalid for what is no day."""
    with days_of(zone):
        return begin_of(_day(day))


def from_day(column: str, day: str, zone: str) -> Q:
    """The condition that a touch's instant lies on a day or later, as whoever looks is shown its day.

    One of which an hour is known has the day that it is in the zone; any other stands at the midnight of its
    day where the team is, and has that day everywhere.
    """
    start = start_of(day, zone)
    sooner, later = _whole_days(day, start)
    found = Q(**{f"{column}__gte": start})
    found = found & ~Q(**{f"{column}__in": sooner}) if sooner else found
    return found | Q(**{f"{column}__in": later}) if later else found


def until_day(column: str, day: str, zone: str) -> Q:
    """The condition that it lies before a day."""
    start = start_of(day, zone)
    sooner, later = _whole_days(day, start)
    found = Q(**{f"{column}__lt": start})
    found = found & ~Q(**{f"{column}__in": later}) if later else found
    return found | Q(**{f"{column}__in": sooner}) if sooner else found


def _whole_days(day: str, start: int) -> tuple[list[int], list[int]]:
    """Whole days on the wrong side of a start: the instants of sooner ones, and those of later ones."""
    told, sooner, later = _day(day), [], []
    with days_of(team_zone()):
        for ahead in (-1, 0, 1):
            at = begin_of(told + timedelta(days=ahead))
            if ahead < 0 and at >= start:
                sooner.append(at)
            elif ahead >= 0 and at < start:
                later.append(at)
    return sooner, later


def end_of(day: str, zone: str) -> int:
    """The instant at which the next day begins."""
    with days_of(zone):
        return begin_of(_day(day) + timedelta(days=1))


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        raise Invalid("A day was asked for", found=f"“{text[:40]}”", allowed="as 2026-03-31") from None
    return known_day(day)


def _minor(text: str, currency: str) -> int:
    """An amount that was typed, in minor units; what is finer than the currency is no amount of it."""
    amount = parse_typed(text, decimals=decimals_of(currency))
    minor = None if amount is None else amount.scaleb(decimals_of(currency))
    if minor is None or not 0 <= minor <= _LARGEST or minor != minor.to_integral_value():
        raise Invalid(
            "A list was to be filtered by an amount",
            found=f"“{text[:40]}”",
            allowed=f"an amount in {currency}, as 1200 or 99.50",
        )
    return int(minor)
