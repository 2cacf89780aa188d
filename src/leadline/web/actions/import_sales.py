"""Purchases and contracts of a list of clients: written with the touches that stand for them, and undone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from leadline.engine.wording import day_words
from leadline.web.actions import checks
from leadline.web.actions.acting import name_of
from leadline.web.actions.intake import Intake, Refused
from leadline.web.actions.rows import TOUCH, Row, insert
from leadline.web.models import Contract, ImportChange, Offer, Purchase

if TYPE_CHECKING:
    from leadline.web.actions.loading import Load

Fresh = tuple[int, int, Row]
"""A touch that is to be written: its contact, its row of the intake, and what is written."""
_ORIGIN = TOUCH.index("origin")
SAID = "The imported list says that it ended."


def write_offers(load: Load) -> None:
    """Declare an offer for each name of one that isn't there, with its price where all rows agree on it."""
    prices: dict[str, set[tuple[int | None, str]]] = defaultdict(set)
    spelled: dict[str, str] = {}
    for sold in load.intake.sold.values():
        if sold.offer:
            prices[sold.offer.casefold()].add((sold.value, sold.currency))
            spelled.setdefault(sold.offer.casefold(), sold.offer)
    there = {name.casefold(): number for name, number in Offer.objects.values_list("name", "id")}
    for plain, told in prices.items():
        if plain not in there:
            price, currency = told.pop() if len(told) == 1 else (None, "")
            made = Offer.objects.create(name=spelled[plain], price=price, currency=currency)
            ImportChange.objects.create(of=load.record, record=name_of(made))
            there[plain] = made.pk
        load.offers[plain] = there[plain]


def with_sales(load: Load, touches: Sequence[Fresh]) -> list[tuple[int, Row]]:
    """New touches, each with its contact; those of a list of clients lead back to purchases and contracts.

    These are written here. Where a purchase was on record already, its contract stays as it is, and that it
    ended is refused: who has it before them knows better.
    """
    sold, ended = load.intake.sold, load.intake.ended
    bought = [one for one in touches if one[1] in sold]
    if not bought and not ended:
        return [(who, told) for who, _, told in touches]
    contracts = {row: _contract(load, who, row) for who, row, _ in bought if sold[row].renews_at is not None}
    Contract.objects.bulk_create(contracts.values())
    purchases = {row: _purchase(load, who, row, contracts.get(row)) for who, row, _ in bought}
    Purchase.objects.bulk_create(purchases.values())
    made = [*map(name_of, purchases.values()), *map(name_of, contracts.values())]
    insert(ImportChange, ("of_id", "record"), ((load.record.pk, name) for name in made))
    written = []
    for who, row, told in touches:
        of = ended.get(row, row)
        record = purchases.get(row) or contracts.get(of)
        if of != row and of not in purchases:
            load.refused.append(_refuse(load.intake, row))
        elif record is not None:
            written.append((who, (*told[:_ORIGIN], name_of(record), *told[_ORIGIN + 1 :])))
        else:
            written.append((who, told))
    return written


def _purchase(load: Load, who: int, row: int, contract: Contract | None) -> Purchase:
    sold = load.intake.sold[row]
    return Purchase(
        contact_id=who,
        offer_id=load.offers.get(sold.offer.casefold()),
        value=sold.value,
        currency=sold.currency,
        bought_at=sold.bought_at,
        contract=contract,
    )


def _contract(load: Load, who: int, row: int) -> Contract:
    sold = load.intake.sold[row]
    assert sold.renews_at is not None
    return Contract(
        contact_id=who,
        offer_id=load.offers.get(sold.offer.casefold()),
        value=sold.value,
        currency=sold.currency,
        starts_on=checks.day_of(sold.bought_at),
        renews_on=checks.day_of(sold.renews_at),
        ended_on=None if sold.ended_at is None else checks.day_of(sold.ended_at),
        ended_why="" if sold.ended_at is None else SAID,
    )


def _refuse(intake: Intake, row: int) -> Refused:
    file, line = str(intake.file[row]), int(intake.line[row])
    day = day_words(int(intake.touches.happened_at[row]))
    return Refused(file, line, f"what they bought is on record already: that it ended on {day} is said there")
