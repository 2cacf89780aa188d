"""The income of the last year: by month, and on how few clients it rests.

What a purchase brought is what is left of it once money was given back, on the day of the purchase, as in the
engine (`payments`); the concentration is the engine's too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np

from leadline.engine.clocks import begin_of, to_local
from leadline.engine.horizon.concentration import Concentration
from leadline.engine.instants import DAY, MONTH, YEAR
from leadline.engine.payments import payments_of
from leadline.engine.touches import MISSING
from leadline.web import access, warehouse
from leadline.web.models import Contact, Touch, User
from leadline.web.warehouse.zones import team_days

_TOP, SHOWN = 3, 5
WIDE, HIGH, LEFT = 640, 120, 4


@dataclass(frozen=True)
class Month:
    """A calendar month of the team's by its first day, what came in, and where its bar is in a picture."""

    day: date
    amount: int
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Payer:
    """A client, what they paid, and which share of all that is.

    Without a contact it is somebody who was erased, or all others together, who are `many`.
    """

    contact: Contact | None
    amount: int
    share: float
    many: int = 0

    @property
    def bar(self) -> str:
        """The share as the width of a bar of 100."""
        return f"{self.share * 100:.1f}"


@dataclass(frozen=True)
class Year:
    """What came in, month by month, in the currency of most purchases, and on whom it rests.

    `payers` are the largest clients, and last all others together, if there are any.
    """

    currency: str
    months: tuple[Month, ...]
    rests: Concentration
    payers: tuple[Payer, ...]

    @property
    def total(self) -> int:
        """All of it."""
        return self.rests.income


def year(user: User, now: int, named: int = SHOWN) -> Year | None:
    """The income of the last year from contacts that somebody sees; None where none is on record.

    So many of the largest clients are named.
    """
    touches = warehouse.read(_payments(user, now), many=True)
    paid = payments_of(touches, touches.contact, now)
    at, value = touches.happened_at[paid.row], paid.value
    known = (value != MISSING) & (at > now - YEAR)
    if not value[known].sum():
        return None
    rows = paid.row[known]
    by_client = np.bincount(touches.contact.codes[rows], value[known])
    with team_days():
        months = _months(at[known], value[known], now)
    payers = _payers(touches, by_client, named)
    first, currency = int(touches.happened_at[paid.row].min()), paid.usual_name or ""
    who = str(payers[0].contact or "somebody who was erased")
    return Year(currency, months, _rests(who, by_client, currency, first, now), payers)


def _payments(user: User, now: int) -> Any:
    """Purchases and refunds of everybody who paid in the last year, also of people who were erased since.

    A day to each side may be too many: a whole day begins where the team is.
    """
    kinds = warehouse.kinds()
    codes = kinds.named("purchased") | kinds.named("repaid")
    names = [kinds.kinds[code].name for code in codes]
    theirs = access.counted(user, Touch).filter(kind__in=names, in_force=True, retracts=None)
    lately = theirs.filter(value__isnull=False, happened_at__gt=now - YEAR - DAY)
    return theirs.filter(contact__in=lately.values("contact"), happened_at__lte=now + DAY)


def _payers(touches: Any, by_client: Any, most: int) -> tuple[Payer, ...]:
    order = np.argsort(-by_client, kind="stable")
    order = order[by_client[order] > 0]
    total, largest = float(by_client.sum()), order[:most]
    numbers = [int(touches.contact.labels[one]) for one in largest]
    people = Contact.objects.filter(erased_at=None).select_related("company").in_bulk(numbers)
    amounts = [int(by_client[one]) for one in largest]
    named = [
        Payer(people.get(number), amount, amount / total)
        for number, amount in zip(numbers, amounts, strict=True)
    ]
    rest = int(total) - sum(amounts)
    others = [Payer(None, rest, rest / total, len(order) - len(named))] if len(order) > len(named) else []
    return (*named, *others)


def _rests(who: str, by_client: Any, currency: str, first: int, now: int) -> Concentration:
    total = float(by_client.sum())
    share = np.sort(by_client[by_client > 0])[::-1] / total
    return Concentration(
        income=int(total),
        currency=currency,
        months=max(min(now - first, YEAR) / MONTH, 1.0),
        clients=len(share),
        who=who,
        largest=float(share[0]),
        top=float(share[:_TOP].sum()),
        equal_clients=float(1 / (share @ share)),
    )


def _months(at: Any, value: Any, now: int) -> tuple[Month, ...]:
    """The last twelve calendar months and the running one, with bars as high as their share of the best."""
    day = to_local(now)
    first = day.year * 12 + day.month - 1
    days = [date(number // 12, number % 12 + 1, 1) for number in range(first - 12, first + 2)]
    sums = [
        int(value[(at >= begin) & (at < end)].sum()) for begin, end in pairwise(begin_of(one) for one in days)
    ]
    best, step = max(*sums, 1), WIDE // len(sums)
    return tuple(
        Month(
            day=days[place],
            amount=amount,
            x=LEFT + place * step,
            y=HIGH - round(amount / best * (HIGH - 16)),
            width=step - 8,
            height=round(amount / best * (HIGH - 16)),
        )
        for place, amount in enumerate(sums)
    )
