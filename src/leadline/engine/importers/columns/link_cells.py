"""Cells that are a text with its link, `Fox (https://notes.example/fox)`: the text is what they say."""

from __future__ import annotations

import re
from dataclasses import replace

from leadline.engine.importers.cells.values import spread
from leadline.engine.importers.reading.tables import Table
from leadline.engine.touches import Column

SAMPLE = 400
"""So many different texts of a column are looked at."""
MOST = 0.5
"""From this share of such texts on, a column is one of links."""
_LINKED = re.compile(
    r"\[([^\[\]]+)\]\(https?://[^\s()]+\)|([^\s()\[\],;][^()\[\],;]*?)\s*\(https?://[^\s()]+\)"
)


def without_links(table: Table) -> Table:
    """The table with the texts alone where a column has texts with their links; several stay several."""
    columns = {
        header: _bare(column) if _are_links(column) else column for header, column in table.columns.items()
    }
    return replace(table, columns=columns)


def _are_links(column: Column) -> bool:
    sample = [str(label) for label in spread(column.labels, SAMPLE)]
    found = sum("://" in text and _LINKED.match(text) is not None for text in sample)
    return found > 0 and found >= MOST * len(sample)


def _bare(column: Column) -> Column:
    texts = [_LINKED.sub(lambda found: found[1] or found[2], str(label)) for label in column.labels]
    return Column.of([texts[code] if code >= 0 else None for code in column.codes.tolist()])
