"""What every chart is made of, and how it becomes SVG.

The colours are placeholders; `themed` puts CSS variables in their place. A chart is made of a Vega-Lite
specification, so that importing this package costs nothing.
"""

from __future__ import annotations

import html
import math
import re
import zlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from leadline.engine.charts.room import MARGIN, room
from leadline.engine.charts.theme import (
    FAINT,
    HEIGHT,
    PLACEHOLDERS,
    THEME,
    Spec,
    broken,
    text_width,
)

if TYPE_CHECKING:
    import altair as alt

Rows = Sequence[Mapping[str, Any]]
"""The data of a chart: a dict for each thing drawn."""

PERCENT = {"labelExpr": "format(100 * datum.value, '~f') + ' %'"}
"""How an axis of shares is labelled."""

_TITLE, _TEXT, _NOTE, _MOST_FOR_LABELS = 14, 11, 12, 0.6
"""Type a little smaller than it is, since sentences are narrower than names; what a label has of a row."""

_PLACES = re.compile(r' (?:d|transform|x[12]?|y[12]?|width|height|viewBox)="[^"]*"')
_LONG = re.compile(r"-?\d+\.\d{2,}(?:e-?\d+)?")
_FONT = re.compile(r' font-family="[^"]*"')
_MARKS = re.compile(
    r' (?:(?:aria-roledescription|aria-label|aria-hidden|class|xmlns|xmlns:xlink)="[^"]*"|role="graphics-\w+"'
    r'|pointer-events="\w+"|transform="translate\(0,0\)")'
    r'|<path class="(?:back|fore)ground" aria-hidden="true" d="[^"]*"(?: display="none")?/>'
)
"""What the renderer says of each part, and surfaces without a colour: nobody hears or sees them in a page,
where the drawing is one image that is described."""


def note(title: str, text: str) -> alt.Chart:
    """A chart in which there is nothing to draw, and why."""
    lines = broken(text, room().inside, _NOTE)
    mark = {"type": "text", "align": "left", "baseline": "top", "color": FAINT, "fontSize": 13}
    encoding = {"text": {"field": "text"}, "x": {"value": 0}, "y": {"value": 0}}
    layer: list[Spec] = [{"mark": mark | {"lineHeight": 19}, "encoding": encoding}]
    return draw(layer, title, text, height=max(19 * len(lines), 40), rows=[{"text": lines}])


def draw(
    layer: list[Spec],
    title: str,
    description: str,
    *,
    rows: Rows,
    height: float | Spec = HEIGHT,
    subtitle: str = "",
    rest: str = "",
) -> alt.Chart:
    """The chart of some layers over one set of rows, as wide as the room, and so high inside the axes.

    `rest` says what is left out.
    """
    import altair as alt
    from altair.utils.schemapi import debug_mode

    words = broken(title, room().inside, _TITLE)
    said = [line for text in (subtitle, rest) if text for line in broken(text, room().inside, _TEXT)]
    below = {"subtitle": said} if said else {}
    with debug_mode(arg=False):  # each part would be held to the schema, which takes longer than drawing it
        chart: Any = alt.LayerChart(
            data=alt.InlineData(values=[dict(row) for row in rows]),
            title={"text": words if len(words) > 1 else title} | below,
            description=" ".join(filter(None, (description, rest))),
            width=room().width,
            height=height,
            autosize={"type": "fit-x", "contains": "padding"},
            padding=MARGIN,
            background="transparent",
            config=THEME,
        )
        chart.layer = [alt.UnitSpec(**one | {"encoding": alt.Encoding(**one["encoding"])}) for one in layer]
    return cast("alt.Chart", chart)


def svg(chart: alt.Chart) -> str:
    """The chart as SVG that stands by itself, with a `<title>` and a `<desc>` for those who don't see it."""
    import vl_convert

    spec = chart.to_dict(validate=False)
    drawn = _shortened(_numbered(vl_convert.vegalite_to_svg(spec)))
    name = f"chart-{zlib.crc32(drawn.encode()):08x}"  # several charts in one page need names of their own
    said = spec["title"]["text"]
    title = html.escape(said if isinstance(said, str) else " ".join(said))
    description = html.escape(spec["description"])
    head = f'<title id="{name}-title">{title}</title><desc id="{name}-desc">{description}</desc>'
    drawn = re.sub(r'(id="|url\(#)(?=clip|gradient)', rf"\g<1>{name}-", drawn)
    family = " ".join(dict.fromkeys(_FONT.findall(drawn)))  # said once, for all that is written
    drawn = _FONT.sub("", drawn)
    opening = f'<svg role="img" aria-labelledby="{name}-title {name}-desc"{family} '
    return re.sub(r"<svg ([^>]*>)", lambda found: opening + found[1] + head, drawn, count=1)


def _numbered(drawn: str) -> str:
    """The drawing with its parts numbered from 1: the renderer counts on from one chart to the next."""
    numbers: dict[str, str] = {}
    part = re.compile(r'(?<=id=")(clip|gradient)\d+|(?<=url\(#)(clip|gradient)\d+')
    return part.sub(
        lambda found: numbers.setdefault(found[0], f"{found[1] or found[2]}{len(numbers) + 1}"), drawn
    )


def _shortened(drawn: str) -> str:
    """The drawing with its places to a tenth of a pixel: nobody sees more, and that makes it half as long."""
    return _PLACES.sub(
        lambda found: _LONG.sub(lambda part: f"{float(part[0]):.1f}".removesuffix(".0"), found[0]), drawn
    )


def themed(drawn: str) -> str:
    """The SVG for a page: one image, with `var(--chart-ink)`, `-faint`, `-line`, `-accent` and `-alarm`."""
    drawn = _MARKS.sub("", drawn)
    for name, colour in PLACEHOLDERS.items():
        drawn = drawn.replace(f'"{colour}"', f'"var(--chart-{name}, {colour})"')
    return drawn


def distinct(field: str, rows: Rows) -> list[str]:
    """Each value of a field once, in the order of the rows."""
    return list(dict.fromkeys(str(row[field]) for row in rows))


def labelled(row: Mapping[str, Any]) -> float:
    """The width of the `label` beside what is drawn for a row."""
    return text_width(str(row["label"])) + 12


def reach(field: str, rows: Rows, width: float) -> float:
    """The end of a scale on which every row ends (at `field`) early enough for its label to fit beside it."""
    ends = ((row[field] or 0) / (1 - min(labelled(row) / width, _MOST_FOR_LABELS)) for row in rows)
    return max(ends, default=0) or 1


def ticks(top: float, about: int = 5) -> list[float]:
    """About so many round numbers from 0 up to `top`."""
    rough = top / about
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * nice for nice in (1, 2, 5, 10) if unit * nice >= rough * 0.999)
    return [round(step * number, 10) for number in range(int(top / step * 1.001) + 1)]
