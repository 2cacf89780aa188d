"""The audit as one self-contained page: no script from elsewhere, no font, no network."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any

from jinja2 import Environment, StrictUndefined

from leadline.audit.audit import Audit
from leadline.audit.sections import Picture, sections
from leadline.audit.tables import shortened
from leadline.engine.charts import PAGE, PHONE, Room, svg, themed, within

MOST_PEOPLE = 1000
"""People shown in the page; a file written with --contacts has them all."""


def render_page(audit: Audit, title: str = "") -> str:
    """The page as HTML; its title is the names of the files unless another is given."""
    return str(
        _template().render(
            audit=audit,
            title=title or ", ".join(file.name for file in audit.imported.files),
            sentences=audit.findings(),
            notes=audit.imported.notes,
            sections=list(sections(audit)),
            people=list(islice(audit.contacts(), MOST_PEOPLE)) if audit.is_dated else [],
            hidden=max(len(audit.history.subjects) - MOST_PEOPLE, 0),
            style=_read("page.css"),
            script=_read("page.js"),
        )
    )


_ROOMS = {"wide": PAGE, "narrow": PHONE}
"""The rooms for which each picture is drawn, by what the style calls them: it shows one of them."""


def _drawn(picture: Picture) -> str:
    """The picture for a page, and for a phone."""
    return "".join(f'<div class="{name}">{_drawn_for(room, picture)}</div>' for name, room in _ROOMS.items())


def _drawn_for(room: Room, picture: Picture) -> str:
    with within(room):
        return themed(svg(picture()))


def _unbroken(text: str) -> str:
    """A text in which no line ends between a number and its per cent sign."""
    return text.replace(" %", "\u00a0%")


@cache
def _template() -> Any:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"unbroken": _unbroken, "shortened": shortened, "drawn": _drawn}
    return environment.from_string(_read("page.html"))


def _read(name: str) -> str:
    return files("leadline.audit").joinpath(name).read_text(encoding="utf-8")
