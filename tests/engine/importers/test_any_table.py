"""Whatever a table holds: it is imported with every row accounted for, or refused with a sentence."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engine.errors import LeadlineError
from leadline.engine.importers import import_files
from leadline.engine.importers.sorts.duplicates import find_repeats
from tests.exported import is_accounted_for, told

HEADERS = (
    "id|Email|Name|Deal ID|Deal Name|Stage|Status|Created|Close Date|Won time|Lost time|Amount|Currency|"
    "Source|event|time|Company|Owner|Converted|Lost reason|Order ID|Became a Lead Date|Last Activity Date|"
    "Canceled|Tags|x"
).split("|")
CELLS = (
    "|1|2|a@x.example|b@x.example|Ann|Won|Lost|Open|Talks|2024-01-05|2024-02-10|13/02/2024|soon|$1,200|"
    "12K|EUR|JPY|Referral|page_view|click|yes|no|Select|n/a"
).split("|")
tables = st.lists(st.sampled_from(HEADERS), min_size=1, max_size=7, unique=True).flatmap(
    lambda headers: st.tuples(
        st.just(headers),
        st.lists(
            st.lists(st.sampled_from(CELLS), min_size=len(headers), max_size=len(headers)),
            min_size=1,
            max_size=8,
        ),
    )
)


def take_in_tables(some):
    """What comes of the tables, each a file of its own; None where they are refused with a sentence."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, (headers, rows) in enumerate(some):
            paths.append(Path(folder) / f"table{number}.csv")
            with paths[-1].open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows([headers, *rows])
        try:
            return import_files(paths)
        except LeadlineError:
            return None


@settings(max_examples=150, deadline=None)
@given(st.lists(tables, min_size=1, max_size=3))
def test_a_table_is_imported_with_every_row_accounted_for_or_refused_with_a_sentence(some):
    found = take_in_tables(some)
    if found is None:
        return
    assert is_accounted_for(found)
    subjects = len(found.touches.contact.labels)
    assert len(set(found.touches.contact.labels)) == subjects
    assert all(0 <= code < subjects for code in found.touches.contact.codes.tolist())
    for column in (*found.attributes.values(), *found.names.values()):
        assert len(column) == subjects
        assert column.codes.max(initial=-1) < len(column.labels)
    for known in (found.typed, found.outcome, found.value):
        assert known is None or len(known) == subjects
    assert all(row.reason for row in found.unused)


@settings(max_examples=60, deadline=None)
@given(tables)
def test_the_order_of_the_rows_changes_no_touch(table):
    headers, rows = table
    first, second = take_in_tables([(headers, rows)]), take_in_tables([(headers, rows[::-1])])
    if first is None or second is None:
        return
    by_line = any(label.startswith("line ") or ", line " in label for label in first.touches.contact.labels)
    if not by_line:
        assert told(first) == told(second)


@given(st.lists(st.tuples(st.integers(-1, 2), st.integers(0, 2)), max_size=30))
def test_repeats_are_those_of_a_plain_loop(pairs):
    fields = [np.array([pair[place] for pair in pairs], dtype=np.int64) for place in (0, 1)]
    seen, expected = {}, []
    for place, pair in enumerate(pairs):
        if pair in seen:
            expected.append((place, seen[pair]))
        seen.setdefault(pair, place)
    rows, firsts = find_repeats(fields)
    assert list(zip(rows.tolist(), firsts.tolist(), strict=True)) == expected
