"""The audit in the terminal: short sentences first, then the tables."""

from __future__ import annotations

from rich.console import Console, Group, JustifyMethod
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from leadline.audit.audit import Audit
from leadline.audit.tables import Sheet, sheets


def show_audit(audit: Audit, console: Console) -> None:
    """Print an audit."""
    for sentence in audit.sentences():
        console.print(Text(sentence))
    for note in audit.imported.notes:
        console.print(Text(f"Note: {note}", style="dim"))
    for sheet in sheets(audit):
        show_sheet(sheet, console)


def show_sheet(sheet: Sheet, console: Console) -> None:
    """Print one table with its title."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for place, heading in enumerate(sheet.headings):
        wide = place in sheet.wide
        justify: JustifyMethod = "right" if place in sheet.right else "left"
        table.add_column(
            Text(heading), justify=justify, no_wrap=not wide, overflow="fold", ratio=1 if wide else None
        )
    for row in sheet.cells:
        table.add_row(*(Text(cell) for cell in row))
    below = [Text(f"… and {sheet.more:,} more", style="dim")] if sheet.more else []
    above = [Text(sheet.lead, style="dim")] if sheet.lead else []
    console.print()
    console.print(Text(sheet.title, style="bold underline"))
    console.print(Padding(Group(*above, table, *below), (0, 0, 0, 2)))
