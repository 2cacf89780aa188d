"""Tables of web pages that pretend to be files for Excel."""

from __future__ import annotations

import pytest

from leadline.engine.errors import BadFile
from leadline.engine.importers.reading.tables import read_table

ROWS = "<tr><td>1</td><td>Ann &amp; Bo</td></tr><tr><td>2</td><td>Cléa<br>Doe</td></tr>"
PAGE = (
    f"<html><head><style>td {{}}</style></head><body><table><tr><th>Id</th><th>Name</th></tr>{ROWS}</table>"
)


def read(folder, content, codec="utf-8"):
    path = folder / "export.xls"
    path.write_bytes(content.encode(codec))
    return read_table(path)


def values(table):
    return {name: column.values() for name, column in table.columns.items()}


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_table_is_read_in_any_encoding(tmp_path, codec):
    (table,) = read(tmp_path, PAGE, codec)
    assert values(table) == {"Id": ["1", "2"], "Name": ["Ann & Bo", "Cléa Doe"]}
    assert table.rows_read == 2
    assert table.line.tolist() == [2, 3]


def test_rows_and_cells_need_not_be_closed(tmp_path):
    (table,) = read(tmp_path, "<table><tr><td>Id<td>Name<tr><td>1<td>Ann<tr><td>2<td>Bob")
    assert values(table) == {"Id": ["1", "2"], "Name": ["Ann", "Bob"]}


def test_a_cell_over_several_columns_keeps_the_others_in_their_place(tmp_path):
    text = "<table><tr><th>A<th>B<th>C<tr><td colspan=2>x<td>1<tr><td>y<td>z<td>2</table>"
    (table,) = read(tmp_path, text)
    assert values(table) == {"A": ["x", "y"], "B": [None, "z"], "C": ["1", "2"]}


def test_several_tables_are_several_and_those_for_looks_are_none(tmp_path):
    text = f"<html><table><tr><td>Logo</table>{PAGE}{PAGE.replace('Name', 'Who')}"
    tables = read(tmp_path, text)
    assert [table.name for table in tables] == ["export.xls [table 1]", "export.xls [table 2]"]
    assert list(tables[1].columns) == ["Id", "Who"]


def test_a_page_without_a_table_is_refused_with_a_sentence(tmp_path):
    with pytest.raises(BadFile, match="web page without a table"):
        read(tmp_path, "<!DOCTYPE html><html><body><p>Please log in.</p></body></html>")
