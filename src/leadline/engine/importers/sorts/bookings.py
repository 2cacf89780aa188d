"""Bookings: each row is an appointment, and only those that took place are meetings.

One that was held and has a price is a purchase too, unless a column says that it isn't paid. Who didn't come,
called it off or put it off met nobody; one that is yet to come has not happened. Some programs never say of
an appointment that it took place: there it did if it stands, and its day is over. Others have no status, but
columns of yes and no for what was called off or missed: what has no yes there took place.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from leadline.engine.importers.cells.values import parse_truth
from leadline.engine.importers.evidence import Evidence, Integers, Mask
from leadline.engine.importers.exports import Export, spread_labels
from leadline.engine.importers.sorts.touch_log import read_instants
from leadline.engine.importers.words import find_booking, is_paid, is_unpaid, squeezed
from leadline.engine.touches import MISSING
from leadline.engine.wording import counted

PAID = frozenset(
    {"paid", "ispaid", "bezahlt", "paye", "payee", "pagado", "pagato", "betaald", "paymentstatus"}
)
"""A column called so says whether an appointment was paid."""


def read_bookings(export: Export, amounts: Integers) -> list[Evidence]:
    """`had_meeting` for each appointment that took place, and `bought` with its price where it has one."""
    instants = read_instants(export, "happened at")
    held, standing = _read_status(export)
    _note_standing(export, held & standing)
    _leave_out_missed(export)
    paid = export.used & (amounts > 0) & (amounts != MISSING) & ~_find_unpaid(export)
    return [
        Evidence.of(export.used, export.kinds.code("had_meeting"), instants),
        Evidence.of(paid, export.kinds.code("bought"), instants, amounts),
    ]


def read_called_off(export: Export) -> Integers | None:
    """1 where an appointment was called off or missed, 0 where not, -1 where nothing is said; None: nowhere.

    Of several columns one is enough: a yes, a word for it, or a day on which it was called off. Under a
    header that asks whether they came, it is a no.
    """
    headers = [header for header, one in export.proposal.columns.items() if one.means == "cancelled"]
    told = [_called_off(export, header) for header in headers]
    return np.maximum.reduce(told) if told else None


def _called_off(export: Export, header: str) -> Integers:
    if export.contents[header].are_dates:
        return export.dates(header)[1].astype(np.int64)
    column, came = export.columns[header], find_booking(header) == "held"
    sorts = {"missed": 1, "others": 1, "held": 0}
    said = [(parse_truth(text), sorts.get(find_booking(text) or "", -1)) for text in column.labels]
    return spread_labels(column, [sort if truth is None else int(truth != came) for truth, sort in said])


def _read_status(export: Export) -> tuple[Mask, bool]:
    """The rows whose appointment took place, and whether that is but because it stands."""
    status = export.column("stage")
    if status is None:
        missed = read_called_off(export)
        return np.ones(export.rows, dtype=bool) if missed is None else missed != 1, True
    sorts = [find_booking(str(label)) for label in status.labels]
    meant = "held" if "held" in sorts else "standing"
    held: Mask = spread_labels(status, [sort == meant for sort in sorts]) == 1
    export.leave_out(status.codes < 0, "nothing says whether it took place")
    export.leave_out_labels(~held, status, lambda label: f"the appointment is “{label}”")
    return held, meant == "standing"


def _leave_out_missed(export: Export) -> None:
    """Leaves out the rows with a yes in a column for what was called off, or missed."""
    for header, meaning in export.proposal.columns.items():
        if meaning.means == "cancelled":
            column = export.columns[header]
            said = [parse_truth(str(label)) is True for label in column.labels]
            export.leave_out_labels(
                spread_labels(column, said) == 1, column, partial("“{}” is “{}”".format, header)
            )


def _note_standing(export: Export, rows: Mask) -> None:
    if rows.any():
        count = counted(int(np.count_nonzero(rows)), "row")
        export.notes.append(
            f"no row says that an appointment took place: those that stand ({count}) count as held"
        )


def _find_unpaid(export: Export) -> Mask:
    """The rows of which a column says that they weren't paid."""
    found = np.zeros(export.rows, dtype=bool)
    for header, column in export.columns.items():
        if squeezed(header) in PAID:
            said = [
                parse_truth(str(label)) is False or (is_unpaid(str(label)) and not is_paid(str(label)))
                for label in column.labels
            ]
            found |= spread_labels(column, said) == 1
    return found
