"""An address in (nearly) every row of orders is that of whoever's file it is, and not a customer's."""

from __future__ import annotations

from collections.abc import Mapping as Named
from dataclasses import replace

import numpy as np

from leadline.engine.importers.columns.contents import Contents
from leadline.engine.importers.columns.header_words import read_header
from leadline.engine.importers.columns.mapping import Meaning, Shape
from leadline.engine.touches import Column

OWN = "the same in nearly every row of orders: whose file it is, and not the customer"
ROWS = 6
"""In fewer rows one customer may well stand in each."""
NEARLY = 0.9
"""From this share of the rows on, an address is in nearly every one."""
DIFFERENT = 3
"""So many different names or ids beside one address are not one customer's."""
NAMING = ("contact id", "record id", "name", "first name", "last name", "e-mail")
"""Meanings of other columns that tell one customer from another."""


def find_own_address(
    shape: Shape | None,
    found: Named[str, Meaning],
    contents: Named[str, Contents],
    columns: Named[str, Column],
) -> dict[str, Meaning]:
    """The column of addresses as ignored, where it holds the address of whoever's file it is.

    Other customers are named beside it; or nobody is, and not one row has another address.
    """
    header = next((header for header, meaning in found.items() if meaning.means == "e-mail"), None)
    if shape != "orders" or header is None:
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
