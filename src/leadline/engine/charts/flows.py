"""Who went from where to where: nodes in columns, and ribbons between them as broad as they are many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from leadline.engine.charts.drawing import Rows, draw, note
from leadline.engine.charts.ribbons import Layout, Node, Ribbon, lay_out
from leadline.engine.charts.theme import ACCENT, FAINT, INK, WIDTH, Spec, text_width

if TYPE_CHECKING:
    import altair as alt

_NODE, _HIGH, _MOST_NODES, _POINTS = 8, 260, 8, 12
_BESIDE, _LONGEST, _HEAD, _LETTER, _OPACITY = 6, 150, 28, 12, 0.32
_GOES_ON, _CHANGES = "goes on", "changes"


def flow(rows: Rows, title: str, description: str, *, columns: Sequence[str] = ()) -> alt.Chart:
    """How many (`count`) went from a `source` in column `step` to a `target` in the next one.

    `step` counts from 0; `columns` are the titles of the columns. A node is as high as what comes in or goes
    out, whichever is more: what ends in a node is the part of it from which no ribbon leaves. Ribbons to
    another name from which some set out are in colour, the others grey: those between equal names, and those
    to an end. The smallest of more than 8 nodes in a column are “other”.
    """
    laid = lay_out(rows, _HIGH, _MOST_NODES)
    if not laid.nodes:
        return note(title, description)
    last = max(node.column for node in laid.nodes)
    room = min(_LONGEST, max(text_width(_label(node)) for node in laid.nodes if node.column == last) + 10)
    apart = (WIDTH - room - _NODE) / last
    head = _HEAD if columns else 0
    titles = [{"part": "title", "x": n * apart, "y": 0, "label": name} for n, name in enumerate(columns)]
    boxes = [
        _box(node, apart, head) | ({"part": "last"} if node.column == last else {}) for node in laid.nodes
    ]
    ways = _ways(laid)
    bands = [
        {"part": "ribbon", "ribbon": number, "way": way} | point
        for number, (ribbon, way) in enumerate(zip(laid.ribbons, ways, strict=True))
        for point in _band(ribbon, apart, head)
    ]
    width, height = last * apart + _NODE, laid.height + head
    layer = _layers(set(ways), _places(width, height), apart)
    return draw(layer, title, description, rows=bands + boxes + titles, width=width, height=height)


def _label(node: Node) -> str:
    return f"{node.count:,} {node.name}"


def _box(node: Node, apart: float, head: float) -> dict[str, Any]:
    left, top, high = node.column * apart, node.top + head, max(node.height, 1)
    corners = {"x": left, "x2": left + _NODE, "y": top, "y2": top + high}
    return {"part": "node", "label": _label(node), "middle": top + max(high, _LETTER) / 2} | corners


def _band(ribbon: Ribbon, apart: float, head: float) -> list[dict[str, float]]:
    """The upper and lower edge of a ribbon, level where it begins and ends (a smoothstep between)."""
    left, right = ribbon.step * apart + _NODE, (ribbon.step + 1) * apart
    points = []
    for point in range(_POINTS + 1):
        gone = point / _POINTS
        top = ribbon.top + (ribbon.end - ribbon.top) * gone * gone * (3 - 2 * gone) + head
        where = {"x": left + (right - left) * gone, "y": top, "y2": top + ribbon.height}
        points.append(where)
    return points


def _places(width: float, height: float) -> dict[str, Spec]:
    """Encodings by which a pixel is a pixel, counted from the top left."""
    across = {"domain": [0, width], "nice": False, "zero": False}
    down = {"domain": [height, 0], "nice": False, "zero": False}
    return {
        "x": {"field": "x", "type": "quantitative", "axis": None, "scale": across},
        "y": {"field": "y", "type": "quantitative", "axis": None, "scale": down},
    }


def _layers(ways: set[str], places: dict[str, Spec], apart: float) -> list[Spec]:
    """Ribbons, then the nodes over them, then the words."""
    bar = {"type": "rect", "color": INK, "opacity": 0.85, "cornerRadius": 1.5, "aria": False}
    words = {"type": "text", "align": "left", "aria": False}
    label = words | {"dx": _NODE + _BESIDE, "baseline": "middle", "limit": apart - _NODE - 2 * _BESIDE}
    head = words | {"baseline": "top", "fontWeight": 600, "limit": apart - _BESIDE}
    corners = {"x2": {"field": "x2"}, "y2": {"field": "y2"}}
    middle = {"y": places["y"] | {"field": "middle"}, "text": {"field": "label"}}
    return [
        _ribbons(ways, places),
        {"mark": bar, "transform": _only("node", "last"), "encoding": places | corners},
        {"mark": label, "transform": _only("node"), "encoding": places | middle},
        {"mark": label | {"limit": _LONGEST}, "transform": _only("last"), "encoding": places | middle},
        {"mark": head, "transform": _only("title"), "encoding": places | {"text": {"field": "label"}}},
    ]


def _ribbons(ways: set[str], places: dict[str, Spec]) -> Spec:
    """The ribbons, and where there are both ways, a legend of them."""
    legend = {"title": None, "symbolType": "square", "symbolStrokeWidth": 0, "orient": "bottom", "offset": 12}
    scale = {"domain": [_GOES_ON, _CHANGES], "range": [FAINT, ACCENT]}
    way = {"field": "way", "type": "nominal", "scale": scale, "legend": legend if len(ways) > 1 else None}
    encoding = places | {"y2": {"field": "y2"}, "detail": {"field": "ribbon"}, "color": way}
    mark = {"type": "area", "opacity": _OPACITY, "interpolate": "monotone", "aria": False}
    return {"mark": mark, "transform": _only("ribbon"), "encoding": encoding}


def _ways(laid: Layout) -> list[str]:
    """Of each ribbon whether somebody goes on as before, or changes to where others set out from."""
    sources = {ribbon.source for ribbon in laid.ribbons}
    return [_CHANGES if ribbon.target in sources - {ribbon.source} else _GOES_ON for ribbon in laid.ribbons]


def _only(*parts: str) -> list[Spec]:
    return [{"filter": {"field": "part", "oneOf": list(parts)}}]
