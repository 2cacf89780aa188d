"""Columns of the board, each with its first cards, how many it holds, and the money in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import chain, pairwise
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlencode

from django.db.models import Count, Model, Q, QuerySet, Sum

from leadline.engine.instants import DAY, to_instant
from leadline.web import access, listing, together
from leadline.web.among import among, as_told
from leadline.web.models import Ask, Contact, StagedAsk, Standing, User
from leadline.web.pages.whose import Alike, Whose
from leadline.web.templatetags import words
from leadline.web.templatetags.addresses import address
from leadline.web.together import Place, Question, put_together, to_count, to_fetch
from leadline.web.warehouse import Funnels

T = TypeVar("T")
CARDS, COUNTED = 20, 1000
KEPT = 128
"""So many questions of each sort are kept as they were put together."""
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
    """A column: its key, what it is called and means, its cards, and where the next ones begin.

    The key of a stage is its name: another version of the funnel may give its number to another stage.
    `people` is the address of the list of all who stand there.
    """

    key: str
    title: str
    means: str = ""
    cards: list[Card] = field(default_factory=list)
    count: int = 0
    sums: list[tuple[int, str]] = field(default_factory=list)
    after: str = ""
    drop: bool = True
    people: str = ""

    @property
    def number(self) -> str:
        """How many, as far as was counted."""
        return words.number(self.count) if self.count <= COUNTED else f"more than {words.number(COUNTED)}"


def by_stage(whose: Whose, slug: str, funnels: Funnels, now: int, only: str, after: str) -> list[Column]:
    """Contacts by the stage of a funnel in which they stand; the last to enter first."""
    funnel, kept = funnels[slug], funnels.kept_as[slug]
    sums = {} if only else _sums_by_stage(whose, kept)
    wanted = [number for number, stage in enumerate(funnel.stages, start=1) if only in ("", stage.name)]
    stages = tuple(Q(funnel=kept, stage=number) for number in wanted)
    here = Cards(Standing, stages, Turn("entered_at", "contact_id", falling=True))
    turned = _turned(whose, here, after)
    counts = [0] * len(wanted) if only else _counts(whose, here)
    every = [key for keys, _ in turned for key in keys]
    rows = {one.pk: one for one in listing.fetch_by(_standing_rows(), every)}
    columns = []
    for number, (keys, next_key), count in zip(wanted, turned, counts, strict=True):
        stage = funnel.stages[number - 1]
        column = Column(stage.name, stage.name, stage.means, after=next_key, count=count)
        column.sums = sums.get(number, [])
        asked = urlencode({"all": 1, "funnel": slug, "stage": stage.name})
        column.people = f"{address('contacts')}?{asked}{whose.query}"
        active = stage.role == "open"
        column.cards = [_standing_card(rows[key], slug, active, now) for key in keys if key in rows]
        columns.append(column)
    return _with_asks(whose.user, columns)


def by_month(whose: Whose, today: date, only: str, after: str) -> list[Column]:
    """Open asks by the month in which an answer is expected, the first day first; those without before."""
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
    asked = []
    for key, title, span in spans:
        if only in ("", key):
            by = Turn("expected_on" if key != "none" else "asked_at", "id", falling=False)
            column = Column(key, title, drop=key not in ("late", "later", "none"))
            asked.append(Asked(column, Q(answer="") & span, by))
    return _with_cards(whose, asked, today, after, only, "ask_expect")


def by_answer(whose: Whose, today: date, only: str, after: str) -> list[Column]:
    """Asks by what was answered: all that wait, and the answers of the last 90 days, the latest first."""
    asked = []
    for answer in (Ask.Answer.WAITING, Ask.Answer.YES, Ask.Answer.NOT_NOW, Ask.Answer.NO):
        key, waits = str(answer) or "waiting", answer == Ask.Answer.WAITING
        if only in ("", key):
            lately = Q() if waits else Q(answered_at__gte=to_instant(today - LATELY))
            by = Turn("asked_at" if waits else "answered_at", "id", falling=True)
            column = Column(key, str(answer.label), drop=not waits)
            asked.append(Asked(column, lately & Q(answer=str(answer)), by))
    return _with_cards(whose, asked, today, after, only, "ask_answer")


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


class Cards(NamedTuple):
    """Columns of the same records and in the same order: which stand in each, as a condition."""

    model: type[Model]
    columns: tuple[Q, ...]
    by: Turn

    def of(self, whose: Whose) -> list[list[QuerySet[Any]]]:
        """The records of each column, circle by circle."""
        parts = whose.parts(self.model)
        return [[part.filter(column) for part in parts] for column in self.columns]


class Asked(NamedTuple):
    """A column of asks, which asks stand in it, and their order."""

    column: Column
    which: Q
    by: Turn


def _with_cards(
    whose: Whose, asked: list[Asked], today: date, after: str, only: str, move: str
) -> list[Column]:
    """The columns with their next cards, with how many they hold and the money in them."""
    turned: dict[str, list[int]] = {}
    for by in dict.fromkeys(one.by for one in asked):  # days and instants can't be asked for together
        alike = [one for one in asked if one.by == by]
        cards = Cards(Ask, tuple(one.which for one in alike), by)
        for one, (keys, next_key) in zip(alike, _turned(whose, cards, after), strict=True):
            turned[one.column.key], one.column.after = keys, next_key
    every = [key for keys in turned.values() for key in keys]
    rows = {one.pk: one for one in listing.fetch_by(_ask_rows(), every)}
    for column, *_ in asked:
        column.cards = [_ask_card(rows[key], today, move) for key in turned[column.key] if key in rows]
    if not only:
        _count_asks(whose, asked)
    return [one.column for one in asked]


def _ask_card(one: Ask, today: date, move: str) -> Card:
    waits = one.answer == Ask.Answer.WAITING
    overdue = waits and one.expected_on is not None and one.expected_on < today
    stale = waits and _is_stale(one.contact, to_instant(today))
    return Card(one.contact, address(move, one.pk) if waits else "", one.asked_at, (), one, stale, overdue)


def _count_asks(whose: Whose, asked: list[Asked]) -> None:
    """Say of columns how many asks they hold, and the money in them."""
    found = together.rows_of(_sums(whose.alike, tuple(one.which for one in asked)), whose.told)
    for (column, *_), parts in zip(asked, _each(found, asked), strict=True):
        sums: Counter[str] = Counter()
        for currency, amount, number in chain.from_iterable(parts):
            column.count += number
            sums.update({} if amount is None else {currency: amount})
        column.sums = [(amount, currency) for currency, amount in sums.most_common()]


def _standing_card(one: Standing, slug: str, active: bool, now: int) -> Card:
    there = f"{address('board_move', one.contact_id)}?funnel={slug}"
    return Card(one.contact, there, one.entered_at, stale=active and _is_stale(one.contact, now))


def _is_stale(contact: Contact, now: int) -> bool:
    return (contact.last_touch_at or 0) < now - STALE_DAYS * DAY


def _with_asks(user: User, columns: list[Column]) -> list[Column]:
    """The same columns, cards with the open asks of their contacts."""
    people = [card.contact.pk for column in columns for card in column.cards]
    asks: dict[int, list[Ask]] = defaultdict(list)
    told = {**access.told(user), "contacts": as_told(people)}
    for ask in together.records_of(_theirs(access.Alike.of(user)), told) if people else ():
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
    sums = together.rows_of(_staged_sums(whose.alike, kept), whose.told)
    for stage, currency, amount in chain.from_iterable(sums):
        found[stage][currency] += amount
    return {stage: [(n, currency) for currency, n in sums.most_common()] for stage, sums in found.items()}


def _turned(whose: Whose, cards: Cards, after: str) -> list[tuple[list[int], str]]:
    """The numbers of the next cards of each column, and the key after which further ones come."""
    first, falling = _first(whose.alike, cards, after), cards.by.falling
    found = listing.first_of(
        list(_each(first, cards.columns)), lambda key: key[:2], CARDS + 1, whose.told, falling=falling
    )
    return [_ended(keys) for keys in found]


def _ended(keys: list[tuple[Any, int, int]]) -> tuple[list[int], str]:
    last = keys[CARDS - 1] if len(keys) > CARDS else None
    return [key[2] for key in keys[:CARDS]], f"{last[0]}.{last[1]}" if last else ""


def _counts(whose: Whose, cards: Cards) -> list[int]:
    """How many each column holds, as far as is counted: all asked at once."""
    counts = together.counts_of(_counted(whose.alike, cards), told=whose.told)
    return [sum(some) for some in _each(counts, cards.columns)]


def _each(found: Sequence[T], columns: Sequence[Any]) -> Iterator[Sequence[T]]:
    """What was found of each column, which is as much of each: as many as there are circles."""
    size = len(found) // max(len(columns), 1)
    return (found[place * size : (place + 1) * size] for place in range(len(columns)))


@lru_cache(maxsize=KEPT)
def _first(whose: Alike, cards: Cards, after: str) -> list[Question]:
    """The first cards of each column, circle by circle, and the one after them."""
    by, parts = cards.by, chain.from_iterable(cards.of(whose.anybody()))
    keys = [by.after(part, after).values_list(by.column, by.number, "pk")[: CARDS + 1] for part in parts]
    return [put_together(part) for part in keys]


@cache
def _standing_rows() -> Question:
    return to_fetch(Standing.objects.select_related("contact__company"))


@cache
def _ask_rows() -> Question:
    return to_fetch(Ask.objects.select_related("contact__company", "offer"))


@cache
def _theirs(alike: access.Alike) -> Question:
    """The asks of some contacts."""
    seen = access.of_contacts(alike.anybody(), Ask)
    return put_together(seen.filter(among(Place("contacts"), "contact")).select_related("offer"))


@lru_cache(maxsize=KEPT)
def _counted(whose: Alike, cards: Cards) -> list[Question]:
    parts = chain.from_iterable(cards.of(whose.anybody()))
    return [put_together(to_count(part, COUNTED + 1)) for part in parts]


@lru_cache(maxsize=KEPT)
def _sums(whose: Alike, columns: tuple[Q, ...]) -> list[Question]:
    """How many asks each column holds, and the money in them, by currency."""
    parts = whose.anybody().parts(Ask)
    told = [part.filter(one).order_by().values_list("currency") for one in columns for part in parts]
    return [put_together(part.annotate(sum=Sum("amount"), number=Count("*"))) for part in told]


@lru_cache(maxsize=KEPT)
def _staged_sums(whose: Alike, kept: str) -> list[Question]:
    parts = [part.filter(funnel=kept).order_by() for part in whose.anybody().parts(StagedAsk)]
    told = [part.values_list("stage", "currency") for part in parts]
    return [put_together(part.annotate(sum=Sum("amount"))) for part in told]
