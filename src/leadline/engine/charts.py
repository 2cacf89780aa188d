"""Charts: a few shapes, one calm theme, and SVG that takes its colours from the page around it.

The colours are placeholders, chosen to be read on white and on black; `themed` puts CSS variables in their
place. A chart is made of a Vega-Lite specification, so that importing this module costs nothing.
"""

from __future__ import annotations

import html
import math
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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

_FULL = 1.0
_PERCENT = {"labelExpr": "format(100 * datum.value, '~f') + ' %'"}


@dataclass(frozen=True)
class Tone:
    """How a stage is painted: its name, colour and opacity."""

    name: str
    colour: str
    opacity: float


def tones(stages: Sequence[tuple[str, str]]) -> list[Tone]:
    """A tone for each stage (name, role): the accent, stronger from one to the next; the rest faint.

    The rest are strangers, and stages of role `left`.
    """
    path = [name for name, role in stages if role in {"open", "client"}]
    rest = [name for name, _ in stages if name not in path]
    painted = {name: Tone(name, ACCENT, 0.3 + 0.7 * place / len(path)) for place, name in enumerate(path, 1)}
    painted |= {name: Tone(name, FAINT, 0.2 + 0.4 * place / len(rest)) for place, name in enumerate(rest, 1)}
    return [painted[name] for name, _ in stages]


def note(title: str, text: str) -> alt.Chart:
    """A chart in which there is nothing to draw, and why."""
    mark = {"type": "text", "align": "left", "color": FAINT, "fontSize": 13, "limit": WIDTH}
    encoding = {"text": {"field": "text"}, "x": {"value": 0}}
    return _chart([{"mark": mark, "encoding": encoding}], title, text, height=40, rows=[{"text": text}])


def bars(rows: Rows, title: str, description: str) -> alt.Chart:
    """A bar for each row (`name`, `count`, `label` beside it, `muted` where it matters less), in order."""
    longest = max((row["count"] for row in rows), default=0) or 1
    scale = {"domain": [0, longest * 1.4], "nice": False}
    x = {"field": "count", "type": "quantitative", "axis": None, "scale": scale}
    y = _names("name", rows)
    colour = {"condition": {"test": "datum.muted", "value": FAINT}, "value": ACCENT}
    bar = {"type": "bar", "height": {"band": 0.62}, "cornerRadiusEnd": 2}
    text = {"type": "text", "align": "left", "dx": 8}
    return _chart(
        [
            {"mark": bar, "encoding": {"x": x, "y": y, "color": colour}},
            {"mark": text, "encoding": {"x": x, "y": y, "text": {"field": "label"}}},
        ],
        title,
        description,
        rows=rows,
        height={"step": STEP},
    )


def ranges(rows: Rows, title: str, description: str, *, unit: str, subtitle: str = "") -> alt.Chart:
    """A dot with a line from `low` to `high` and a `label` for each row (`name`, `value`), in order.

    `unit` is "share" (0 to 1, written as per cent) or the unit of the values. Rows whose `value` is None have
    only their label.
    """
    placed = [{**row, "end": row["high"] or row["value"] or 0} for row in rows]
    top = max((row["end"] for row in placed), default=0) or 1
    scale = {"domain": [0, top * 1.4], "nice": False}
    axis = {"values": _ticks(top)} | ({"title": None} | _PERCENT if unit == "share" else {"title": unit})
    x = {"field": "value", "type": "quantitative", "scale": scale, "axis": axis}
    y = _names("name", rows)
    line = {"type": "rule", "strokeWidth": 5, "opacity": 0.3, "strokeCap": "round", "color": ACCENT}
    dot = {"type": "point", "filled": True, "size": 70, "opacity": 1, "color": ACCENT}
    text = {"type": "text", "align": "left", "dx": 10}
    return _chart(
        [
            {"mark": line, "encoding": {"x": x | {"field": "low"}, "x2": {"field": "high"}, "y": y}},
            {"mark": dot, "encoding": {"x": x, "y": y}},
            {"mark": text, "encoding": {"x": x | {"field": "end"}, "y": y, "text": {"field": "label"}}},
        ],
        title,
        description,
        subtitle=subtitle,
        rows=placed,
        height={"step": STEP},
    )


def curve(points: Rows, title: str, description: str, *, axis: str) -> alt.Chart:
    """A share (`value`) that grows in steps over `time`, with the band from `low` to `high`."""
    x = {"field": "time", "type": "quantitative", "axis": {"title": axis, "grid": False, "tickCount": 8}}
    top = min(max((point["high"] for point in points), default=_FULL) * 1.05, _FULL)
    up = {"tickCount": 5, "title": None} | _PERCENT
    y = {"type": "quantitative", "axis": up, "scale": {"domain": [0, top]}}
    band = {"type": "area", "interpolate": "step-after", "opacity": 0.2, "color": ACCENT}
    line = {"type": "line", "interpolate": "step-after", "strokeWidth": 2, "color": ACCENT}
    return _chart(
        [
            {"mark": band, "encoding": {"x": x, "y": y | {"field": "low"}, "y2": {"field": "high"}}},
            {"mark": line, "encoding": {"x": x, "y": y | {"field": "value"}}},
        ],
        title,
        description,
        rows=points,
        height=HEIGHT,
    )


def layers(rows: Rows, painted: Sequence[Tone], title: str, description: str) -> alt.Chart:
    """Counts over time (`day`, `name`, `count`): a layer for each tone, the last accent at the bottom."""
    bottom_up = [tone for tone in reversed(painted) if tone.colour == ACCENT]
    bottom_up += [tone for tone in painted if tone.colour != ACCENT]
    place = {tone.name: number for number, tone in enumerate(bottom_up)}
    across, up = {"title": None, "grid": False, "tickCount": 6}, {"title": None, "tickCount": 5}
    encoding = {
        "x": {"field": "day", "type": "temporal", "axis": across},
        "y": {"field": "count", "type": "quantitative", "stack": "zero", "axis": up},
        "order": {"field": "place", "type": "quantitative"},
        **_paint(bottom_up[::-1]),
    }
    mark = {"type": "area", "interpolate": "step-after"}
    placed = [{**row, "place": place[row["name"]]} for row in rows]
    return _chart([{"mark": mark, "encoding": encoding}], title, description, rows=placed, height=HEIGHT)


def shares(rows: Rows, painted: Sequence[Tone], title: str, description: str) -> alt.Chart:
    """A bar of full length for each `group`, divided by the `count` of each `name`; its `label` beside it."""
    place = {tone.name: number for number, tone in enumerate(painted)}
    placed = [{**row, "place": place[row["name"]]} for row in rows]
    x = {"field": "count", "type": "quantitative", "stack": "normalize", "axis": None}
    y = _names("group", rows)
    order = {"field": "place", "type": "quantitative"}
    bar = {"type": "bar", "height": {"band": 0.62}}
    text = {"type": "text", "align": "left", "dx": 8}
    return _chart(
        [
            {"mark": bar, "encoding": {"x": x, "y": y, "order": order, **_paint(painted)}},
            {
                "mark": text,
                "transform": [{"filter": "datum.place == 0"}],
                "encoding": {"x": {"value": WIDTH}, "y": y, "text": {"field": "label"}},
            },
        ],
        title,
        description,
        rows=placed,
        height={"step": STEP},
    )


def svg(chart: alt.Chart) -> str:
    """The chart as SVG that stands by itself, with a `<title>` and a `<desc>` for those who don't see it."""
    import vl_convert

    spec = chart.to_dict()
    drawn = vl_convert.vegalite_to_svg(spec)
    name = f"chart-{zlib.crc32(drawn.encode()):08x}"  # several charts in one page need names of their own
    title, description = html.escape(spec["title"]["text"]), html.escape(spec["description"])
    head = f'<title id="{name}-title">{title}</title><desc id="{name}-desc">{description}</desc>'
    drawn = re.sub(r'(id="|url\(#)(?=clip|gradient)', rf"\g<1>{name}-", drawn)
    opening = f'<svg role="img" aria-labelledby="{name}-title {name}-desc" '
    return re.sub(r"<svg ([^>]*>)", lambda found: opening + found[1] + head, drawn, count=1)


def themed(drawn: str) -> str:
    """The SVG with `var(--chart-ink)`, `-faint`, `-line` and `-accent` for its colours."""
    for name, colour in PLACEHOLDERS.items():
        drawn = drawn.replace(f'"{colour}"', f'"var(--chart-{name}, {colour})"')
    return drawn


def _paint(painted: Sequence[Tone]) -> Spec:
    """Colour and opacity by name, and one legend for both."""
    domain = [tone.name for tone in painted]
    legend = {"title": None, "symbolType": "square", "symbolStrokeWidth": 0, "orient": "top"}
    colour = {"domain": domain, "range": [tone.colour for tone in painted]}
    opacity = {"type": "ordinal", "domain": domain, "range": [round(tone.opacity, 3) for tone in painted]}
    return {
        "color": {"field": "name", "type": "nominal", "scale": colour, "legend": legend},
        "opacity": {"field": "name", "type": "nominal", "scale": opacity, "legend": legend},
    }


def _names(field: str, rows: Rows) -> Spec:
    """An axis of names in the order of the rows."""
    axis = {"title": None, "labelLimit": 220, "labelFontSize": 13, "labelPadding": 8, "grid": False}
    order = list(dict.fromkeys(row[field] for row in rows))
    return {"field": field, "type": "nominal", "sort": order, "axis": axis}


def _ticks(top: float) -> list[float]:
    """Some five round numbers from 0 up to `top`."""
    rough = top / 5
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * nice for nice in (1, 2, 5, 10) if unit * nice >= rough * 0.999)
    return [round(step * number, 10) for number in range(int(top / step * 1.001) + 1)]


def _chart(
    layer: list[Spec], title: str, description: str, *, height: object, rows: Rows, subtitle: str = ""
) -> alt.Chart:
    import altair as alt

    spec = {
        "title": {"text": title} | ({"subtitle": subtitle} if subtitle else {}),
        "description": description,
        "width": WIDTH,
        "height": height,
        "background": "transparent",
        "data": {"values": []},
        "layer": layer,
        "config": _THEME,
    }
    chart: alt.Chart = alt.Chart.from_dict(spec)
    chart.data = alt.InlineData(values=[dict(row) for row in rows])  # from_dict would check each value slowly
    return chart


_THEME: Spec = {
    "font": FONT,
    "view": {"stroke": None},
    "title": {
        "anchor": "start",
        "color": INK,
        "fontSize": 15,
        "fontWeight": 600,
        "offset": 14,
        "subtitleColor": FAINT,
        "subtitleFontSize": 12,
        "subtitlePadding": 5,
    },
    "text": {"color": INK, "fontSize": 12},
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "titleFontWeight": "normal",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titlePadding": 8,
        "labelFlush": False,
        "domain": False,
        "ticks": False,
        "gridColor": LINE,
        "gridOpacity": 0.2,
        "labelPadding": 6,
    },
    "legend": {"labelColor": INK, "labelFontSize": 12},
}
