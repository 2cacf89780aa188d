"""Who went from where to where: nodes in columns, and ribbons between them as broad as they are many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from leadline.engine.charts.drawing import Rows, draw, note
from leadline.engine.charts.labels import BESIDE, MOST_LINES, NODE, Labels, label
from leadline.engine.charts.ribbons import LEAST, Layout, Node, Ribbon, lay_out
from leadline.engine.charts.room import room
from leadline.engine.charts.theme import ACCENT, FAINT, INK, Spec, broken

if TYPE_CHECKING:
    import altair as alt

_HIGH, _MOST_NODES, _POINTS, _LINE, _MORE, _OPACITY = 260, 8, 6, 14, 10, 0.32
_GOES_ON, _CHANGES = "goes on", "changes"


def flow(rows: Rows, title: str, description: str, *, columns: Sequence[str] = ()) -> alt.Chart:
    """How many (`count`) went from a `source` in column `step` to a `target` in the next one.

    `step` counts from 0; `columns` are the titles of the columns. A node is as high as what comes in or goes
    out, whichever is more: what ends in a node is the part of it from which no ribbon leaves. Ribbons to
    another name from which some set out are in colour, the others grey: those between equal names, and those
    to an end. The smallest of more than 8 nodes in a column are “other”. Names for which there is no room at
    their nodes have a letter there, and are written out below.
    """
    nodes = lay_out(rows, _HIGH, _MOST_NODES).nodes
    if not nodes:
        return note(title, description)
    words = label(nodes)
    laid = lay_out(rows, _HIGH, _MOST_NODES, LEAST + _MORE * (words.most - 1))
    heads = [broken(name, words.apart - BESIDE, room().smallest, MOST_LINES) for name in columns]
    head = _LINE * (max(map(len, heads), default=-1) + 1)
    titles = [_text("title", n * words.apart, 0, lines) for n, lines in enumerate(heads)]
    key, height = _key(words, laid.height + head)
    boxes = [_box(node, words, head) for node in laid.nodes]
    ways = _ways(laid)
    bands = [
        {"part": "ribbon", "ribbon": number, "way": way} | point
        for number, (ribbon, way) in enumerate(zip(laid.ribbons, ways, strict=True))
        for point in _band(ribbon, words.apart, head)
    ]
    layer = _layers(set(ways), _places(room().inside, height))
    return draw(layer, title, description, rows=bands + boxes + titles + key, height=height)


def _key(words: Labels, top: float) -> tuple[list[dict[str, Any]], float]:
    """The names that have a letter, a line or two each, from `top` on; and where that ends."""
    rows: list[dict[str, Any]] = []
    top += _LINE if words.letters else 0
    for name, letter in words.letters.items():
        lines = broken(f"{letter}: {name}", room().inside, room().smallest, MOST_LINES)
        rows.append(_text("key", 0, top, lines))
        top += _LINE * len(lines) + 4
    return rows, top


def _text(part: str, left: float, top: float, lines: list[str]) -> dict[str, Any]:
    return {"part": part, "x": left, "y": top, "label": lines}


def _box(node: Node, words: Labels, head: float) -> dict[str, Any]:
    left, top, high = node.column * words.apart, node.top + head, max(node.height, 1)
    lines = words.lines[node.column, node.name]
    corners = {"x": left, "x2": left + NODE, "y": top, "y2": top + high}
    return {"part": "node", "label": lines, "middle": top + max(high, _LINE * len(lines) - 2) / 2} | corners


def _band(ribbon: Ribbon, apart: float, head: float) -> list[dict[str, float]]:
    """The upper and lower edge of a ribbon, level where it begins and ends (a smoothstep between)."""
    left, right = ribbon.step * apart + NODE, (ribbon.step + 1) * apart
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


def _layers(ways: set[str], places: dict[str, Spec]) -> list[Spec]:
    """Ribbons, then the nodes over them, then the words."""
    bar = {"type": "rect", "color": INK, "opacity": 0.85, "cornerRadius": 1.5, "aria": False}
    words = {"type": "text", "align": "left", "aria": False, "fontSize": room().smallest, "lineHeight": _LINE}
    middle = {"baseline": "middle", "dy": {"expr": f"(1 - datum.label.length) * {_LINE / 2}"}}
    label = words | middle | {"dx": NODE + BESIDE}
    key = words | {"baseline": "top"}
    corners, text = {"x2": {"field": "x2"}, "y2": {"field": "y2"}}, {"text": {"field": "label"}}
    at_middle = {"y": places["y"] | {"field": "middle"}}
    return [
        _ribbons(ways, places),
        {"mark": bar, "transform": _only("node"), "encoding": places | corners},
        {"mark": label, "transform": _only("node"), "encoding": places | at_middle | text},
        {"mark": key | {"fontWeight": 600}, "transform": _only("title"), "encoding": places | text},
        {"mark": key, "transform": _only("key"), "encoding": places | text},
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


def _only(part: str) -> list[Spec]:
    return [{"filter": f"datum.part == '{part}'"}]
