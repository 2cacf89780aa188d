"""Where everything stands in the drawing of a funnel: numbers for a template, no words and no colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from leadline.web.warehouse.days import FunnelOnDay, StageOnDay, Step

WIDE, NARROW = 1080, 344
_BAND, _TOP, _LEAST = 132, 92, 6
_ROW, _BAR, _GAP = 66, 26, 40


@dataclass(frozen=True)
class Block:
    """A stage as it is drawn: the middle of its words, its block, and how strong it is painted (0 to 1)."""

    stage: StageOnDay
    words: float
    left: float
    top: float
    width: float
    height: float
    strength: float


@dataclass(frozen=True)
class Neck:
    """The way between two stages as it is drawn: its outline, and where its words stand."""

    step: Step
    outline: str
    x: float
    y: float


@dataclass(frozen=True)
class Drawing:
    """A funnel as it is drawn."""

    width: int
    height: int
    blocks: tuple[Block, ...]
    necks: tuple[Neck, ...]


def draw_wide(found: FunnelOnDay) -> Drawing:
    """From left to right; the height of a block says how many stand there."""
    count = max(len(found.path), 1)
    neck = min(96.0, WIDE / (2.2 * count))
    width = (WIDE - neck * (count - 1)) / count
    middle = _TOP + _BAND / 2
    blocks = []
    for number, stage, size in _sized(found, _BAND):
        left = number * (width + neck)
        words = left + width / 2
        block = (round(left, 1), round(middle - size / 2, 1), round(width, 1), round(size, 1))
        blocks.append(Block(stage, round(words, 1), *block, _strength(number, count)))
    necks = [
        Neck(step, _bend(one, two), round((one.left + one.width + two.left) / 2, 1), middle)
        for one, two, step in zip(blocks, blocks[1:], found.steps, strict=False)
    ]
    return Drawing(WIDE, _TOP + _BAND + 64, tuple(blocks), tuple(necks))


def draw_narrow(found: FunnelOnDay) -> Drawing:
    """From above to below; the width of a block says how many stand there."""
    blocks = []
    for number, stage, size in _sized(found, NARROW):
        top = number * (_ROW + _GAP) + 30
        block = (round((NARROW - size) / 2, 1), float(top), round(size, 1), float(_BAR))
        blocks.append(Block(stage, top - 10, *block, _strength(number, len(found.path))))
    necks = []
    for one, two, step in zip(blocks, blocks[1:], found.steps, strict=False):
        y = one.top + one.height + 40
        necks.append(Neck(step, _taper(one, two), NARROW / 2, y))
    height = max(len(found.path) * (_ROW + _GAP) - _GAP + 8, 40)
    return Drawing(NARROW, height, tuple(blocks), tuple(necks))


def _sized(found: FunnelOnDay, room: float) -> list[tuple[int, StageOnDay, float]]:
    most = max((stage.people for stage in found.path), default=0) or 1
    return [
        (number, stage, max(room * stage.people / most, _LEAST)) for number, stage in enumerate(found.path)
    ]


def _strength(number: int, count: int) -> float:
    return round(0.35 + 0.65 * (number + 1) / count, 2)


def _bend(one: Block, two: Block) -> str:
    """The outline of the way from one block to the next."""
    x, end = one.left + one.width, two.left
    half = round((x + end) / 2, 1)
    above = f"M{x:.1f} {one.top} C{half} {one.top} {half} {two.top} {end:.1f} {two.top}"
    low, far = one.top + one.height, two.top + two.height
    below = f"L{end:.1f} {far:.1f} C{half} {far:.1f} {half} {low:.1f} {x:.1f} {low:.1f} Z"
    return f"{above} {below}"


def _taper(one: Block, two: Block) -> str:
    """The outline of the way down from one block to the next."""
    low = one.top + one.height
    right, end = one.left + one.width, two.left + two.width
    return f"M{one.left:.1f} {low} L{right:.1f} {low} L{end:.1f} {two.top} L{two.left:.1f} {two.top} Z"


@dataclass(frozen=True)
class Line:
    """How one stage filled, month by month: a small line, with its first and last figure."""

    name: str
    points: str
    area: str
    first: int
    last: int
    end: tuple[float, float]


SPARK = (220, 44)


def draw_lines(found: FunnelOnDay) -> list[Line]:
    """A small line for each stage, all in one scale of time and each in one of its own for people."""
    months: Sequence[tuple[date, tuple[int, ...]]] = found.months
    names = [stage.name for stage in (*found.path, *found.others)]
    if len(months) < 2:
        return []
    width, height = SPARK
    since, span = months[0][0], max((months[-1][0] - months[0][0]).days, 1)
    x = [4 + (width - 8) * (day - since).days / span for day, _ in months]
    return [_line(name, x, counts, height) for name, counts in _by_stage(found, months) if name in names]


def _by_stage(
    found: FunnelOnDay, months: Sequence[tuple[date, tuple[int, ...]]]
) -> list[tuple[str, list[int]]]:
    """The counts of each stage; stages stand in `months` in the order of the funnel, after strangers."""
    return [(name, [counts[number] for _, counts in months]) for number, name in enumerate(found.names, 1)]


def _line(name: str, x: Sequence[float], counts: Sequence[int], height: int) -> Line:
    most = max(counts) or 1
    y = [height - 4 - (height - 8) * count / most for count in counts]
    points = " ".join(f"{one:.1f},{two:.1f}" for one, two in zip(x, y, strict=True))
    area = f"{x[0]:.1f},{height - 4} {points} {x[-1]:.1f},{height - 4}"
    return Line(name, points, area, counts[0], counts[-1], (round(x[-1], 1), round(y[-1], 1)))


def table_of(found: FunnelOnDay) -> list[dict[str, Any]]:
    """The months as rows, the latest first."""
    return [{"day": day, "counts": list(counts[1:])} for day, counts in reversed(found.months)]
