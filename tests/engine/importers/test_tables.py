"""A file of text becomes a table: every row is in it, or set apart with its line and its reason."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engine.importers.reading.cells import CellCodes
from leadline.engine.importers.reading.tables import read_table
from leadline.engine.importers.reading.unused import UnusedRow
from tests.exported import write


def read(folder, content, name="export.csv"):
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    [table] = read_table(path)
    assert table.rows_read == len(table) + len(table.unused)
    assert all(len(column) == len(table) for column in table.columns.values())
    return table


def rows(table):
    return list(zip(*(column.values() for column in table.columns.values()), strict=True))


def test_a_plain_file_is_read(tmp_path):
    table = read(tmp_path, "id,name,city\n1,Ann,Rome\n2,Bob,\n3, Ann ,Oslo\n")
    assert table.name == "export.csv"
    assert list(table.columns) == ["id", "name", "city"]
    assert rows(table) == [("1", "Ann", "Rome"), ("2", "Bob", None), ("3", "Ann", "Oslo")]
    assert table.columns["name"].labels == ["Ann", "Bob"]
    assert table.columns["name"].codes.dtype == np.int32
    assert table.columns["city"].codes.tolist() == [0, -1, 1]
    assert table.line.tolist() == [2, 3, 4]
    assert table.notes == ["columns parted by commas", "header on line 1"]
    assert table.unused == []


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("delimiter", "said"), [(",", "commas"), (";", "semicolons"), ("\t", "tabs"), ("|", "upright strokes")]
)
def test_every_delimiter_and_line_ending_is_read(tmp_path, delimiter, said, ending):
    lines = [["id", "name", "note"], ["1", "Ann", "a b"], ["2", "Bob", ""]]
    table = read(tmp_path, ending.join(delimiter.join(line) for line in lines))
    assert list(table.columns) == ["id", "name", "note"]
    assert rows(table) == [("1", "Ann", "a b"), ("2", "Bob", None)]
    assert f"columns parted by {said}" in table.notes
    assert table.line.tolist() == [2, 3]


def test_the_line_that_declares_the_delimiter_is_no_row(tmp_path):
    table = read(tmp_path, "sep=;\r\nid;name\r\n1;Ann, B\r\n")
    assert rows(table) == [("1", "Ann, B")]
    assert table.line.tolist() == [3]
    assert "header on line 2" in table.notes


def test_the_line_is_where_the_row_starts_in_the_file(tmp_path):
    table = read(tmp_path, 'title\n\nid,note\n1,"a\nb\n\nc"\n\n2,x\n3,"d\ne"\n4,y\n')
    assert table.line.tolist() == [4, 9, 10, 12]
    assert table.unused == [UnusedRow("export.csv", 8, "blank row", ())]
    assert "header on line 3" in table.notes


def test_blank_rows_are_counted_and_not_used(tmp_path):
    table = read(tmp_path, "a,b,c\n1,2,3\n\n,,\n  , ,\t\n4,5,6\n\n")
    assert rows(table) == [("1", "2", "3"), ("4", "5", "6")]
    assert table.rows_read == 6
    assert [(row.line, row.reason) for row in table.unused] == [(line, "blank row") for line in (3, 4, 5, 7)]


def test_the_padding_of_a_spreadsheet_is_passed_over_as_one(tmp_path):
    table = read(tmp_path, "a,b\n1,2\n,\n3,4\n" + ",\n" * 5000)
    assert rows(table) == [("1", "2"), ("3", "4")]
    assert table.rows_read == 3
    assert [row.line for row in table.unused] == [3]
    assert "5,000 blank rows at the end, passed over" in table.notes


def test_rows_that_are_too_short_are_filled_and_counted(tmp_path):
    table = read(tmp_path, "a,b,c\n1\n1,2\n1,2,3\n")
    assert rows(table) == [("1", None, None), ("1", "2", None), ("1", "2", "3")]
    assert "2 rows shorter than the header, filled with blanks" in table.notes


def test_rows_that_are_too_long_are_used_only_if_what_is_over_is_blank(tmp_path):
    table = read(tmp_path, "a,b\n1,2,,\n3,4,5\n6,7,\n")
    assert rows(table) == [("1", "2"), ("6", "7")]
    assert table.unused == [
        UnusedRow("export.csv", 3, "3 cells, but the table has 2 columns", ("3", "4", "5"))
    ]


def test_a_header_in_the_middle_is_not_used(tmp_path):
    table = read(tmp_path, 'id,name\n1,Ann\nid,name\n2,Bob\n\ufeffid,name\n3,Cid\n"id",name,\n')
    assert rows(table) == [("1", "Ann"), ("2", "Bob"), ("3", "Cid")]
    assert [(row.line, row.reason) for row in table.unused] == [
        (line, "the header again") for line in (3, 5, 7)
    ]
    assert "id" not in table.columns["id"].labels


def test_a_row_that_only_begins_like_the_header_is_a_record(tmp_path):
    assert rows(read(tmp_path, "id,name,n\nid,Ann,5\n1,name,6\n")) == [("id", "Ann", "5"), ("1", "name", "6")]


def test_footers_are_set_apart_and_leave_no_label(tmp_path):
    table = read(tmp_path, "id,name,sum\n1,Ann,5\n2,Bob,6\nTotal,,11\n\nExported by Ann\n")
    assert rows(table) == [("1", "Ann", "5"), ("2", "Bob", "6")]
    assert [(row.line, row.cells) for row in table.unused] == [
        (4, ("Total", "", "11")),
        (5, ()),
        (6, ("Exported by Ann",)),
    ]
    assert table.columns["id"].labels == ["1", "2"]


def test_a_total_of_which_only_the_word_is_left_is_no_record(tmp_path):
    table = read(tmp_path, "name,paid,note\nAnn,5,\nBob,6,late\n\nTOTAL,,\n")
    assert table.rows_read == 4
    assert [(row.line, row.reason) for row in table.unused][-1] == (5, "the line of totals, not a record")


def test_a_header_alone_is_a_table_without_rows(tmp_path):
    for content in ("id,name\n", "id,name", "id,name\r\n"):
        table = read(tmp_path, content)
        assert list(table.columns) == ["id", "name"]
        assert len(table) == 0
        assert table.rows_read == 0
        assert "a header and no rows" in table.notes


def test_a_file_without_a_header_has_numbered_columns(tmp_path):
    table = read(tmp_path, "1,2024-01-05,Ann\n2,2024-01-06,Bob\n")
    assert list(table.columns) == ["column 1", "column 2", "column 3"]
    assert table.line.tolist() == [1, 2]
    assert "no header line: the columns are numbered" in table.notes
    assert not any(note.startswith("header on") for note in table.notes)


def test_duplicate_and_blank_names_are_made_unique(tmp_path):
    table = read(tmp_path, "name,name,,x\na,b,c,d\n")
    assert {name: column[0] for name, column in table.columns.items()} == {
        "name": "a",
        "name (2)": "b",
        "column 3": "c",
        "x": "d",
    }


def test_a_column_without_name_and_cells_is_left_out(tmp_path):
    assert list(read(tmp_path, "a,b,\n1,2,\n3,4,\n").columns) == ["a", "b"]


def test_a_named_column_without_cells_is_kept(tmp_path):
    table = read(tmp_path, "a,b\n1,\n3,\n")
    assert table.columns["b"].values() == [None, None]


def test_one_column_with_commas_in_it_stays_one_column(tmp_path):
    table = read(tmp_path, "company\n" + "Beta\n" * 9 + "Acme, Inc.\n")
    assert table.columns["company"].labels == ["Beta", "Acme, Inc."]


def test_cells_lose_the_blanks_around_them_and_the_guard_of_spreadsheets(tmp_path):
    table = read(tmp_path, 'id,zip\n\u00a01 ,="00123"\n2,"=""00456"""\n3,=A1\n4,\u200b\n')
    assert table.columns["id"].values() == ["1", "2", "3", "4"]
    assert table.columns["zip"].values() == ["00123", "00456", "=A1", None]


def test_the_sign_that_ends_a_file_of_dos_is_no_cell(tmp_path):
    table = read(tmp_path, "id,name\n1,Ann\n\x1a")
    assert rows(table) == [("1", "Ann")]
    assert [row.reason for row in table.unused] == ["blank row"]


def test_unmatched_quotes_are_noted(tmp_path):
    table = read(tmp_path, 'id,name,n\n1,"Acme,5\n2,Beta,6\n3,Gamma,7\n')
    assert rows(table) == [("1", '"Acme', "5"), ("2", "Beta", "6"), ("3", "Gamma", "7")]
    assert "1 row with quotes that don't match" in table.notes


def test_a_quote_left_open_early_in_a_large_file_loses_nothing(tmp_path):
    body = "".join(f"{n},name {n},{n % 7}\n" for n in range(60_000))
    table = read(tmp_path, 'id,name,n\nx,"open,5\n' + body)
    assert len(table) == 60_001
    assert table.columns["name"][0] == '"open'
    assert table.line[-1] == 60_002


def test_a_large_file_is_read_in_batches_without_a_seam(tmp_path):
    lines = [f'{n},"note {n % 11}\nmore",{n % 3}' for n in range(40_000)]
    table = read(tmp_path, "id,note,k\n" + "\n".join(lines) + "\n")
    assert table.columns["id"].labels == [str(n) for n in range(40_000)]
    assert table.columns["note"].labels == [f"note {n}\nmore" for n in range(11)]
    assert table.line.tolist() == list(range(2, 80_002, 2))


def test_a_cell_of_a_million_characters_is_a_cell(tmp_path):
    table = read(tmp_path, f'id,note\n1,"{"x" * 1_000_000}"\n2,y\n')
    assert [len(note) for note in table.columns["note"].values()] == [1_000_000, 1]


def test_a_file_that_is_called_a_workbook_and_is_text_is_read_as_text(tmp_path):
    assert rows(read(tmp_path, "id\tname\n1\tAnn\n", "export.xls")) == [("1", "Ann")]


def test_placeholders_are_counted_by_column_and_text(tmp_path):
    table = read(tmp_path, "source,region\nSelect,NA\nweb,NA\nselect,EU\n-,\nSelect,APAC\n")
    assert table.placeholders() == {"source": {"Select": 2, "select": 1, "-": 1}, "region": {"NA": 2}}


def test_progress_is_told_in_bytes_up_to_the_whole(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("id,name\n" + "1,Ann\n" * 300_000)
    told = []
    read_table(path, progress=lambda done, total: told.append((done, total)))
    size = path.stat().st_size
    assert {total for _, total in told} == {size}
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert len(told) > 2
    assert told[-1][0] == size


def test_cells_of_a_column_share_a_number_if_they_differ_only_in_blanks():
    codes = CellCodes()
    codes.add(["a", " a", "", "b"], 4)
    codes.add(["b ", "a", " "], 3)
    column = codes.finish()
    assert column.labels == ["a", "b"]
    assert column.codes.tolist() == [0, 0, -1, 1, 1, 0, -1]


NAMES = ["who", "what", "where", "why"]
CELLS = st.text(st.sampled_from('xyz ,;"\n|é€'), max_size=5)
ROWS = st.integers(2, 4).flatmap(lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n), min_size=1))


@settings(max_examples=100, deadline=None)
@given(
    cells=ROWS,
    delimiter=st.sampled_from(",;|\t"),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_no_row_is_lost_whatever_stands_in_it(tmp_path_factory, cells, delimiter, codec):
    path = tmp_path_factory.mktemp("rows") / "x.csv"
    with path.open("w", newline="", encoding=codec) as file:
        writer = csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL)
        writer.writerows([NAMES[: len(cells[0])], *cells])
    [table] = read_table(path)
    stripped = [tuple(cell.strip() or None for cell in row) for row in cells]
    assert rows(table) == [row for row in stripped if any(row)]
    assert table.rows_read == len(cells) or any("passed over" in note for note in table.notes)


def test_the_title_of_a_part_that_has_the_header_again_is_no_record(tmp_path):
    board = """
    Leads,,
    New leads,,
    Name,Status,Email
    Ann Lee,Contacted,ann@a.example
    Qualified leads,,
    Name,Status,Email
    Cat Fox,Qualified,cat@c.example
    """
    table = read_table(write(tmp_path, "board.csv", board))[0]
    assert table.columns["Name"].values() == ["Ann Lee", "Cat Fox"]
    assert [(row.line, row.reason) for row in table.unused] == [
        (5, "the title of a part"),
        (6, "the header again"),
    ]
