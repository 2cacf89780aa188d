"""Orders, invoices, payments: each row that brought money is something bought."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

import numpy as np

from leadline.engine.importers.columns.meanings import CONTACTS
from leadline.engine.importers.columns.orders import OWN
from leadline.engine.importers.evidence import Evidence, Integers, Mask
from leadline.engine.importers.exports import Export, spread_labels
from leadline.engine.importers.sorts.amounts import find_refunded
from leadline.engine.importers.sorts.free_orders import find_free, without_free
from leadline.engine.importers.sorts.part_payments import NOTHING, PART
from leadline.engine.importers.sorts.quantities import find_quantity
from leadline.engine.importers.sorts.touch_log import read_instants
from leadline.engine.importers.words import (
    find_entry,
    find_outcome,
    is_bought,
    is_coming,
    is_given_back,
    is_invoice,
    is_paid,
    is_partly_given_back,
    is_partly_paid,
    is_unpaid,
    speak_of_invoices,
    speak_of_statements,
    squeezed,
    tokens,
)
from leadline.engine.touches import MISSING, Column
from leadline.engine.wording import counted, listed

_CUSTOMER = ("contact id", "e-mail", "name")
"""Meanings of columns that name who ordered, the surest first."""
_SETTLING = frozenset({
    "payment", "payments", "zahlung", "zahlungseingang", "paiement", "reglement", "pago", "cobro",
    "pagamento", "incasso", "betaling",
})  # fmt: skip
"""Entries that settle an invoice, where the same account has these."""
SHOWN = 5
"""So many words of a status are named."""
_ITEM = frozenset({"item", "line", "lineitem", "position", "product", "artikel"})


def read_orders(
    export: Export, amounts: Integers, given_back: Integers, paid: Integers
) -> tuple[list[Evidence], Mask]:
    """`bought`, with its amount, for each order that was not cancelled or never paid, and the rows of these.

    `refunded` besides for those of which `given_back` says something, or the status that all was given back:
    on the day that the file has for it, or else on that of the order. The items of an order that stand on
    several rows are one purchase; what cost nothing is none (`free_orders`), and neither is an invoice of
    which nothing is `paid` (`part_payments`).
    """
    _leave_out_further_lines(export)
    _note_own_address(export)
    amounts = _read_entries(export, amounts)
    _leave_out_paid_out(export, amounts)
    _turn_round(export, amounts)
    instants = read_instants(export, "order placed")
    whole = _read_status(export, given_back, paid) | find_refunded(export)
    dated, known = export.dates_of("date of refunded")
    given_back = _read_refunds(export, amounts, given_back, whole | known)
    free = find_free(amounts, whole | (given_back != 0), number := export.column("order id"))
    orders = [Evidence.of(export.used, export.kinds.code("bought"), instants, amounts)]
    if given_back.any():
        when = np.where(known, dated, instants)
        orders += [Evidence.of(export.used, export.kinds.code("refunded"), when, given_back)]
    if number is not None:
        orders = [_join_items(one, number, export) for one in orders]
        _note_items(export, len(orders[0]))
    bought = without_free(export, orders[0], free)
    return [bought, *(one.take(one.value != 0) for one in orders[1:])], export.used & ~free


def _note_own_address(export: Export) -> None:
    """Notes whose file it is; where its rows name nobody else, they are left out for that."""
    header = next((h for h, meaning in export.proposal.columns.items() if meaning.why == OWN), None)
    if header is None:
        return
    column = export.columns[header]
    address = column.labels[int(np.bincount(column.codes[column.codes >= 0]).argmax())]
    export.notes.append(
        f"“{header}” is {address} in nearly every row: taken for whose file it is, and not for the customer "
        "(a mapping can say “e-mail”)"
    )
    if not CONTACTS & {meaning.means for meaning in export.proposal.columns.values()}:
        everyone = np.ones(export.rows, dtype=bool)
        export.leave_out(everyone, f"it names nobody but {address}, whose file it is")


def _read_entries(export: Export, amounts: Integers) -> Integers:
    """The amounts, below 0 where an entry of an account was given back; what is nobody's is left out.

    A payment beside invoices settles one, and buys nothing.
    """
    entry = export.column("entry")
    if entry is None:
        return amounts
    settled = _SETTLING if any(is_invoice(str(label)) for label in entry.labels) else frozenset()
    sorts = ["others" if squeezed(str(one)) in settled else find_entry(str(one)) for one in entry.labels]
    places = spread_labels(entry, [("sold", "given_back", "others", None).index(sort) for sort in sorts])
    back, known = places == 1, amounts != MISSING
    export.leave_out_labels(places >= 2, entry, lambda label: f"“{label}” is nothing that somebody bought")
    export.leave_out_labels(
        (places == 0) & (amounts < 0) & known, entry, lambda label: f"“{label}” of less than nothing"
    )
    export.leave_out(places < 0, "nothing says what sort of money it is")
    return np.where(back & known, -np.abs(amounts), amounts)


def _leave_out_paid_out(export: Export, amounts: Integers) -> None:
    """Leaves out what went out of a bank account to whoever paid nothing: rent is no money given back."""
    if not speak_of_statements(export.columns):
        return
    customer = next((one for means in _CUSTOMER if (one := export.column(means)) is not None), None)
    out, paying = (amounts < 0) & (amounts != MISSING), np.zeros(1, dtype=bool)
    if customer is not None:
        paying = np.zeros(len(customer.labels) + 1, dtype=bool)
        paying[customer.codes[(amounts > 0) & (customer.codes >= 0)]] = True
        out &= ~paying[customer.codes]
    export.leave_out(out, "money that went out, to nobody who had paid")
    if paying.any():
        export.notes.append(
            "a statement of a bank account: whoever paid is taken for a client, so leave out in the file "
            "what came from anybody else (an office, yourself, a bank)"
        )


def _read_status(export: Export, given_back: Integers, paid: Integers) -> Mask:
    """Which orders were given back as a whole, as their status says; those that brought no money go."""
    status = export.column("stage")
    if status is None:
        _note_part(export, paid == PART)
        export.leave_out(paid == NOTHING, "nothing of it is paid")
        return np.zeros(export.rows, dtype=bool)

    def says(judge: Callable[[str], bool]) -> Mask:
        judged: Mask = spread_labels(status, [judge(str(label)) for label in status.labels]) == 1
        return judged

    unpaid = partial(is_unpaid, invoiced=speak_of_invoices(export.contents))
    ended = {squeezed(word): said for word, said in export.mapping.outcomes.items()}
    settled = says(lambda label: ended.get(squeezed(label)) == "won")
    others = says(lambda label: ended.get(squeezed(label)) in ("lost", "open"))
    begun = (paid == PART) & ~says(lambda label: find_outcome(label) == "lost")
    export.leave_out_labels(
        (says(unpaid) & ~settled & ~begun) | others, status, lambda label: f"the order is “{label}”"
    )
    other = settled | says(is_paid) | says(is_given_back)
    export.leave_out((paid == NOTHING) & ~other, "nothing of it is paid")
    _note_part(export, says(is_partly_paid) | begun)
    _note_status(status.take(export.used & ~begun & (status.codes >= 0)), export)
    unsaid = says(is_partly_given_back) & (given_back == 0) & export.used
    if unsaid.any():
        rows = counted(int(np.count_nonzero(unsaid)), "row")
        export.notes.append(
            f"in {rows} a part was given back, and not how much: the whole amount counts as bought"
        )
    return says(is_given_back)


def _note_part(export: Export, rows: Mask) -> None:
    """Notes which orders count as bought though they are paid in part."""
    if partly := int(np.count_nonzero(rows & export.used)):
        export.notes.append(
            f"in {counted(partly, 'row')} only a part was paid: the whole amount counts as bought"
        )


def _note_status(status: Column, export: Export) -> None:
    """Notes which orders count as bought though their status isn't a usual one."""
    counts = Counter(str(label) for label in status.values())
    unsaid = [label for label in counts if not (is_bought(label) or is_coming(label))]
    if unsaid:
        rows = counted(sum(counts[label] for label in unsaid), "row")
        named = listed([f"“{label}”" for label in unsaid[:SHOWN]])
        more = " and others" if len(unsaid) > SHOWN else ""
        export.notes.append(
            f"orders that are {named}{more} ({rows}) count as bought: put a word under [outcomes] in a "
            "mapping, as “lost” or “open”, if they are not"
        )


def _read_refunds(export: Export, amounts: Integers, given_back: Integers, whole: Mask) -> Integers:
    """What was given back of each row, MISSING where nobody says how much.

    Where money given back to a customer has rows of its own, of amounts below 0, a status only repeats them.
    """
    below = (amounts < 0) & (amounts != MISSING)
    whole = whole & ~below & (given_back == 0)
    customer = next((one for means in _CUSTOMER if (one := export.column(means)) is not None), None)
    if below.any() and customer is not None:
        told = np.zeros(len(customer.labels) + 1, dtype=bool)
        told[customer.codes[below]] = True
        whole &= ~told[customer.codes]
    return np.where(whole, amounts, given_back)


def _turn_round(export: Export, amounts: Integers) -> None:
    """Where payments name who paid and who was paid, money given back goes to somebody who paid before.

    Whoever is paid in other rows is the seller; what the seller paid to others is nothing given back.
    """
    header, back = export.proposal.of("e-mail"), (amounts < 0) & (amounts != MISSING)
    others = [one for one, held in export.contents.items() if held.emails >= 1 and one != header]
    if header is None or not others or not back.any():
        return
    payer, payee = export.columns[header], export.columns[others[0]]
    sellers = {payee.labels[code] for code in np.unique(payee.codes[~back & (payee.codes >= 0)]).tolist()}
    paying = [payer.labels[code] for code in np.unique(payer.codes[back & (payer.codes >= 0)]).tolist()]
    if not paying or not sellers.issuperset(paying):
        return
    known = set(Column(payer.codes[~back & (payer.codes >= 0)], payer.labels).values())
    turned = [payee[row] if given else payer[row] for row, given in enumerate(back.tolist())]
    others_paid = np.array([given and one not in known for one, given in zip(turned, back, strict=True)])
    export.leave_out(others_paid & (payee.codes >= 0), "paid to somebody of whom no payment is on record")
    export.columns[header] = Column.of(turned)


def _are_of_items(export: Export) -> bool:
    """Whether the amounts are those of single items of an order, and not of the whole order."""
    header = export.proposal.of("value")
    if header is None:
        return False
    return find_quantity(export, header) is not None or bool(_ITEM & set(tokens(header)))


def _join_items(bought: Evidence, number: Column, export: Export) -> Evidence:
    """One touch an order; its amount is what all rows say, or their sum.

    It is the sum where the rows say different things, or where they say it of single items. In an account
    each payment of an order is one of its own, and so is what was given back.
    """
    order = number.codes[bought.row].astype(np.int64)
    order = np.where(order >= 0, order, len(number.labels) + np.arange(len(order)))
    if export.column("entry") is not None:
        keys = np.stack([order, bought.happened_at, (bought.value < 0) & (bought.value != MISSING)])
        order = np.unique(keys, axis=1, return_inverse=True)[1].reshape(-1)
    _, first, place = np.unique(order, return_index=True, return_inverse=True)
    if len(first) == len(order):
        return bought
    said = bought.value != MISSING
    total = np.zeros(len(first), dtype=np.int64)
    np.add.at(total, place[said], bought.value[said])
    rows = np.bincount(place[said], minlength=len(first))
    same = np.bincount(place[said & (bought.value == bought.value[first][place])], minlength=len(first))
    if (rows == same).all() and not _are_of_items(export):
        total //= np.maximum(rows, 1)
    value = np.where(rows > 0, total, MISSING)
    kept = np.sort(first)
    return Evidence(bought.row[kept], bought.kind[kept], bought.happened_at[kept], value[place[kept]])


def _note_items(export: Export, orders: int) -> None:
    further = int(np.count_nonzero(export.used)) - orders
    if further:
        rows = counted(further, "row")
        export.notes.append(f"{rows} of further items belong to an order that counts as one purchase")


def _leave_out_further_lines(export: Export) -> None:
    """An order of several items has a line for each; only its first says when and how much."""
    number, header = export.column("order id"), export.proposal.of("order placed")
    if number is None or header is None:
        return
    undated = np.flatnonzero((export.columns[header].codes < 0) & (number.codes >= 0))
    first = np.full(len(number.labels), -1)
    rows = np.flatnonzero(number.codes >= 0)[::-1]
    first[number.codes[rows]] = rows
    further = undated[first[number.codes[undated]] != undated]
    lines = export.table.line[first[number.codes[further]]].tolist()
    export.leave_out_each(further, [f"a further item of the order on line {line}" for line in lines])
