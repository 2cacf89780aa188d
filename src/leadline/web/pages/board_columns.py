"""Columns of the board, each with its first cards, how many it holds, and the money in it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.urls import reverse

from leadline.engine.funnel import Funnel
from leadline.engine.instants import DAY, to_instant
from leadline.web import access
from leadline.web.models import Ask, Contact, Standing, User
from leadline.web.templatetags import words

CARDS, COUNTED = 50, 1000
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


def by_stage(user: User, slug: str, funnel: Funnel, now: int, only: str, after: str) -> list[Column]:
    """Contacts by the stage in which they stand; the last to enter first."""
    standings = access.of_contacts(user, Standing).filter(funnel=slug)
    sums = {} if only else _sums_by_stage(user, slug)
    columns = []
    for number, stage in enumerate(funnel.stages, start=1):
        if only not in ("", str(number)):
            continue
        here = standings.filter(stage=number)
        rows, next_key = _page(here.select_related("contact__company"), after, "entered_at")
        column = Column(str(number), stage.name, stage.means, after=next_key, sums=sums.get(number, []))
        column.count = 0 if only else _count(here)
        column.cards = [_standing_card(one, slug, stage.role == "open", now) for one in rows]
        columns.append(column)
    return _with_asks(user, columns)


def by_month(user: User, today: date, only: str, after: str) -> list[Column]:
    """Open asks by the month in which an answer is expected."""
    waiting = access.of_contacts(user, Ask).filter(answer=Ask.Answer.WAITING)
    begin = today.replace(day=1)
    months = [begin]
    for _ in range(MONTHS):
        months.append((months[-1] + timedelta(days=32)).replace(day=1))
    spans: list[tuple[str, str, Q]] = [("late", "Overdue", Q(expected_on__lt=today))]
    for month, following in pairwise(months):
        last = (following - timedelta(days=1)).isoformat()
        span = Q(expected_on__gte=max(month, today), expected_on__lt=following)
        spans.append((last, words.month(month, "long"), span))
    spans += [
        ("later", "Later", Q(expected_on__gte=months[-1])),
        ("none", "No day given", Q(expected_on=None)),
    ]
    columns = []
    for key, title, span in spans:
        if only in ("", key):
            column = _asks(Column(key, title), waiting.filter(span), "ask_expect", today, after, only)
            column.drop = key not in ("late", "later", "none")
            columns.append(column)
    return columns


def by_answer(user: User, today: date, only: str, after: str) -> list[Column]:
    """Asks by what was answered: all that wait, and the answers of the last 90 days."""
    mine = access.of_contacts(user, Ask)
    lately = Q(answered_at__gte=to_instant(today - LATELY))
    columns = []
    for answer in (Ask.Answer.WAITING, Ask.Answer.YES, Ask.Answer.NOT_NOW, Ask.Answer.NO):
        key = str(answer) or "waiting"
        if only in ("", key):
            found = mine.filter(answer=answer)
            found = found if answer == Ask.Answer.WAITING else found.filter(lately)
            column = Column(key, str(answer.label), drop=answer != Ask.Answer.WAITING)
            columns.append(_asks(column, found, "ask_answer", today, after, only))
    return columns


def _asks(column: Column, found: QuerySet[Ask], move: str, today: date, after: str, only: str) -> Column:
    rows, column.after = _page(found.select_related("contact__company", "offer"), after, "asked_at")
    for one in rows:
        waits = one.answer == Ask.Answer.WAITING
        overdue = waits and one.expected_on is not None and one.expected_on < today
        stale = waits and _is_stale(one.contact, to_instant(today))
        there = reverse(move, args=[one.pk]) if waits else ""
        column.cards.append(Card(one.contact, there, one.asked_at, (), one, stale, overdue))
    if not only:
        column.count = _count(found)
        sums = found.exclude(amount=None).values("currency").annotate(sum=Sum("amount")).order_by("-sum")
        column.sums = [(row["sum"], row["currency"]) for row in sums]
    return column


def _standing_card(one: Standing, slug: str, active: bool, now: int) -> Card:
    there = f"{reverse('board_move', args=[one.contact_id])}?funnel={slug}"
    return Card(one.contact, there, one.entered_at, stale=active and _is_stale(one.contact, now))


def _is_stale(contact: Contact, now: int) -> bool:
    return (contact.last_touch_at or 0) < now - STALE_DAYS * DAY


def _with_asks(user: User, columns: list[Column]) -> list[Column]:
    """The same columns, cards with the open asks of their contacts."""
    people = [card.contact.pk for column in columns for card in column.cards]
    asks: dict[int, list[Ask]] = defaultdict(list)
    waiting = access.of_contacts(user, Ask).filter(contact__in=people, answer=Ask.Answer.WAITING)
    for ask in waiting.select_related("offer"):
        asks[ask.contact_id].append(ask)
    for column in columns:
        column.cards = [
            Card(card.contact, card.move, card.since, tuple(asks[card.contact.pk]), None, card.stale)
            for card in column.cards
        ]
    return columns


def _sums_by_stage(user: User, slug: str) -> dict[int, list[tuple[int, str]]]:
    """The amounts of open asks, by the stage of whoever was asked."""
    waiting = access.of_contacts(user, Ask).filter(answer=Ask.Answer.WAITING).exclude(amount=None)
    rows = (
        waiting.filter(contact__standings__funnel=slug)
        .values_list("contact__standings__stage", "currency")
        .annotate(sum=Sum("amount"))
        .order_by("-sum")
    )
    sums: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for stage, currency, amount in rows:
        sums[stage].append((amount, currency))
    return sums


def _page(found: QuerySet[Any], after: str, column: str) -> tuple[list[Any], str]:
    """The next cards, the latest first, and the key after which further ones come."""
    instant, _, number = after.partition(".")
    if instant.lstrip("-").isdecimal() and number.isdecimal():
        found = found.filter(
            Q(**{f"{column}__lt": int(instant)}) | Q(**{column: int(instant), "id__lt": int(number)})
        )
    rows = list(found.order_by(f"-{column}", "-id")[: CARDS + 1])
    last = rows[CARDS - 1] if len(rows) > CARDS else None
    return rows[:CARDS], f"{getattr(last, column)}.{last.pk}" if last else ""


def _count(found: QuerySet[Any]) -> int:
    return found.order_by()[: COUNTED + 1].count()
