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
from textwrap import wrap
from typing import TYPE_CHECKING, Any, cast

from leadline.engine.charts.theme import (
    AXIS,
    FAINT,
    HEIGHT,
    LONGEST_NAME,
    PLACEHOLDERS,
    THEME,
    WIDTH,
    Spec,
    text_width,
)

if TYPE_CHECKING:
    import altair as alt

Rows = Sequence[Mapping[str, Any]]
"""The data of a chart: a dict for each thing drawn."""

PERCENT = {"labelExpr": "format(100 * datum.value, '~f') + ' %'"}
"""How an axis of shares is labelled."""

_LETTERS_OF_TITLE, _LETTERS_OF_TEXT, _MOST_FOR_LABELS = 72, 88, 0.6


def note(title: str, text: str) -> alt.Chart:
    """A chart in which there is nothing to draw, and why."""
    lines = wrap(text, _LETTERS_OF_TEXT) or [""]
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
    width: float = WIDTH - AXIS,
    subtitle: str = "",
) -> alt.Chart:
    """The chart of some layers over one set of rows; `width` and `height` are those inside the axes."""
    import altair as alt
    from altair.utils.schemapi import debug_mode

    words = wrap(title, _LETTERS_OF_TITLE)
    below = {"subtitle": wrap(subtitle, _LETTERS_OF_TEXT)} if subtitle else {}
    with debug_mode(arg=False):  # each part would be held to the schema, which takes longer than drawing it
        chart: Any = alt.LayerChart(
            data=alt.InlineData(values=[dict(row) for row in rows]),
            title={"text": words if len(words) > 1 else title} | below,
            description=description,
            width=round(width),
            height=height,
            background="transparent",
            config=THEME,
        )
        chart.layer = [alt.UnitSpec(**one | {"encoding": alt.Encoding(**one["encoding"])}) for one in layer]
    return cast("alt.Chart", chart)


def svg(chart: alt.Chart) -> str:
    """The chart as SVG that stands by itself, with a `<title>` and a `<desc>` for those who don't see it."""
    import vl_convert

    spec = chart.to_dict(validate=False)
    drawn = _numbered(vl_convert.vegalite_to_svg(spec))
    name = f"chart-{zlib.crc32(drawn.encode()):08x}"  # several charts in one page need names of their own
    said = spec["title"]["text"]
    title = html.escape(said if isinstance(said, str) else " ".join(said))
    description = html.escape(spec["description"])
    head = f'<title id="{name}-title">{title}</title><desc id="{name}-desc">{description}</desc>'
    drawn = re.sub(r'(id="|url\(#)(?=clip|gradient)', rf"\g<1>{name}-", drawn)
    opening = f'<svg role="img" aria-labelledby="{name}-title {name}-desc" '
    return re.sub(r"<svg ([^>]*>)", lambda found: opening + found[1] + head, drawn, count=1)


def _numbered(drawn: str) -> str:
    """The drawing with its parts numbered from 1: the renderer counts on from one chart to the next."""
    numbers: dict[str, str] = {}
    part = re.compile(r'(?<=id=")(clip|gradient)\d+|(?<=url\(#)(clip|gradient)\d+')
    return part.sub(
        lambda found: numbers.setdefault(found[0], f"{found[1] or found[2]}{len(numbers) + 1}"), drawn
    )


def themed(drawn: str) -> str:
    """The SVG with `var(--chart-ink)`, `-faint`, `-line`, `-accent` and `-alarm` for its colours."""
    for name, colour in PLACEHOLDERS.items():
        drawn = drawn.replace(f'"{colour}"', f'"var(--chart-{name}, {colour})"')
    return drawn


def names(field: str, rows: Rows) -> Spec:
    """An axis of names in the order of the rows."""
    axis = {"title": None, "labelLimit": LONGEST_NAME, "labelFontSize": 13, "labelPadding": 8, "grid": False}
    return {"field": field, "type": "nominal", "sort": distinct(field, rows), "axis": axis}


def distinct(field: str, rows: Rows) -> list[str]:
    """Each value of a field once, in the order of the rows."""
    return list(dict.fromkeys(str(row[field]) for row in rows))


def beside(field: str, rows: Rows) -> float:
    """The width that is left beside the names of rows."""
    longest = max((text_width(name, 13) for name in distinct(field, rows)), default=0)
    return WIDTH - 8 - min(longest, LONGEST_NAME)


def stretch(rows: Rows, width: float) -> float:
    """How much longer than the longest bar a scale has to be for the labels beside the bars."""
    label = max((text_width(str(row["label"])) for row in rows), default=0) + 10
    return 1 / (1 - min(label / width, _MOST_FOR_LABELS))


def ticks(top: float) -> list[float]:
    """Some five round numbers from 0 up to `top`."""
    rough = top / 5
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * nice for nice in (1, 2, 5, 10) if unit * nice >= rough * 0.999)
    return [round(step * number, 10) for number in range(int(top / step * 1.001) + 1)]
