"""What files of orders need besides: amounts that can hardly be read, and addresses of whoever's file it is.

An address in (nearly) every row of orders is not a customer's. A column that its header calls the amount is
that even if most of its cells can't be read: the others count.
"""

from __future__ import annotations

from collections.abc import Mapping as Named
from dataclasses import replace

import numpy as np

from leadline.engine.importers.cells.values import parse_number
from leadline.engine.importers.columns.contents import Contents
from leadline.engine.importers.columns.header_words import read_header, says
from leadline.engine.importers.columns.mapping import CENTS, Meaning, Shape, in_units
from leadline.engine.importers.columns.meanings import Proposal, propose
from leadline.engine.importers.words import tokens
from leadline.engine.touches import Column

OWN = "the same in nearly every row of orders: whose file it is, and not the customer"
POOR = "under a header that calls them amounts"
ORDERED = ("order id", "order placed", "date of bought", "stage", "entry")
"""Meanings of columns of which orders have one at least."""
SURELY = 0.9
"""How sure a header is to name the amount, whatever its cells hold."""
PAIRS = 400
"""So many pairs of different amounts are compared."""
ROWS = 6
"""In fewer rows one customer may well stand in each."""
NEARLY = 0.9
"""From this share of the rows on, an address is in nearly every one."""
DIFFERENT = 3
"""So many different names or ids beside one address are not one customer's."""
NAMING = ("contact id", "record id", "name", "first name", "last name", "e-mail")
"""Meanings of other columns that tell one customer from another."""


def propose_file(
    name: str,
    contents: Named[str, Contents],
    given: Named[str, Meaning],
    shape: Shape | None,
    columns: Named[str, Column],
) -> Proposal:
    """The proposal for a file, as `propose` has it, with what amounts and orders need besides."""
    whole = {header: in_units(meaning) for header, meaning in given.items()}
    found = _propose_whole(name, contents, whole, shape, columns)
    for header, meaning in found.columns.items():
        if meaning.means != "value":
            continue
        told = says(header, "minor") or _stands_in_units(header, columns)
        if given[header].means == CENTS if header in given else told:
            found.columns[header] = meaning.model_copy(update={"means": CENTS})
    return found


def _stands_in_units(header: str, columns: Named[str, Column]) -> bool:
    """Whether another column of that name says the same in whole units: `total_formatted`."""
    mine = columns[header]
    for other, column in columns.items():
        if other != header and set(tokens(header)) < set(tokens(other)):
            rows = (mine.codes >= 0) & (column.codes >= 0)
            pairs = np.unique(np.stack([mine.codes[rows], column.codes[rows]]), axis=1).T[:PAIRS]
            read = [(parse_number(mine.labels[a]), parse_number(column.labels[b])) for a, b in pairs.tolist()]
            if any(cents for cents, _ in read) and all(
                cents is not None and units is not None and cents == round(units * 100)
                for cents, units in read
            ):
                return True
    return False


def _propose_whole(
    name: str,
    contents: Named[str, Contents],
    given: Named[str, Meaning],
    shape: Shape | None,
    columns: Named[str, Column],
) -> Proposal:
    """The proposal with amounts in cents as any others."""
    found = propose(name, contents, given, shape, columns)
    amounts = _find_poor_amounts(found, contents, given)
    if amounts is not None:
        taken = {**given, amounts: Meaning(means="value", why=f"{contents[amounts].says}, {POOR}", sure=0.6)}
        again = propose(name, contents, taken, shape, columns)
        found, given = (again, taken) if again.shape == "orders" else (found, given)
    own = _find_own_address(found, contents, columns)
    return propose(name, contents, {**own, **given}, found.shape, columns) if own.keys() - given else found


def _find_poor_amounts(
    found: Proposal, contents: Named[str, Contents], given: Named[str, Meaning]
) -> str | None:
    """The column that its header calls the amount, of which most cells can't be read as one."""
    if found.of("value") is not None or not any(map(found.of, ORDERED)):
        return None
    for header, held in contents.items():
        words = held.filled and not (held.are_numbers or held.are_dates or held.truths)
        if words and header not in given:
            said = read_header(header, replace(held, numbers=1.0))
            if said is not None and said.means == "value" and said.sure >= SURELY:
                return header
    return None


def _find_own_address(
    found: Proposal, contents: Named[str, Contents], columns: Named[str, Column]
) -> dict[str, Meaning]:
    """The column of addresses as ignored, where it holds the address of whoever's file it is.

    Other customers are named beside it; or nobody is, and not one row has another address.
    """
    header = found.of("e-mail")
    if found.shape != "orders" or header is None:
        return {}
    places: dict[str, int] = {}
    labels = [places.setdefault(str(one).casefold(), len(places)) for one in columns[header].labels]
    codes = np.array([*labels, -1])[columns[header].codes]
    there = codes[codes >= 0]
    most = np.bincount(there).argmax() if len(there) else -1
    share = np.mean(there == most) if len(there) else 0.0
    if np.sum(there == most) < ROWS or share < NEARLY:
        return {}
    naming = [columns[other] for other in contents if other != header and _names(contents[other], other)]
    named = [np.unique(one.codes[(codes == most) & (one.codes >= 0)]) for one in naming]
    if max(map(len, named), default=0) >= DIFFERENT or (share == 1.0 and not any(map(len, named))):
        return {header: Meaning(means="ignored", why=OWN, sure=0.8)}
    return {}


def _names(held: Contents, header: str) -> bool:
    """Whether a header says that its column names somebody, however few these are."""
    said = read_header(header, replace(held, come_again=True))
    return said is not None and said.means in NAMING
