"""Charts: a few shapes, one calm theme, and SVG that takes its colours from the page around it."""

from leadline.engine.charts.chances import distribution, odds
from leadline.engine.charts.comparisons import bars, ranges, shares
from leadline.engine.charts.drawing import Rows, note, svg, themed
from leadline.engine.charts.flows import flow
from leadline.engine.charts.matrices import CellTone, matrix
from leadline.engine.charts.room import PAGE, PHONE, Room, within
from leadline.engine.charts.theme import ACCENT, ALARM, FAINT, INK, LINE, PLACEHOLDERS, Tone, tones
from leadline.engine.charts.times import curve, fan, layers

__all__ = [
    "ACCENT",
    "ALARM",
    "FAINT",
    "INK",
    "LINE",
    "PAGE",
    "PHONE",
    "PLACEHOLDERS",
    "CellTone",
    "Room",
    "Rows",
    "Tone",
    "bars",
    "curve",
    "distribution",
    "fan",
    "flow",
    "layers",
    "matrix",
    "note",
    "odds",
    "ranges",
    "shares",
    "svg",
    "themed",
    "tones",
    "within",
]
