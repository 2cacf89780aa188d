"""How much room there is to draw in: that of a page, or that of a phone.

Whoever makes a chart says what is drawn; whoever shows it says where, by making it within a room:

    with within(PHONE):
        chart = report.chart()
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

MARGIN = 5
"""Pixels that stay empty at each side of a drawing."""


@dataclass(frozen=True)
class Room:
    """The `width` of a whole drawing in pixels, the most that it is high, and its smallest type.

    Rows for which there is no height are left out, the last ones, and the drawing says how many.

    The names of rows stand beside the rows if each fits into two lines of `names` pixels and that leaves
    `rows` pixels for the longest thing drawn; otherwise they stand above the rows.
    """

    width: int
    height: int
    names: int
    rows: int
    smallest: int

    @property
    def inside(self) -> int:
        """The width between the margins."""
        return self.width - 2 * MARGIN


PAGE = Room(width=640, height=900, names=190, rows=0, smallest=12)
PHONE = Room(width=344, height=1200, names=190, rows=150, smallest=11)

_ROOM: ContextVar[Room] = ContextVar("room", default=PAGE)


def room() -> Room:
    """The room in which charts are made now: a page, unless another is given."""
    return _ROOM.get()


@contextmanager
def within(given: Room) -> Iterator[None]:
    """Charts made inside are drawn for the given room."""
    token = _ROOM.set(given)
    try:
        yield
    finally:
        _ROOM.reset(token)
