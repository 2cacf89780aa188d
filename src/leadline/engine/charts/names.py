"""The names of rows: beside the rows where there is room for them, and above the rows otherwise.

A drawing has no more than `MOST` rows, and no more than its room is high enough for: who draws gives the rows
that matter most first, and the rest is left out and said (`others`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from leadline.engine.charts.drawing import Rows, distinct
from leadline.engine.charts.room import room
from leadline.engine.charts.theme import STEP, Spec, broken, is_whole, text_width
from leadline.engine.wording import counted

MOST = 20
"""So many rows at most are drawn: more are not read."""

_AROUND = 170
"""The height that title, axis and legend take at most."""

_SIZE, _LINE, _PADDING, _MOST_LINES, _BELOW, _APART = 13, 15, 10, 2, 4, 8


@dataclass(frozen=True)
class Names:
    """The rows drawn, with the place of each name; the encoding `y` by it, and the width and height left.

    Rows are told apart by place, since the renderer takes some names (“constructor”) for words of its own.
    """

    rows: list[dict[str, Any]]
    y: Spec
    width: float
    height: Spec


def names(
    field: str,
    rows: Rows,
    *,
    needed: Callable[[Rows], float],
    high: float = STEP,
    gap: float = 0,
    newest: bool = False,
) -> Names:
    """The names of the rows in their order, beside the rows if they fit and that leaves what those need.

    Each row is `high` pixels, of which the share `gap` is empty. Of too many the first are kept, or, where
    they are in order of time, the `newest`.
    """
    named = _named(field, _kept(field, rows, MOST, newest=newest), needed, high, gap)
    fit = max(int((room().height - _AROUND) // named.height["step"]), 1)
    return named if fit >= MOST else _named(field, _kept(field, rows, fit, newest=newest), needed, high, gap)


def others(field: str, rows: Rows, drawn: Rows, noun: str = "") -> str:
    """How many of the rows are left out of what is drawn, and where they are; nothing where none is."""
    more = len(distinct(field, rows)) - len(distinct(field, drawn))
    if not more:
        return ""
    said = counted(more, f"other {noun}") if noun else f"{more:,} other{'s' * (more > 1)}"
    return f"{said} {'is' if more == 1 else 'are'} in the table."


def _kept(field: str, rows: Rows, most: int, *, newest: bool) -> Rows:
    """The rows of the first names, or of the last."""
    called = distinct(field, rows)
    kept = set(called[-most:] if newest else called[:most])
    return [row for row in rows if str(row[field]) in kept]


def _named(field: str, rows: Rows, needed: Callable[[Rows], float], high: float, gap: float) -> Names:
    called = distinct(field, rows)
    lines = [broken(name, room().names, _SIZE, _MOST_LINES) for name in called]
    taken = max(text_width(line, _SIZE) for parts in lines for line in parts)
    left = room().inside - _PADDING - min(taken, room().names)
    fit = left >= needed(rows) and all(map(is_whole, called, lines))
    axis, scale, step = _beside(lines, high, gap) if fit else _above(called, high, gap)
    places = {name: place for place, name in enumerate(called)}
    placed = [{**row, "at": places[str(row[field])]} for row in rows]
    y = {"field": "at", "type": "ordinal", "axis": axis, "scale": {"type": "band"} | scale}
    return Names(placed, y, left if fit else room().inside, {"step": step})


def _beside(lines: list[list[str]], high: float, gap: float) -> tuple[Spec, Spec, float]:
    """Axis, scale and height of rows with names at the left, in two lines where they are long."""
    axis = _axis(lines, room().names, _PADDING)
    long = [place for place, parts in enumerate(lines) if len(parts) > 1]
    if long:  # the lines of a text follow its first one, so that one has to stand above the middle
        lower = {"test": f"indexof({long}, datum.value) >= 0", "value": "bottom"}
        high = max(high, _MOST_LINES * _LINE + _APART)
        axis |= {"labelBaseline": {"condition": lower, "value": "middle"}}
    return axis, {"paddingInner": gap, "paddingOuter": 0}, high


def _above(called: list[str], high: float, gap: float) -> tuple[Spec, Spec, float]:
    """Axis, scale and height of rows with names over them, the last line of each equally far from its row."""
    lines = [broken(name, room().inside, _SIZE, _MOST_LINES) for name in called]
    most = max(len(parts) for parts in lines)
    body, head = high * (1 - gap), most * _LINE + _BELOW + high * gap
    empty = head / (head + body)
    first = body / 2 + (most - 0.5) * _LINE + _BELOW / 2
    axis = _axis([[""] * (most - len(parts)) + parts for parts in lines], room().inside, 0)
    axis |= {"labelAlign": "left", "labelOffset": -first}
    return axis, {"paddingInner": empty, "paddingOuter": empty / 2, "align": 1}, head + body


def _axis(lines: list[list[str]], limit: float, padding: float) -> Spec:
    """An axis of names in their lines, each at its place.

    All names are one text, which is taken apart again: to the renderer some names by themselves are no text.
    """
    text = "".join("\r" + "\n".join(parts) for parts in lines)
    label = f"split(split({json.dumps(text)}, '\\r')[datum.value + 1], '\\n')"
    size = {"labelFontSize": _SIZE, "labelLineHeight": _LINE, "labelLimit": limit, "labelPadding": padding}
    return {"title": None, "grid": False, "labelExpr": label} | size
