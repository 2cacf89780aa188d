"""One thing beside the other, a row each: counts, intervals, and parts of a whole.

Where there are too many rows the last are left out; `noun` says what they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from leadline.engine.charts.drawing import PERCENT, Rows, draw, labelled, note, reach, ticks
from leadline.engine.charts.names import names, others
from leadline.engine.charts.room import room
from leadline.engine.charts.theme import ACCENT, FAINT, Tone, paint

if TYPE_CHECKING:
    import altair as alt

_TICK, _GAP = 110, 0.26


def bars(rows: Rows, title: str, description: str, *, noun: str = "") -> alt.Chart:
    """A bar for each row (`name`, `count`, `label` beside it, `muted` where it matters less), in order."""
    if not rows:
        return note(title, description)
    named = names("name", rows, needed=_needed("count"), gap=_GAP)
    scale = {"domain": [0, reach("count", named.rows, named.width)], "nice": False}
    x = {"field": "count", "type": "quantitative", "axis": None, "scale": scale}
    colour = {"condition": {"test": "datum.muted", "value": FAINT}, "value": ACCENT}
    bar = {"type": "bar", "height": {"band": 0.8}, "cornerRadiusEnd": 2}
    text = {"type": "text", "align": "left", "dx": 8}
    return draw(
        [
            {"mark": bar, "encoding": {"x": x, "y": named.y, "color": colour}},
            {"mark": text, "encoding": {"x": x, "y": named.y, "text": {"field": "label"}}},
        ],
        title,
        description,
        rows=named.rows,
        height=named.height,
        rest=others("name", rows, named.rows, noun),
    )


def ranges(
    rows: Rows,
    title: str,
    description: str,
    *,
    unit: str,
    subtitle: str = "",
    noun: str = "",
    newest: bool = False,
) -> alt.Chart:
    """A dot with a line from `low` to `high` and a `label` for each row (`name`, `value`), in order.

    `unit` is "share" (0 to 1, written as per cent) or the unit of the values. Rows whose `value` is None have
    only their label. Where the rows are in order of time, of too many the `newest` are kept.
    """
    if not rows:
        return note(title, description)
    placed = [{**row, "end": row["high"] or row["value"] or 0} for row in rows]
    named = names("name", placed, needed=_needed("end"), gap=_GAP, newest=newest)
    top = max(row["end"] for row in named.rows) or 1
    scale = {"domain": [0, reach("end", named.rows, named.width)], "nice": False}
    axis = {"values": ticks(top, room().width // _TICK)} | (
        {"title": None} | PERCENT if unit == "share" else {"title": unit}
    )
    x = {"field": "value", "type": "quantitative", "scale": scale, "axis": axis}
    line = {"type": "rule", "strokeWidth": 5, "opacity": 0.3, "strokeCap": "round", "color": ACCENT}
    dot = {"type": "point", "filled": True, "size": 70, "opacity": 1, "color": ACCENT}
    text = {"type": "text", "align": "left", "dx": 10}
    return draw(
        [
            {"mark": line, "encoding": {"x": x | {"field": "low"}, "x2": {"field": "high"}, "y": named.y}},
            {"mark": dot, "encoding": {"x": x, "y": named.y}},
            {"mark": text, "encoding": {"x": x | {"field": "end"}, "y": named.y, "text": {"field": "label"}}},
        ],
        title,
        description,
        subtitle=subtitle,
        rows=named.rows,
        height=named.height,
        rest=others("name", rows, named.rows, noun),
    )


def shares(rows: Rows, painted: Sequence[Tone], title: str, description: str, *, noun: str = "") -> alt.Chart:
    """A bar of full length for each `group`, divided by the `count` of each `name`; its `label` beside it."""
    if not rows:
        return note(title, description)
    place = {tone.name: number for number, tone in enumerate(painted)}
    placed = [{**row, "place": place[row["name"]]} for row in rows]
    named = names("group", placed, needed=_labelled, gap=_GAP)
    whole = [{"end": 1, "label": row["label"]} for row in named.rows]
    scale = {"domain": [0, reach("end", whole, named.width)], "nice": False}
    x = {"field": "count", "type": "quantitative", "stack": "normalize", "axis": None, "scale": scale}
    order = {"field": "place", "type": "quantitative"}
    bar = {"type": "bar", "height": {"band": 0.8}}
    text = {"type": "text", "align": "left", "dx": 8}
    return draw(
        [
            {"mark": bar, "encoding": {"x": x, "y": named.y, "order": order, **paint(painted)}},
            {
                "mark": text,
                "transform": [{"filter": "datum.place == 0"}],
                "encoding": {"x": {"datum": 1}, "y": named.y, "text": {"field": "label"}},
            },
        ],
        title,
        description,
        rows=named.rows,
        height=named.height,
        rest=others("group", rows, named.rows, noun),
    )


def _needed(field: str) -> Callable[[Rows], float]:
    """The width of the row that ends last, with its label."""
    return lambda rows: room().rows + labelled(max(rows, key=lambda row: row[field] or 0))


def _labelled(rows: Rows) -> float:
    """The width of rows that are all as long, with their labels."""
    return room().rows + max(map(labelled, rows))
