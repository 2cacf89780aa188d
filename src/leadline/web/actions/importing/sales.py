"""Purchases and contracts of a list of clients: written with the touches that stand for them, and undone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping as Named
from collections.abc import Sequence
from typing import TYPE_CHECKING

from leadline.engine.importers.sorts.pipeline import Deal
from leadline.engine.importers.sorts.sales import Sold
from leadline.web.actions.acting import name_of
from leadline.web.actions.importing.contracts import End, begin, find_there, follow
from leadline.web.actions.rows import Row, insert, told_of
from leadline.web.models import Contract, ImportChange, Offer, Purchase

if TYPE_CHECKING:
    from leadline.web.actions.importing.loading import Load

Fresh = tuple[int, int, Row]
"""A touch that is to be written: its contact, its row of the intake, and what is written."""


def write_offers(load: Load) -> None:
    """Declare an offer for each name of one that isn't there, with its price where all rows agree on it."""
    prices: dict[str, set[tuple[int | None, str]]] = defaultdict(set)
    spelled: dict[str, str] = {}
    told: list[Sold | Deal] = [*load.intake.sold.values(), *load.intake.dealt.values()]
    for sold in told:
        if sold.offer:
            prices[sold.offer.casefold()].add((sold.value, sold.currency))
            spelled.setdefault(sold.offer.casefold(), sold.offer)
    there = {name.casefold(): number for name, number in Offer.objects.values_list("name", "id")}
    for plain, asked in prices.items():
        if plain not in there:
            price, currency = asked.pop() if len(asked) == 1 else (None, "")
            made = Offer.objects.create(name=spelled[plain], price=price, currency=currency)
            ImportChange.objects.create(of=load.record, record=name_of(made))
            there[plain] = made.pk
        load.offers[plain] = there[plain]


def with_sales(
    load: Load, touches: Sequence[Fresh], known: Sequence[tuple[int, int]] = ()
) -> list[tuple[int, Row]]:
    """New touches, each with its contact; those of a list of clients lead back to purchases and contracts.

    These are written here. Purchases on record, of which `known` have the contact and the row, are not
    written again; their contracts follow what the list says now (`contracts`).
    """
    sold = load.intake.sold
    there = find_there(load, touches, known) if sold else {}
    bought = [one for one in touches if one[1] in sold and one[1] not in there]
    contracts = {row: begin(load, who, row) for who, row, _ in bought if sold[row].renews_at is not None}
    Contract.objects.bulk_create(contracts.values())
    purchases = {row: _purchase(load, who, row, contracts.get(row)) for who, row, _ in bought}
    Purchase.objects.bulk_create(purchases.values())
    made = [*map(name_of, purchases.values()), *map(name_of, contracts.values())]
    insert(ImportChange, ("of_id", "record"), ((load.record.pk, name) for name in made))
    ends = follow(load, there) if there else {}
    origins = {row: name_of(one) for row, one in purchases.items()}
    origins |= {row: name_of(contracts[of]) for row, of in load.intake.ended.items() if of in contracts}
    return _without_known(load, touches, there, ends, origins)


def _without_known(
    load: Load,
    touches: Sequence[Fresh],
    there: Named[int, Purchase],
    ends: Named[int, End],
    origins: Named[int, str],
) -> list[tuple[int, Row]]:
    """The touches that are to be written, with what each leads back to.

    As long as they have a contract they stay a client: that another one ended is no touch.
    """
    ended = load.intake.ended
    whom = {who for who, row, _ in touches if row in ended}
    stay = set(Contract.objects.filter(contact__in=whom, ended_on=None).values_list("contact_id", flat=True))
    written = []
    for who, row, told in touches:
        of = ended.get(row, row)
        if row in ended and who in stay:
            continue
        if of not in there:
            written.append((who, told_of(told, origin=origins[row]) if row in origins else told))
        elif row in ended and of in ends:
            written.append((who, told_of(told, **ends[of])))
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
