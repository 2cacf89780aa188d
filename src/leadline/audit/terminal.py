"""The audit in the terminal: short sentences first, then the tables."""

from __future__ import annotations

from rich.console import Console, Group, JustifyMethod
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from leadline.audit.audit import Audit
from leadline.audit.tables import Sheet, read_sheets, shortened, stage_sheets

INDENT = GAP = 2
NARROW = 16
"""A column of text is not made narrower than this."""
LEGIBLE = 24
"""For a column of text to have so much room, spare columns are left out."""


def show_audit(audit: Audit, console: Console) -> None:
    """Print an audit."""
    for sentence in audit.sentences():
        console.print(Text(sentence))
    for note in audit.imported.notes:
        console.print(Text(f"Note: {shortened(note)}", style="dim"))
    for sheet in (*stage_sheets(audit), *read_sheets(audit)):
        show_sheet(sheet, console, "--html FILE")


def show_sheet(sheet: Sheet, console: Console, whole: str = "") -> None:
    """Print one table with its title; where it is too wide, the last of its spare columns are left out.

    Of a long one the leading rows; `whole` is what gives all of them.
    """
    room = console.width - INDENT
    kept = _columns_that_fit(sheet, room)
    widths = _widths(sheet, kept, room)
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    for place, width in zip(kept, widths, strict=True):
        justify: JustifyMethod = "right" if place in sheet.right else "left"
        table.add_column(Text(sheet.headings[place]), justify=justify, overflow="fold", width=width)
    for row in sheet.leading:
        table.add_row(*(Text(shortened(row[place])) for place in kept))
    hidden = [heading for place, heading in enumerate(sheet.headings) if place not in kept]
    has = f": {whole} has them all" if whole else ""
    below = [f"… and {sheet.more:,} more{has}"] if sheet.more else []
    below += [f"Wider than this window, and left out: {', '.join(hidden)}."] if hidden else []
    above = [Text(sheet.lead, style="dim")] if sheet.lead else []
    console.print()
    console.print(Text(sheet.title, style="bold underline"))
    said = [Text(line, style="dim") for line in below]
    console.print(Padding(Group(*above, table, *said), (0, 0, 0, INDENT)))


def _columns_that_fit(sheet: Sheet, room: int) -> list[int]:
    """The places of the columns that are shown: without the last spare ones if all would be too wide."""
    kept = list(range(len(sheet.headings)))
    for place in sorted(sheet.spare, reverse=True):
        least = (_least(sheet, one) for one in kept)
        if sum(least) + GAP * (len(kept) - 1) <= room:
            break
        kept.remove(place)
    return kept


def _least(sheet: Sheet, place: int) -> int:
    """How wide a column has to be if nothing of it is left out for the sake of a spare one."""
    if place not in sheet.right and place not in sheet.spare:
        return min(_widest(sheet, place), LEGIBLE)
    return _narrowest(sheet, place)


def _widths(sheet: Sheet, kept: list[int], room: int) -> list[int]:
    """How wide each column is: as its widest cell, but those of text give way, the widest first.

    Where that is not enough, headings of several words are broken.
    """
    widths = {place: _widest(sheet, place) for place in kept}
    texts = [place for place in kept if place not in sheet.right and place not in sheet.spare]
    over = sum(widths.values()) + GAP * (len(kept) - 1) - room
    while over > 0 and any(widths[place] > NARROW for place in texts):
        widest = max(texts, key=lambda place: (place in sheet.wide and widths[place] > 30, widths[place]))
        widths[widest] -= 1
        over -= 1
    while over > 0 and (loose := [place for place in kept if widths[place] > _narrowest(sheet, place)]):
        widths[max(loose, key=lambda place: widths[place] - _narrowest(sheet, place))] -= 1
        over -= 1
    return [widths[place] for place in kept]


def _widest(sheet: Sheet, place: int) -> int:
    return max(Text(sheet.headings[place]).cell_len, _widest_cell(sheet, place))


def _narrowest(sheet: Sheet, place: int) -> int:
    """How wide a column has to be for its cells, and for its heading on two lines."""
    words = sheet.headings[place].split()
    halves = ((" ".join(words[:cut]), " ".join(words[cut:])) for cut in range(1, max(len(words), 2)))
    heading = min(max(Text(part).cell_len for part in half) for half in halves)
    return max(_widest_cell(sheet, place), heading)


def _widest_cell(sheet: Sheet, place: int) -> int:
    return max((Text(shortened(row[place])).cell_len for row in sheet.leading), default=0)
