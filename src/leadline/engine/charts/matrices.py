"""A table of cells in which what is wrong catches the eye, by a sign and an outline as well as by colour."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Literal

from leadline.engine.charts.drawing import Rows, beside, distinct, draw, names, note
from leadline.engine.charts.theme import ACCENT, ALARM, FAINT, Spec

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
_WIDE, _NARROW, _ROW, _LINE, _SIGN, _BESIDE = 130, 94, 34, 16, 14, 28
_MOST_LINES, _LETTER = 3, 6.1


def matrix(rows: Rows, title: str, description: str) -> alt.Chart:
    """A cell for each of the `rows` (`row`, `column`, `label`, `tone`), both in the order they come in.

    `tone` is a CellTone. A label may have a second line after a line break. Where no row says anything, or
    where `label` is None, the place stays empty.
    """
    if not rows:
        return note(title, description)
    columns = len(distinct("column", rows))
    cell = max(_NARROW, min(_WIDE, beside("row", rows) / columns))
    placed = [{**row, "label": _lines(row["label"] or "", cell - _BESIDE)} for row in rows]
    tallest = max(len(row["label"]) for row in placed)
    y = names("row", rows)
    x = names("column", rows) | {"scale": {"paddingInner": 0.04, "paddingOuter": 0}}
    x["axis"] = x["axis"] | {"orient": "top", "labelAngle": 0, "labelLimit": cell}
    place = {"x": x, "y": y | {"scale": {"paddingInner": 0.12, "paddingOuter": 0}}}
    text = {"type": "text", "align": "left", "baseline": "middle", "dx": _BESIDE - 4, "limit": cell - _BESIDE}
    text |= {"lineHeight": _LINE, "dy": {"expr": f"(1 - datum.label.length) * {_LINE / 2}"}}
    signs: Spec = {"mark": _sign_mark(), "transform": [_JUDGED], "encoding": _left(place, _SIGN)}
    judged = any(row["tone"] in _SIGNS for row in rows)  # a legend of nothing would have no bounds
    return draw(
        [
            *_cells(place),
            *[signs | {"encoding": signs["encoding"] | _signs(placed)}] * judged,
            {
                "mark": text,
                "encoding": _left(place, 0) | {"text": {"field": "label"}, "opacity": _quiet()},
            },
        ],
        title,
        description,
        rows=placed,
        width=cell * columns,
        height={"step": _ROW + _LINE * max(tallest - 1, 0)},
    )


_JUDGED = {"filter": "datum.tone != 'none'"}


def _cells(place: Spec) -> list[Spec]:
    """A layer of cells for each tone: the renderer draws dashes only where a whole mark has them."""
    rect = {"type": "rect", "cornerRadius": 3}
    return [
        {"mark": rect | looks, "transform": [{"filter": f"datum.tone == '{tone}'"}], "encoding": place}
        for tone, looks in _CELLS.items()
    ]


def _sign_mark() -> Spec:
    return {"type": "point", "filled": False, "size": 34, "strokeWidth": 2, "opacity": 1}


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
    colours, shapes = ([_SIGNS[tone][part] for tone in found] for part in (0, 1))
    field = {"field": "tone", "type": "nominal", "legend": legend}
    return {
        "stroke": field | {"scale": {"domain": found, "range": colours}},
        "shape": field | {"scale": {"domain": found, "range": shapes}},
    }


def _left(place: Spec, inside: int) -> Spec:
    """The same places, at the left edge of each cell and so many pixels inside."""
    return (
        place | {"x": place["x"] | {"bandPosition": 0}} | ({"xOffset": {"value": inside}} if inside else {})
    )


def _quiet() -> Spec:
    return {"condition": {"test": "datum.tone == 'thin'", "value": 0.75}, "value": 1}


def _lines(label: str, width: float) -> list[str]:
    """A label in lines that fit into a cell."""
    letters = int(width / _LETTER)
    lines = [part for line in label.splitlines() for part in wrap(line, letters)]
    return lines if len(lines) <= _MOST_LINES else [*lines[: _MOST_LINES - 1], lines[_MOST_LINES - 1] + " …"]
