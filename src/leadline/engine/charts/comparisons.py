"""One thing beside the other, a row each: counts, intervals, and parts of a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from leadline.engine.charts.drawing import PERCENT, Rows, beside, draw, names, note, stretch, ticks
from leadline.engine.charts.theme import ACCENT, FAINT, STEP, Tone, paint

if TYPE_CHECKING:
    import altair as alt


def bars(rows: Rows, title: str, description: str) -> alt.Chart:
    """A bar for each row (`name`, `count`, `label` beside it, `muted` where it matters less), in order."""
    if not rows:
        return note(title, description)
    longest = max(row["count"] for row in rows) or 1
    width = beside("name", rows)
    scale = {"domain": [0, longest * stretch(rows, width)], "nice": False}
    x = {"field": "count", "type": "quantitative", "axis": None, "scale": scale}
    y = names("name", rows)
    colour = {"condition": {"test": "datum.muted", "value": FAINT}, "value": ACCENT}
    bar = {"type": "bar", "height": {"band": 0.62}, "cornerRadiusEnd": 2}
    text = {"type": "text", "align": "left", "dx": 8}
    return draw(
        [
            {"mark": bar, "encoding": {"x": x, "y": y, "color": colour}},
            {"mark": text, "encoding": {"x": x, "y": y, "text": {"field": "label"}}},
        ],
        title,
        description,
        rows=rows,
        width=width,
        height={"step": STEP},
    )


def ranges(rows: Rows, title: str, description: str, *, unit: str, subtitle: str = "") -> alt.Chart:
    """A dot with a line from `low` to `high` and a `label` for each row (`name`, `value`), in order.

    `unit` is "share" (0 to 1, written as per cent) or the unit of the values. Rows whose `value` is None have
    only their label.
    """
    if not rows:
        return note(title, description)
    placed = [{**row, "end": row["high"] or row["value"] or 0} for row in rows]
    top = max(row["end"] for row in placed) or 1
    width = beside("name", rows)
    scale = {"domain": [0, top * stretch(rows, width)], "nice": False}
    axis = {"values": ticks(top)} | ({"title": None} | PERCENT if unit == "share" else {"title": unit})
    x = {"field": "value", "type": "quantitative", "scale": scale, "axis": axis}
    y = names("name", rows)
    line = {"type": "rule", "strokeWidth": 5, "opacity": 0.3, "strokeCap": "round", "color": ACCENT}
    dot = {"type": "point", "filled": True, "size": 70, "opacity": 1, "color": ACCENT}
    text = {"type": "text", "align": "left", "dx": 10}
    return draw(
        [
            {"mark": line, "encoding": {"x": x | {"field": "low"}, "x2": {"field": "high"}, "y": y}},
            {"mark": dot, "encoding": {"x": x, "y": y}},
            {"mark": text, "encoding": {"x": x | {"field": "end"}, "y": y, "text": {"field": "label"}}},
        ],
        title,
        description,
        subtitle=subtitle,
        rows=placed,
        width=width,
        height={"step": STEP},
    )


def shares(rows: Rows, painted: Sequence[Tone], title: str, description: str) -> alt.Chart:
    """A bar of full length for each `group`, divided by the `count` of each `name`; its `label` beside it."""
    if not rows:
        return note(title, description)
    place = {tone.name: number for number, tone in enumerate(painted)}
    placed = [{**row, "place": place[row["name"]]} for row in rows]
    width = beside("group", rows)
    scale = {"domain": [0, stretch(rows, width)], "nice": False}
    x = {"field": "count", "type": "quantitative", "stack": "normalize", "axis": None, "scale": scale}
    y = names("group", rows)
    order = {"field": "place", "type": "quantitative"}
    bar = {"type": "bar", "height": {"band": 0.62}}
    text = {"type": "text", "align": "left", "dx": 8}
    return draw(
        [
            {"mark": bar, "encoding": {"x": x, "y": y, "order": order, **paint(painted)}},
            {
                "mark": text,
                "transform": [{"filter": "datum.place == 0"}],
                "encoding": {"x": {"datum": 1}, "y": y, "text": {"field": "label"}},
            },
        ],
        title,
        description,
        rows=placed,
        width=width,
        height={"step": STEP},
    )
