"""How charts look: colours that are read on white and on black, type, sizes, and the tones of stages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any
from unicodedata import east_asian_width

from leadline.engine.charts.room import room

INK, FAINT, LINE, ACCENT, ALARM = "#6b727b", "#979da6", "#8d939c", "#0f8a80", "#c8553d"
PLACEHOLDERS = {"ink": INK, "faint": FAINT, "line": LINE, "accent": ACCENT, "alarm": ALARM}
"""What each colour is for: text, what matters less, the grid, the data, and what is wrong."""

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"
STEP, HEIGHT, AXIS = 30, 240, 50
"""Of a row, of a chart of curves, and of an axis of amounts at the left, in pixels."""

_LETTER, _BROAD, _ALL, _SYMBOL = 0.58, 1.05, 1000, 28

Spec = dict[str, Any]


def text_width(text: str, size: float = 12) -> float:
    """About how many pixels wide a text is, rather too many than too few."""
    return size * sum(_BROAD if east_asian_width(letter) in "WF" else _LETTER for letter in text)


def broken(text: str, width: float, size: float = 12, most: int = _ALL) -> list[str]:
    """A text in lines that fit into a width; of more than `most` lines the rest is cut."""
    letters = max(int(width / (size * _LETTER)), 2)
    return wrap(text, letters, max_lines=most, placeholder=" …") or [""]


def is_whole(text: str, lines: Sequence[str]) -> bool:
    """Whether the lines hold all of a text, and no word of it was broken."""
    return " ".join(lines).split() == text.split()


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


def paint(painted: Sequence[Tone]) -> Spec:
    """Colour and opacity by name, and one legend for both."""
    domain = [tone.name for tone in painted]
    legend = {"title": None, "symbolType": "square", "symbolStrokeWidth": 0, "orient": "top"} | columns_of(
        domain
    )
    colour = {"domain": domain, "range": [tone.colour for tone in painted]}
    opacity = {"type": "ordinal", "domain": domain, "range": [round(tone.opacity, 3) for tone in painted]}
    return {
        "color": {"field": "name", "type": "nominal", "scale": colour, "legend": legend},
        "opacity": {"field": "name", "type": "nominal", "scale": opacity, "legend": legend},
    }


def columns_of(called: Sequence[str]) -> Spec:
    """So many columns of a legend that it is no wider than the drawing."""
    entries = [text_width(one) + _SYMBOL for one in called]
    if sum(entries) <= room().inside:
        return {}
    return {"columns": max(int(room().inside / max(entries)), 1)}


THEME: Spec = {
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
