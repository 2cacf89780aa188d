"""A table of cells in which what is wrong catches the eye, by a sign and an outline as well as by colour."""

from __future__ import annotations

import math
from textwrap import wrap
from typing import TYPE_CHECKING, Literal

from leadline.engine.charts.drawing import Rows, distinct, draw, note
from leadline.engine.charts.names import names, others
from leadline.engine.charts.room import room
from leadline.engine.charts.theme import ACCENT, ALARM, FAINT, Spec, columns_of

if TYPE_CHECKING:
    import altair as alt

CellTone = Literal["missing", "weak", "thin", "fine", "none"]
"""How a cell of a matrix stands out; `none` says nothing."""

_CROSS, _DOWN = "M-1,-1L1,1M-1,1L1,-1", "M-1,-0.7L1,-0.7L0,1Z"
_DOTS, _TICK = "M-1,0L-0.7,0M-0.15,0L0.15,0M0.7,0L1,0", "M-1,0L-0.3,0.8L1,-0.8"
_SIGNS = {"missing": (ALARM, _CROSS), "weak": (ALARM, _DOWN), "thin": (FAINT, _DOTS), "fine": (ACCENT, _TICK)}
_CELLS: dict[str, Spec] = {
    "missing": {"fill": ALARM, "fillOpacity": 0.26, "stroke": ALARM, "strokeWidth": 1.8},
    "weak": {"fill": ALARM, "fillOpacity": 0.13},
    "thin": {"fill": "transparent", "stroke": FAINT, "strokeWidth": 1.2, "strokeDash": [3, 3]},
    "fine": {"fill": ACCENT, "fillOpacity": 0.16},
}
_CALLED = {"missing": "missing", "weak": "weak", "thin": "too few to say", "fine": "fine"}
_ROW, _GAP, _FULL, _LINE, _MOST_LINES, _LETTER = 34, 0.12, 0.96, 14, 4, 0.51
_LEAST_BESIDE, _BESIDE, _SIGN, _EDGE = 80, 24, 14, 6
"""The least cell in which words are beside the sign, where they and the sign are, and the rest."""

_TIED = "\N{NO-BREAK SPACE}%"
_HEADS: Spec = {"title": None, "orient": "top", "labelAngle": 0, "labelFontSize": 13, "labelPadding": 8}


def matrix(rows: Rows, title: str, description: str, *, noun: str = "") -> alt.Chart:
    """A cell for each of the `rows` (`row`, `column`, `label`, `tone`), both in the order they come in.

    Where there are too many, the last are left out; `noun` says what they are.
    `tone` is a CellTone. A label may have a second line after a line break. Where no row says anything, or
    where `label` is None, the place stays empty. In small cells the words stand under the sign.
    """
    if not rows:
        return note(title, description)
    columns = distinct("column", rows)
    least = len(columns) * _LEAST_BESIDE
    first = names("row", rows, needed=lambda _: least)
    cell = first.width / len(columns)
    beside = cell >= _LEAST_BESIDE
    placed: Rows = [{**row, "label": _lines(row["label"] or "", cell, beside=beside)} for row in first.rows]
    tallest = max(len(row["label"]) for row in placed)
    named = names("row", placed, needed=lambda _: least, high=_ROW + _LINE * max(tallest - 1, 0), gap=_GAP)
    x = {"field": "column", "type": "nominal", "sort": columns, "axis": _HEADS | {"labelLimit": cell}}
    place = {"x": x | {"scale": {"paddingInner": 1 - _FULL, "paddingOuter": 0}}, "y": named.y}
    corner = place | {"x": place["x"] | {"bandPosition": 0}}
    corner |= {} if beside else {"y": named.y | {"bandPosition": 0}}
    signs: Spec = {"mark": _sign_mark(cell, beside=beside), "transform": [_JUDGED], "encoding": corner}
    judged = any(row["tone"] in _SIGNS for row in named.rows)  # a legend of nothing would have no bounds
    words = {"text": {"field": "label"}, "opacity": _quiet()}
    return draw(
        [
            *_cells(place),
            *[signs | {"encoding": signs["encoding"] | _signs(named.rows)}] * judged,
            {"mark": _words(cell, beside=beside), "encoding": corner | words},
        ],
        title,
        description,
        rows=named.rows,
        height=named.height,
        rest=others("row", rows, named.rows, noun),
    )


_JUDGED = {"filter": "datum.tone != 'none'"}


def _cells(place: Spec) -> list[Spec]:
    """A layer of cells for each tone: the renderer draws dashes only where a whole mark has them."""
    rect = {"type": "rect", "cornerRadius": 3}
    return [
        {"mark": rect | looks, "transform": [{"filter": f"datum.tone == '{tone}'"}], "encoding": place}
        for tone, looks in _CELLS.items()
    ]


def _sign_mark(cell: float, *, beside: bool) -> Spec:
    """A sign in the middle of the left of a cell, or in its upper right corner."""
    place = {"xOffset": _SIGN} if beside else {"xOffset": cell * _FULL - _SIGN + 3, "yOffset": _SIGN - 1}
    return {"type": "point", "filled": False, "size": 34, "strokeWidth": 2, "opacity": 1} | place


def _words(cell: float, *, beside: bool) -> Spec:
    """Words in the middle of a cell beside the sign, or down from its upper left corner."""
    left = _BESIDE if beside else _EDGE
    text = {"type": "text", "align": "left", "dx": left, "limit": cell - left, "fontSize": room().smallest}
    if beside:
        text |= {"baseline": "middle", "dy": {"expr": f"(1 - datum.label.length) * {_LINE / 2}"}}
    return text | {"lineHeight": _LINE} | ({} if beside else {"baseline": "top", "dy": _EDGE})


def _signs(rows: Rows) -> Spec:
    """A sign for each tone, and the legend that says what it means."""
    found = [tone for tone in _SIGNS if any(row["tone"] == tone for row in rows)]
    called = " : ".join([*(f"datum.value == '{tone}' ? '{_CALLED[tone]}'" for tone in found), "''"])
    legend: Spec = {
        "title": None,
        "orient": "bottom",
        "direction": "horizontal",
        "offset": 10,
        "symbolSize": 50,
    }
    legend |= {"labelExpr": called, "symbolStrokeWidth": 1.8, "columnPadding": 18}
    legend |= columns_of([_CALLED[tone] for tone in found])
    colours, shapes = ([_SIGNS[tone][part] for tone in found] for part in (0, 1))
    field = {"field": "tone", "type": "nominal", "legend": legend}
    return {
        "stroke": field | {"scale": {"domain": found, "range": colours}},
        "shape": field | {"scale": {"domain": found, "range": shapes}},
    }


def _quiet() -> Spec:
    return {"condition": {"test": "datum.tone == 'thin'", "value": 0.85}, "value": 1}


def _lines(label: str, cell: float, *, beside: bool) -> list[str]:
    """A label in lines that fit into a cell; under a sign, the first one leaves room for it."""
    letter = room().smallest * _LETTER
    letters = int((cell - _BESIDE - 2 if beside else cell * _FULL - 2 * _EDGE) / letter)
    sign = 0 if beside else math.ceil((_SIGN + 4) / letter)
    whole = label.replace(" %", _TIED).splitlines()
    lines = [part for n, line in enumerate(whole) for part in _level(line, letters, 0 if n else sign)]
    lines = [line.replace(_TIED, " %") for line in lines]
    return lines if len(lines) <= _MOST_LINES else [*lines[: _MOST_LINES - 1], lines[_MOST_LINES - 1] + " …"]


def _level(line: str, letters: int, indent: int) -> list[str]:
    """A line broken into as few as fit, none longer than it has to be; the first one leaves an indent."""
    words = [len(word) for word in line.split(" ")]
    most = max(letters, indent + 1)
    least = min(max([indent + 1, indent + words[0], *words] if words else [most]), most)
    broken = [wrap(line, width, initial_indent=" " * indent) for width in range(least, most + 1)]
    return [part.strip() for part in next(one for one in broken if len(one) == len(broken[-1]))]
