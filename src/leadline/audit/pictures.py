"""Charts as files: SVG, PNG, or a page of their own that can be hovered over."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from leadline.engine.charts import svg
from leadline.outputs import NotWritten, write_bytes, write_text

if TYPE_CHECKING:
    import altair as alt

FORMS = (".svg", ".png", ".html")
_SHARPNESS = 2


def check_form(path: Path) -> None:
    """Raises NotWritten for a picture whose name has none of the endings in FORMS."""
    if path.suffix.lower() not in FORMS:
        raise NotWritten(
            f"The chart “{path}” can't be written",
            found=f"the ending “{path.suffix}”" if path.suffix else "a name without an ending",
            allowed=", ".join(FORMS),
        )


def write_picture(chart: alt.Chart, path: Path) -> None:
    """Write a chart in the form that the name of the file asks for; raises NotWritten."""
    check_form(path)
    if path.suffix.lower() == ".svg":
        write_text(path, svg(chart))
    elif path.suffix.lower() == ".html":
        write_text(path, chart.to_html(inline=True))
    else:
        import vl_convert

        on_white = chart.to_dict() | {"background": "white"}
        write_bytes(path, vl_convert.vegalite_to_png(on_white, scale=_SHARPNESS))
