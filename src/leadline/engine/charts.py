"""Charts: a few shapes, one calm theme, and SVG that takes its colours from the page around it.

The colours are placeholders, chosen to be read on white and on black; `themed` puts CSS variables in their
place. A chart is made of a Vega-Lite specification, so that importing this module costs nothing.
"""

from __future__ import annotations

import html
import re
import zlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import altair as alt

INK, FAINT, LINE, ACCENT = "#6b727b", "#979da6", "#8d939c", "#0f8a80"
PLACEHOLDERS = {"ink": INK, "faint": FAINT, "line": LINE, "accent": ACCENT}
"""What each colour is for: text, what matters less, the grid, and the data."""

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"
WIDTH, STEP, HEIGHT = 560, 30, 240

Spec = dict[str, Any]
Rows = Sequence[Mapping[str, Any]]
"""The data of a chart: a dict for each thing drawn."""

_MOST_SHARE = 1.0


def note(title: str, text: str) -> alt.Chart:
    """A chart in which there is nothing to draw, and why."""
    mark = {"type": "text", "align": "left", "x": 0, "color": FAINT, "fontSize": 13}
    layer = {"data": {"values": [{"text": text}]}, "mark": mark, "encoding": {"text": {"field": "text"}}}
    return _chart([layer], title, text, height=60)


def bars(rows: Rows, title: str, description: str) -> alt.Chart:
    """A bar for each row (`name`, `count`, `label` beside it, `muted` when it matters less), in order.

    Rows with a `group` give one block of bars for each group.
    """
    longest = max((row["count"] for row in rows), default=0) or 1
    x = {"field": "count", "type": "quantitative", "axis": None, "scale": {"domain": [0, longest * 1.25]}}
    y = _names("name")
    colour = {"condition": {"test": "datum.muted", "value": FAINT}, "value": ACCENT}
    bar = {
        "mark": {"type": "bar", "height": {"band": 0.62}, "cornerRadiusEnd": 2},
        "encoding": {"x": x, "y": y, "color": colour},
    }
    text = {
        "mark": {"type": "text", "align": "left", "dx": 6},
        "encoding": {"x": x, "y": y, "text": {"field": "label"}},
    }
    return _chart([bar, text], title, description, rows=rows, height={"step": STEP})


def ranges(rows: Rows, title: str, description: str, *, unit: str) -> alt.Chart:
    """A dot with a line from `low` to `high` and a `label` for each row (`name`, `value`), in order.

    `unit` is "share" (0 to 1, written as per cent) or the unit of time of the values. Rows whose `value` is
    None have only their label.
    """
    share = unit == "share"
    top = max((row["high"] or row["value"] or 0 for row in rows), default=0) or 1
    scale = {"domain": [0, min(top * 1.45, 1.45) if share else top * 1.45], "nice": False}
    axis = {"title": None if share else unit, "format": "~%" if share else "~s", "tickCount": 6}
    x = {"field": "value", "type": "quantitative", "scale": scale, "axis": axis}
    y = _names("name")
    line = {
        "mark": {"type": "rule", "strokeWidth": 5, "opacity": 0.3, "strokeCap": "round", "color": ACCENT},
        "encoding": {"x": x | {"field": "low"}, "x2": {"field": "high"}, "y": y},
    }
    dot = {
        "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1, "color": ACCENT},
        "encoding": {"x": x, "y": y},
    }
    place = {"field": "label_at", "type": "quantitative", "scale": scale}
    text = {
        "mark": {"type": "text", "align": "left", "dx": 10},
        "encoding": {"x": place, "y": y, "text": {"field": "label"}},
    }
    placed = [{**row, "label_at": row["high"] or row["value"] or 0} for row in rows]
    return _chart([line, dot, text], title, description, rows=placed, height={"step": STEP})


def curve(points: Rows, title: str, description: str, *, unit: str) -> alt.Chart:
    """A share that grows in steps over `time` (in the unit), with the band from `low` to `high`."""
    x = {"field": "time", "type": "quantitative", "axis": {"title": unit, "grid": False, "tickCount": 8}}
    top = min(max((point["high"] for point in points), default=1) * 1.05, _MOST_SHARE)
    y = {
        "type": "quantitative",
        "axis": {"format": "~%", "tickCount": 5, "title": None},
        "scale": {"domain": [0, top]},
    }
    band = {
        "mark": {"type": "area", "interpolate": "step-after", "opacity": 0.2, "color": ACCENT},
        "encoding": {"x": x, "y": y | {"field": "low"}, "y2": {"field": "high"}},
    }
    line = {
        "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2, "color": ACCENT},
        "encoding": {"x": x, "y": y | {"field": "value"}},
    }
    return _chart([band, line], title, description, rows=points, height=HEIGHT)


def layers(rows: Rows, names: Sequence[str], title: str, description: str) -> alt.Chart:
    """Counts over time (`day`, `name`, `count`), a layer for each name, the last at the bottom and darkest."""
    order = {name: place for place, name in enumerate(reversed(names))}
    shades = [0.2 + 0.75 * place / max(len(names) - 1, 1) for place in range(len(names))]
    encoding = {
        "x": {"field": "day", "type": "temporal", "axis": {"title": None, "grid": False, "tickCount": 6}},
        "y": {
            "field": "count",
            "type": "quantitative",
            "stack": "zero",
            "axis": {"title": None, "tickCount": 5},
        },
        "opacity": {
            "field": "name",
            "type": "nominal",
            "scale": {"domain": list(names), "range": shades},
            "legend": {
                "title": None,
                "symbolType": "square",
                "symbolFillColor": ACCENT,
                "symbolStrokeWidth": 0,
            },
        },
        "order": {"field": "order", "type": "quantitative"},
    }
    layer = {
        "mark": {"type": "area", "color": ACCENT, "line": False, "interpolate": "step-after"},
        "encoding": encoding,
    }
    ordered = [{**row, "order": order[row["name"]]} for row in rows]
    return _chart([layer], title, description, rows=ordered, height=HEIGHT)


def svg(chart: alt.Chart) -> str:
    """The chart as SVG that stands by itself, with a `<title>` and a `<desc>` for those who don't see it."""
    import vl_convert  # noqa: PLC0415 - a whole browser engine, wanted only by who draws

    spec = chart.to_dict()
    drawn = vl_convert.vegalite_to_svg(spec)
    name = f"chart-{zlib.crc32(drawn.encode()):08x}"  # several charts in one page need names of their own
    title, description = (html.escape(text) for text in (spec["title"]["text"], spec.get("description", "")))
    head = f'<title id="{name}-title">{title}</title><desc id="{name}-desc">{description}</desc>'
    drawn = re.sub(r'(id="|url\(#)(?=clip|gradient)', rf"\g<1>{name}-", drawn)
    opening = f'<svg role="img" aria-labelledby="{name}-title {name}-desc" '
    return re.sub(r"<svg ([^>]*>)", lambda found: opening + found[1] + head, drawn, count=1)


def themed(drawn: str) -> str:
    """The SVG with `var(--chart-ink)`, `-faint`, `-line` and `-accent` for its colours."""
    for name, colour in PLACEHOLDERS.items():
        drawn = drawn.replace(f'"{colour}"', f'"var(--chart-{name}, {colour})"')
    return drawn


def _names(field: str) -> Spec:
    return {
        "field": field,
        "type": "nominal",
        "sort": None,
        "axis": {"title": None, "labelLimit": 220, "labelFontSize": 13, "labelPadding": 8},
    }


def _chart(layer: list[Spec], title: str, description: str, *, height: object, rows: Rows = ()) -> alt.Chart:
    import altair as alt  # noqa: PLC0415 - takes longer to import than most reports to compute

    spec = {
        "title": {"text": title},
        "description": description,
        "width": WIDTH,
        "height": height,
        "background": "transparent",
        "data": {"values": list(rows)},
        "layer": layer,
        "config": _THEME,
    }
    chart: alt.Chart = alt.Chart.from_dict(spec)
    return chart


_THEME: Spec = {
    "font": FONT,
    "view": {"stroke": None},
    "title": {"anchor": "start", "color": INK, "fontSize": 15, "fontWeight": 600, "offset": 14},
    "text": {"color": INK, "fontSize": 12},
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "titleFontWeight": "normal",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "domain": False,
        "ticks": False,
        "gridColor": LINE,
        "gridOpacity": 0.25,
        "labelPadding": 6,
    },
    "legend": {"labelColor": INK, "labelFontSize": 12},
}
