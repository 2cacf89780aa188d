"""What grows or changes with time: a share, counts in layers, and what was followed by what may come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from leadline.engine.charts.drawing import PERCENT, Rows, draw, note, ticks
from leadline.engine.charts.room import room
from leadline.engine.charts.theme import ACCENT, FAINT, INK, Spec, Tone, paint
from leadline.engine.currencies import decimals_of

if TYPE_CHECKING:
    import altair as alt

_FULL = 1.0
_TICK, _DAY, _FEWEST_TICKS = 80, 62, 3
"""How wide a tick of a number and one of a day is at least, and how few days there are."""


def curve(points: Rows, title: str, description: str, *, axis: str) -> alt.Chart:
    """A share (`value`) that grows in steps over `time`, with the band from `low` to `high`."""
    if not points:
        return note(title, description)
    x = {
        "field": "time",
        "type": "quantitative",
        "axis": {"title": axis, "grid": False, "tickCount": room().width // _TICK},
    }
    top = min(max(point["high"] for point in points) * 1.05, _FULL)
    up = {"tickCount": 5, "title": None} | PERCENT
    y = {"type": "quantitative", "axis": up, "scale": {"domain": [0, top]}}
    band = {"type": "area", "interpolate": "step-after", "opacity": 0.2, "color": ACCENT}
    line = {"type": "line", "interpolate": "step-after", "strokeWidth": 2, "color": ACCENT}
    return draw(
        [
            {"mark": band, "encoding": {"x": x, "y": y | {"field": "low"}, "y2": {"field": "high"}}},
            {"mark": line, "encoding": {"x": x, "y": y | {"field": "value"}}},
        ],
        title,
        description,
        rows=points,
    )


def layers(rows: Rows, painted: Sequence[Tone], title: str, description: str) -> alt.Chart:
    """Counts over time (`day`, `name`, `count`): a layer for each tone, the last accent at the bottom."""
    if not rows:
        return note(title, description)
    bottom_up = [tone for tone in reversed(painted) if tone.colour == ACCENT]
    bottom_up += [tone for tone in painted if tone.colour != ACCENT]
    place = {tone.name: number for number, tone in enumerate(bottom_up)}
    across, up = (
        {"title": None, "grid": False, "tickCount": min(room().width // _TICK, 6)},
        {"title": None, "tickCount": 5},
    )
    encoding = {
        "x": {"field": "day", "type": "temporal", "axis": across, "scale": {"type": "utc"}},
        "y": {"field": "count", "type": "quantitative", "stack": "zero", "axis": up},
        "order": {"field": "place", "type": "quantitative"},
        **paint(bottom_up[::-1]),
    }
    mark = {"type": "area", "interpolate": "step-after"}
    placed = [{**row, "place": place[row["name"]]} for row in rows]
    return draw([{"mark": mark, "encoding": encoding}], title, description, rows=placed)


def fan(points: Rows, title: str, description: str, *, axis: str, unit: str) -> alt.Chart:
    """What was and what may come: dots on a line, a rule for today, then a line in a band. From 0 upwards.

    Each of the `points` has the `time` (an ISO date) at which a step of time ended, its `value`, `low` and
    `high`, and its `part`, "past" or "ahead"; those whose `value` is None are left out, and the past needs no
    `low` and `high`. Today is the end of the past. `axis` says what a step is ("month to"). `unit` is what is
    counted ("people") or a currency ("EUR"; "" where it is unknown): values are whole minor units then, as
    everywhere, and drawn in major ones.
    """
    money = unit.upper() == unit
    minor = 10 ** decimals_of(unit) if money else 1
    known = sorted((_placed(point, minor) for point in points if point["value"] is not None), key=_time)
    if not known:
        return note(title, description)
    scale: Spec = {"type": "utc", "padding": 12}
    x = {"field": "time", "type": "temporal", "scale": scale, "axis": _days(known, axis)}
    bottom = min(0, *(row["low"] for row in known), *(row["value"] for row in known))
    top = max(row["high"] for row in known) or 1
    upright = {"domain": [bottom, top * 1.08], "nice": False}
    y = {"field": "value", "type": "quantitative", "axis": _amounts(unit, bottom, top), "scale": upright}
    point = {"filled": True, "size": 36, "opacity": 1}
    past = {"type": "line", "strokeWidth": 1.5, "color": INK, "point": point | {"color": INK}}
    ahead = {"type": "line", "strokeWidth": 2.5, "color": ACCENT, "point": point | {"color": ACCENT}}
    band = {"type": "area", "opacity": 0.2, "color": ACCENT}
    if sum(row["part"] == "ahead" for row in known) == 1:
        band = {"type": "rule", "opacity": 0.3, "strokeWidth": 5, "strokeCap": "round", "color": ACCENT}
    between = {"x": x, "y": y | {"field": "low"}, "y2": {"field": "high"}}
    layer = [
        {"mark": band, "transform": _only("ahead"), "encoding": between},
        {"mark": past, "transform": _only("past"), "encoding": {"x": x, "y": y}},
        {"mark": ahead, "transform": _only("ahead"), "encoding": {"x": x, "y": y}},
    ]
    today = _today(known)
    return draw(layer + (_rule(x) if today else []), title, description, rows=known + today)


def _placed(point: Any, minor: int) -> dict[str, Any]:
    """A point with its instant in milliseconds and its amounts in major units."""
    moment = datetime.fromisoformat(str(point["time"]))
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    value = float(point["value"]) / minor
    limits = {
        name: value if point.get(name) is None else float(point[name]) / minor for name in ("low", "high")
    }
    return {"time": moment.timestamp() * 1000, "value": value, "part": point["part"]} | limits


def _time(row: dict[str, Any]) -> float:
    return float(row["time"])


def _only(part: str) -> list[Spec]:
    return [{"filter": f"datum.part == '{part}'"}]


def _today(known: Rows) -> list[dict[str, Any]]:
    """A row for the rule at the end of the past, if something is ahead."""
    before = [row["time"] for row in known if row["part"] == "past"]
    if not before or len(before) == len(known):
        return []
    return [{"time": before[-1], "part": "today", "label": "today"}]


def _rule(x: Spec) -> list[Spec]:
    mark = {"type": "rule", "color": FAINT, "strokeDash": [3, 3]}
    text = {"type": "text", "color": INK, "align": "left", "baseline": "top", "dx": 6}
    return [
        {"mark": mark, "transform": _only("today"), "encoding": {"x": x}},
        {
            "mark": text,
            "transform": _only("today"),
            "encoding": {"x": x, "y": {"value": 0}, "text": {"field": "label"}},
        },
    ]


def _days(known: Rows, axis: str) -> Spec:
    """An axis of the days on which points stand, or of months where each stands on the first of one."""
    days = [datetime.fromtimestamp(row["time"] / 1000, UTC) for row in known]
    monthly = all(day.day == 1 for day in days)
    months = [day.year * 12 + day.month for day in days]
    most = room().width // _DAY
    step = next((step for step in (1, 2, 3, 6) if months[-1] - months[0] < most * step), 12)
    chosen = [day for day, month in zip(days, months, strict=True) if (month - 1) % step == 0]
    if not monthly or len(chosen) < min(_FEWEST_TICKS, len(days)):
        chosen = days[:: -(-len(days) // most)]
    places = [day.timestamp() * 1000 for day in chosen]
    upper = "'%b'" if monthly else "'%d %b'"
    dated = [place for n, place in enumerate(places) if n == 0 or chosen[n - 1].year != chosen[n].year]
    lower = f"indexof({dated}, time(datum.value)) < 0 ? '' : utcFormat(datum.value, '%Y')"
    label = f"[utcFormat(datum.value, {upper}), {lower}]"
    return {"title": axis, "grid": False, "labelPadding": 10, "values": places, "labelExpr": label}


def _amounts(unit: str, bottom: float, top: float) -> Spec:
    """An axis of whole amounts, written out to the million and the billion, under the name of their unit."""
    words = "".join(
        f"abs(datum.value) >= {size} ? format(datum.value / {size}, ',~f') + ' {word}' : "
        for size, word in ((1_000_000_000, "billion"), (1_000_000, "million"))
    )
    whole = {sign * tick for tick in ticks(max(top, -bottom)) for sign in (1, -1) if tick == int(tick)}
    values = sorted(tick for tick in whole if bottom <= tick <= top)
    title = {"title": unit or None, "titleAngle": 0, "titleAlign": "left", "titleX": 0, "titleY": -10}
    return {"values": values, "labelExpr": f"{words}format(datum.value, ',~f')"} | title
