"""Chances: how they rise, and how they are spread."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

from leadline.engine.charts.drawing import PERCENT, Rows, draw, note
from leadline.engine.charts.room import room
from leadline.engine.charts.theme import ACCENT, AXIS, INK, Spec
from leadline.engine.wording import percent

if TYPE_CHECKING:
    import altair as alt

_HALF = 0.5 - 1e-9
_WIDEST_BAR, _PART_OF_BAR, _MOST_TICKS, _TICK = 44, 0.82, 12, 80
_CHANCES = {"tickCount": 5, "title": None} | PERCENT


def odds(points: Rows, title: str, description: str, *, axis: str, mark: float | None = None) -> alt.Chart:
    """A chance (`value`, 0 to 1) that rises with a number (`x`, called `axis`); where it is None, nothing.

    At `mark`, if that is among the numbers, stand a rule and the chance there (of the last point up to it).
    """
    known = sorted((_numbers(point, "x", "value") for point in points if point["value"] is not None), key=_x)
    if not known:
        return note(title, description)
    last = next((p for p in reversed(known) if mark is not None and p["x"] <= mark <= known[-1]["x"]), None)
    marked = [last | {"x": mark, "label": f"{mark:,g}: {percent(last['value'])}"}] if last else []
    x = {"field": "x", "type": "quantitative", "axis": _across(axis), "scale": {"zero": False, "nice": False}}
    y = {"field": "value", "type": "quantitative", "axis": _CHANCES, "scale": {"domain": [0, 1]}}
    line = {"type": "line", "strokeWidth": 2.5, "interpolate": "monotone", "color": ACCENT}
    curved = {"mark": line, "encoding": {"x": x, "y": y}, "transform": [{"filter": "!datum.label"}]}
    late = bool(marked) and mark is not None and 2 * mark > known[0]["x"] + known[-1]["x"]
    place = {"align": "right", "dx": -8, "dy": -10} if late else {"align": "left", "dx": 10, "dy": 12}
    dot = {"type": "point", "filled": True, "size": 70, "opacity": 1, "color": ACCENT}
    dots = {"mark": dot, "encoding": {"x": x, "y": y}}
    if len(known) > 1:
        dots |= {"transform": [{"filter": "datum.label"}]}
    layer = [curved, dots, *_rule(x, y, place)] if marked else [curved, *([dots] if len(known) == 1 else [])]
    return draw(layer, title, description, rows=known + marked)


def distribution(rows: Rows, title: str, description: str, *, axis: str) -> alt.Chart:
    """A bar for each number (`value`, called `axis`) as high as its `share`, and a rule at the median.

    The shares may sum to less than 1, the rest being further off than what is drawn; the median is the first
    value up to which there is half of everything, and where that is further off, no rule stands.
    """
    known = sorted((_numbers(row, "value", "share") for row in rows if row["share"] is not None), key=_value)
    if not any(row["share"] for row in known):
        return note(title, description)
    values = [row["value"] for row in known]
    sums = accumulate(row["share"] for row in known)
    median = next((value for value, total in zip(values, sums, strict=True) if total >= _HALF), None)
    apart = min((b - a for a, b in pairwise(values) if b > a), default=1)
    top = max(row["share"] for row in known) * 1.15 or 1
    domain = [values[0] - apart, values[-1] + apart]
    wide = min(_WIDEST_BAR, _PART_OF_BAR * (room().inside - AXIS) * apart / (domain[1] - domain[0]))
    x = {
        "field": "value",
        "type": "quantitative",
        "axis": _across(axis, values),
        "scale": {"domain": domain, "nice": False},
    }
    y = {"field": "share", "type": "quantitative", "axis": _CHANCES, "scale": {"domain": [0, top]}}
    bar = {"type": "bar", "size": max(wide, 1), "color": ACCENT, "opacity": 0.75}
    bars = {"mark": bar, "encoding": {"x": x, "y": y}, "transform": [{"filter": "!datum.label"}]}
    marked = [] if median is None else [{"value": median, "share": top, "label": f"half by {median:,g}"}]
    late = median is not None and 2 * median > sum(domain)
    place = {"align": "right" if late else "left", "dx": -8 if late else 8, "dy": 6}
    layer = [bars, *_rule(x, y, place)] if marked else [bars]
    return draw(layer, title, description, rows=known + marked)


def _rule(x: Spec, y: Spec, place: Spec) -> list[Spec]:
    """A rule from the bottom up to each row that has a label, and the label beside its top."""
    only = [{"filter": "datum.label"}]
    rule = {"type": "rule", "color": INK, "strokeDash": [3, 3]}
    text = {"type": "text", "fontWeight": 600, "color": INK} | place
    return [
        {"mark": rule, "transform": only, "encoding": {"x": x, "y": y, "y2": {"datum": 0}}},
        {"mark": text, "transform": only, "encoding": {"x": x, "y": y, "text": {"field": "label"}}},
    ]


def _across(axis: str, values: Sequence[float] = ()) -> Spec:
    """An axis below: a tick for each value where they are few, and round numbers otherwise."""
    few = {"values": list(values)} if 0 < len(values) <= _MOST_TICKS else {"tickCount": room().width // _TICK}
    return {"title": axis, "grid": False} | few


def _numbers(row: Any, *fields: str) -> dict[str, Any]:
    """The fields of a row as plain numbers."""
    return {field: float(row[field]) for field in fields} | {"label": None}


def _x(row: dict[str, Any]) -> float:
    return float(row["x"])


def _value(row: dict[str, Any]) -> float:
    return float(row["value"])
