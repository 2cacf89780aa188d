"""What the rows of a list of clients say that each bought: the purchase, and the contract that it began."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leadline.engine.importers.columns.clients import BOUGHT
from leadline.engine.importers.evidence import Integers, Mask
from leadline.engine.importers.sorts.readings import Reading
from leadline.engine.kinds import Kinds
from leadline.engine.touches import MISSING

CHURNED = "date of churned"


@dataclass(frozen=True)
class Sold:
    """What one row says that somebody bought: its touches are those of this line of this file.

    `renews_at` is the day on which it ends or is to be renewed, `ended_at` when it ended; None where nothing
    says it. `ended_told` is False where that is the last day that is known of them, since no row names one.
    The amount is in minor units.
    """

    file: str
    line: int
    bought_at: int
    value: int | None
    currency: str
    offer: str
    renews_at: int | None
    ended_at: int | None
    ended_told: bool = False


def read_sales(readings: Sequence[Reading], kinds: Kinds) -> list[Sold]:
    """One for each row of a list of clients that tells of a purchase, in the order of the files.

    Beside a file of deals or of orders a list says nothing of that sort: what was sold stands better there.
    """
    shapes = {one.export.proposal.shape for one in readings}
    if shapes & {"deals", "orders"}:
        return []
    return [sold for one in readings if _are_clients(one) for sold in _sales_of(one, kinds)]


def _are_clients(one: Reading) -> bool:
    proposal = one.export.proposal
    sells = proposal.of("renewal") or proposal.of("offer")
    return proposal.shape == "contacts" and bool(proposal.of(BOUGHT) and sells)


def _sales_of(one: Reading, kinds: Kinds) -> list[Sold]:
    export, evidence = one.export, one.evidence
    bought = np.flatnonzero(np.isin(evidence.kind, list(kinds.named("purchased"))))
    ends = np.isin(evidence.kind, list(kinds.named("ended")))
    ended = dict(zip(evidence.row[ends].tolist(), evidence.happened_at[ends].tolist(), strict=True))
    renews, churned = (_days(*export.dates_of(means)) for means in ("renewal", CHURNED))
    offers, currencies = export.column("offer"), one.currency
    found = []
    for place in bought.tolist():
        row, value = int(evidence.row[place]), int(evidence.value[place])
        sold = Sold(
            file=export.name,
            line=int(export.table.line[row]),
            bought_at=int(evidence.happened_at[place]),
            value=None if value == MISSING else value,
            currency=str(currencies[row] or "") if currencies is not None else "",
            offer=str(offers[row] or "") if offers is not None else "",
            renews_at=renews.get(row),
            ended_at=ended.get(row),
            ended_told=row in ended and ended[row] in (renews.get(row), churned.get(row)),
        )
        found.append(sold)
    return found


def _days(instants: Integers, told: Mask) -> dict[int, int]:
    rows = np.flatnonzero(told)
    return dict(zip(rows.tolist(), instants[rows].tolist(), strict=True))
