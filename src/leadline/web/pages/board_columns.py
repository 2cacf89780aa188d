"""Columns of the board, each with its first cards, how many it holds, and the money in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from leadline.engine.instants import DAY, to_instant
from leadline.web import access, listing
from leadline.web.models import Ask, Contact, StagedAsk, Standing, User
from leadline.web.pages.whose import Whose
from leadline.web.templatetags import words
from leadline.web.templatetags.addresses import address
from leadline.web.warehouse import Funnels

CARDS, COUNTED = 20, 1000
STALE_DAYS = 30
"""Without a touch for so long somebody in an open stage, or whoever waits, has gone stale."""
MONTHS = 4
LATELY = timedelta(days=90)


@dataclass(frozen=True)
class Card:
    """A contact or an ask: where its form to move it is, and since when."""

    contact: Contact
    move: str
    since: int | None = None
    asks: tuple[Ask, ...] = ()
    ask: Ask | None = None
    stale: bool = False
    overdue: bool = False


@dataclass
class Column:
    """A column: its key, what it is called and means, its cards, and where the next ones begin."""

    key: str
    title: str
    means: str = ""
    cards: list[Card] = field(default_factory=list)
    count: int = 0
    sums: list[tuple[int, str]] = field(default_factory=list)
    after: str = ""
    drop: bool = True

    @property
    def number(self) -> str:
        """How many, as far as was counted."""
        return words.number(self.count) if self.count <= COUNTED else f"more than {words.number(COUNTED)}"


def by_stage(whose: Whose, slug: str, funnels: Funnels, now: int, only: str, after: str) -> list[Column]:
    """Contacts by the stage of a funnel in which they stand; the last to enter first."""
    funnel, kept = funnels[slug], funnels.kept_as[slug]
    standings = whose.parts(Standing)
    sums = {} if only else _sums_by_stage(whose, kept)
    turned: dict[int, list[int]] = {}
    columns = []
    for number, stage in enumerate(funnel.stages, start=1):
        if only not in ("", str(number)):
            continue
        here = [part.filter(funnel=kept, stage=number) for part in standings]
        by = Turn("entered_at", "contact_id", falling=True)
        turned[number], next_key = _keys(here, by, after)
        column = Column(str(number), stage.name, stage.means, after=next_key, sums=sums.get(number, []))
        column.count = 0 if only else _count(here)
        columns.append(column)
    every = [key for keys in turned.values() for key in keys]
    rows = Standing.objects.select_related("contact__company").in_bulk(every)
    for column, (number, keys) in zip(columns, turned.items(), strict=True):
        active = funnel.stages[number - 1].role == "open"
        column.cards = [_standing_card(rows[key], slug, active, now) for key in keys if key in rows]
    return _with_asks(whose.user, columns)


def by_month(whose: Whose, today: date, only: str, after: str) -> list[Column]:
    """Open asks by the month in which an answer is expected, the first day first; those without before."""
    waiting = [part.filter(answer="") for part in whose.parts(Ask)]
    months = [today.replace(day=1)]
    for _ in range(MONTHS):
        months.append((months[-1] + timedelta(days=32)).replace(day=1))
    spans: list[tuple[str, str, Q]] = [
        ("none", "No day given", Q(expected_on=None)),
        ("late", "Overdue", Q(expected_on__lt=today)),
    ]
    for month, following in pairwise(months):
        last = (following - timedelta(days=1)).isoformat()
        span = Q(expected_on__gte=max(month, today), expected_on__lt=following)
        spans.append((last, words.month(month, "long"), span))
    spans.append(("later", "Later", Q(expected_on__gte=months[-1])))
    columns = []
    for key, title, span in spans:
        if only in ("", key):
            by = Turn("expected_on" if key != "none" else "asked_at", "id", falling=False)
            column = Column(key, title, drop=key not in ("late", "later", "none"))
            found = [part.filter(span) for part in waiting]
            columns.append(_asks(column, found, by, today, after, only, "ask_expect"))
    return columns


def by_answer(whose: Whose, today: date, only: str, after: str) -> list[Column]:
    """Asks by what was answered: all that wait, and the answers of the last 90 days, the latest first."""
    mine = whose.parts(Ask)
    columns = []
    for answer in (Ask.Answer.WAITING, Ask.Answer.YES, Ask.Answer.NOT_NOW, Ask.Answer.NO):
        key, waits = str(answer) or "waiting", answer == Ask.Answer.WAITING
        if only in ("", key):
            lately = Q() if waits else Q(answered_at__gte=to_instant(today - LATELY))
            found = [part.filter(lately, answer=str(answer)) for part in mine]
            by = Turn("asked_at" if waits else "answered_at", "id", falling=True)
            column = Column(key, str(answer.label), drop=not waits)
            columns.append(_asks(column, found, by, today, after, only, "ask_answer"))
    return columns


@dataclass(frozen=True)
class Turn:
    """The order of a column: by what, and by which number among those for whom it is the same."""

    column: str
    number: str
    falling: bool

    def after(self, rows: QuerySet[Any], cursor: str) -> QuerySet[Any]:
        """The rows in this order, those after a cursor “value.number”; all without one that can be read."""
        sign, side = ("-", "lt") if self.falling else ("", "gt")
        value, _, number = cursor.rpartition(".")
        if number.isdecimal() and len(number) <= 18 and (known := self._read(value)) is not None:
            rows = rows.filter(**{f"{self.column}__{side}e": known}).filter(
                Q(**{f"{self.column}__{side}": known}) | Q(**{f"{self.number}__{side}": int(number)})
            )
        return listing.in_order(rows, f"{sign}{self.column}", f"{sign}{self.number}")

    def _read(self, value: str) -> date | int | None:
        try:
            return date.fromisoformat(value) if self.column == "expected_on" else int(value[:19])
        except ValueError:
            return None


def _asks(
    column: Column, found: list[QuerySet[Ask]], by: Turn, today: date, after: str, only: str, move: str
) -> Column:
    rows, column.after = _page(found, by, after, "contact__company", "offer")
    for one in rows:
        waits = one.answer == Ask.Answer.WAITING
        overdue = waits and one.expected_on is not None and one.expected_on < today
        stale = waits and _is_stale(one.contact, to_instant(today))
        there = address(move, one.pk) if waits else ""
        column.cards.append(Card(one.contact, there, one.asked_at, (), one, stale, overdue))
    if not only:
        sums: Counter[str] = Counter()
        for part in found:
            told = part.order_by().values_list("currency")
            for currency, amount, number in told.annotate(sum=Sum("amount"), number=Count("*")):
                column.count += number
                sums.update({} if amount is None else {currency: amount})
        column.sums = [(amount, currency) for currency, amount in sums.most_common()]
    return column


def _standing_card(one: Standing, slug: str, active: bool, now: int) -> Card:
    there = f"{address('board_move', one.contact_id)}?funnel={slug}"
    return Card(one.contact, there, one.entered_at, stale=active and _is_stale(one.contact, now))


def _is_stale(contact: Contact, now: int) -> bool:
    return (contact.last_touch_at or 0) < now - STALE_DAYS * DAY


def _with_asks(user: User, columns: list[Column]) -> list[Column]:
    """The same columns, cards with the open asks of their contacts."""
    people = [card.contact.pk for column in columns for card in column.cards]
    asks: dict[int, list[Ask]] = defaultdict(list)
    theirs = access.of_contacts(user, Ask).filter(contact__in=people).select_related("offer")
    for ask in theirs:
        if ask.answer == Ask.Answer.WAITING:  # the database would look through all that wait
            asks[ask.contact_id].append(ask)
    for column in columns:
        column.cards = [
            Card(card.contact, card.move, card.since, tuple(asks[card.contact.pk]), None, card.stale)
            for card in column.cards
        ]
    return columns


def _sums_by_stage(whose: Whose, kept: str) -> dict[int, list[tuple[int, str]]]:
    """The amounts of open asks, by the stage of whoever was asked."""
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for part in whose.parts(StagedAsk):
        rows = part.filter(funnel=kept).values_list("stage", "currency").annotate(sum=Sum("amount"))
        for stage, currency, amount in rows.order_by():
            found[stage][currency] += amount
    return {stage: [(n, currency) for currency, n in sums.most_common()] for stage, sums in found.items()}


def _page(found: list[QuerySet[Any]], by: Turn, after: str, *related: str) -> tuple[list[Any], str]:
    """The next cards, and the key after which further ones come."""
    numbers, next_key = _keys(found, by, after)
    return listing.fetch(found[0].model._default_manager.select_related(*related), numbers), next_key


def _keys(found: list[QuerySet[Any]], by: Turn, after: str) -> tuple[list[int], str]:
    """The numbers of the records of the next cards, and the key after which further ones come."""
    parts = [by.after(part, after).values_list(by.column, by.number, "pk") for part in found]
    keys = listing.merge(parts, lambda key: key[:2], CARDS + 1, falling=by.falling)
    last = keys[CARDS - 1] if len(keys) > CARDS else None
    return [key[2] for key in keys[:CARDS]], f"{last[0]}.{last[1]}" if last else ""


def _count(found: list[QuerySet[Any]]) -> int:
    number = 0
    for part in found:
        number += part.order_by()[: COUNTED + 1 - number].count()
        if number > COUNTED:
            break
    return number
