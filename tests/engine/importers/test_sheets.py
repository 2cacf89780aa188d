"""The sheets of a workbook become tables, with their cells as a person would have typed them."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest

from leadline.engine.errors import BadFile
from leadline.engine.importers.reading.sheets import cell_text
from leadline.engine.importers.reading.tables import read_table


def write(path, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_sheet_is_a_table(tmp_path):
    path = write(
        tmp_path / "deals.xlsx",
        Deals=[
            ["id", "closed", "amount"],
            [1, datetime(2024, 1, 5, 10, 20, 30), 12.5],  # noqa: DTZ001
            [2, date(2024, 1, 6), None],
        ],
    )
    [table] = read_table(path)
    assert table.name == "deals.xlsx"
    assert {name: column.values() for name, column in table.columns.items()} == {
        "id": ["1", "2"],
        "closed": ["2024-01-05 10:20:30", "2024-01-06"],
        "amount": ["12.5", None],
    }
    assert table.line.tolist() == [2, 3]
    assert table.rows_read == 2
    assert table.notes == ["sheet Deals", "header in row 1"]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (1.0, "1"),
        (-3.0, "-3"),
        (2.5, "2.5"),
        (0.1 + 0.2, "0.3"),
        (1e20, "1e+20"),
        (7, "7"),
        (True, "true"),
        (False, "false"),
        ("  x ", "  x "),
        (date(2024, 1, 5), "2024-01-05"),
        (datetime(2024, 1, 5), "2024-01-05"),  # noqa: DTZ001
        (datetime(2024, 1, 5, 1, 2, 3), "2024-01-05 01:02:03"),  # noqa: DTZ001
        (datetime(2024, 1, 5, 1, 2, 3, 400_000), "2024-01-05 01:02:03.400"),  # noqa: DTZ001
        (time(10, 20), "10:20:00"),
        (timedelta(hours=26), "1 day, 2:00:00"),
    ],
)
def test_a_cell_is_the_text_that_a_person_would_have_typed(cell, text):
    assert cell_text(cell) == text


def test_the_table_may_stand_anywhere_on_the_sheet(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["B2"] = "Deals of May"
    for place, row in enumerate(
        [["id", "name", "n"], [1, "Ann", 5], [], [2, "Bob", 6], ["Total", None, 11]], 5
    ):
        for column, cell in enumerate(row, 2):
            sheet.cell(place, column, cell)
    book.save(tmp_path / "x.xlsx")
    [table] = read_table(tmp_path / "x.xlsx")
    assert list(table.columns) == ["id", "name", "n"]
    assert table.columns["name"].values() == ["Ann", "Bob"]
    assert table.line.tolist() == [6, 8]
    assert [(row.line, row.reason) for row in table.unused] == [
        (7, "blank row"),
        (9, "the line of totals, not a record"),
    ]
    assert "header in row 5" in table.notes


def test_every_sheet_with_data_is_a_table_of_its_own(tmp_path):
    path = write(tmp_path / "crm.xlsx", Leads=[["id"], [1]], Empty=[], Deals=[["id", "n"], [1, 2], [3, 4]])
    tables = read_table(path)
    assert [(table.name, len(table)) for table in tables] == [
        ("crm.xlsx [Leads]", 1),
        ("crm.xlsx [Deals]", 2),
    ]
    assert all(len(table) + len(table.unused) == table.rows_read for table in tables)


def test_a_hidden_sheet_is_left_out_and_named(tmp_path):
    path = write(tmp_path / "crm.xlsx", Deals=[["id", "n"], [1, 2]], Lists=[["a"], ["b"]])
    book = openpyxl.load_workbook(path)
    book["Lists"].sheet_state = "hidden"
    book.save(path)
    [table] = read_table(path)
    assert table.name == "crm.xlsx"
    assert "hidden sheets left out: Lists" in table.notes


def test_errors_in_cells_are_blank(tmp_path):
    path = write(tmp_path / "x.xlsx", S=[["id", "n"], [1, "#N/A"], [2, "#DIV/0!"], [3, 5]])
    book = openpyxl.load_workbook(path)
    for cell in ("B2", "B3"):
        book["S"][cell].data_type = "e"
    book.save(path)
    [table] = read_table(path)
    assert table.columns["n"].values() == [None, None, "5"]


def test_an_open_document_sheet_is_read(tmp_path):
    rows = [["id", "name"], ["1", "Ann"], ["2", "Bob"]]
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    namespace = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{namespace}office:1.0" '
        f'xmlns:table="{namespace}table:1.0" xmlns:text="{namespace}text:1.0">'
        "<office:body><office:spreadsheet>"
        f'<table:table table:name="Deals">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(tmp_path / "x.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", '<?xml version="1.0"?><manifest/>')
        archive.writestr("content.xml", content)
    [table] = read_table(tmp_path / "x.ods")
    assert {name: column.values() for name, column in table.columns.items()} == {
        "id": ["1", "2"],
        "name": ["Ann", "Bob"],
    }


def test_a_workbook_that_is_called_otherwise_is_still_a_workbook(tmp_path):
    path = write(tmp_path / "x.xlsx", S=[["id"], [1]]).rename(tmp_path / "x.csv")
    assert len(read_table(path)[0]) == 1


def test_a_workbook_without_data_is_said_to_be_so(tmp_path):
    with pytest.raises(BadFile, match="no sheet with data"):
        read_table(write(tmp_path / "x.xlsx", S=[], T=[]))


def test_a_damaged_workbook_is_refused(tmp_path):
    path = write(tmp_path / "x.xlsx", S=[["id"], [1]])
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(BadFile, match="the workbook can't be read"):
        read_table(path)


def test_an_old_document_that_is_no_workbook_is_refused(tmp_path):
    (tmp_path / "letter.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000)
    with pytest.raises(BadFile, match="an old Office document"):
        read_table(tmp_path / "letter.doc")


def test_many_rows_are_read_in_batches_and_progress_is_told(tmp_path):
    path = write(tmp_path / "x.xlsx", S=[["id", "k"], *([n, f"k{n % 3}"] for n in range(25_000))])
    told = []
    [table] = read_table(path, progress=lambda done, total: told.append((done, total)))
    assert table.columns["id"].labels == [str(n) for n in range(25_000)]
    assert table.columns["k"].labels == ["k0", "k1", "k2"]
    assert table.line.tolist() == list(range(2, 25_002))
    assert told[-1] == (path.stat().st_size, path.stat().st_size)


def test_what_stands_in_a_merged_cell_is_said_of_each_of_its_rows_and_no_number_is(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    rows = [
        ["Customers of the year", None, None, None],
        ["Customer", "Day", "What", "Amount"],
        ["Müller GmbH", date(2026, 1, 5), "Table", 500],
        [None, None, "Chair", None],
        ["Groß KG", date(2026, 2, 13), "Bench", 120],
    ]
    for row in rows:
        sheet.append(row)
    for cells in ("A1:D1", "A3:A4", "B3:B4", "D3:D4"):
        sheet.merge_cells(cells)
    book.save(tmp_path / "book.xlsx")
    columns = read_table(tmp_path / "book.xlsx")[0].columns
    assert columns["Customer"].values() == ["Müller GmbH", "Müller GmbH", "Groß KG"]
    assert columns["Day"].values() == ["2026-01-05", "2026-01-05", "2026-02-13"]
    assert columns["Amount"].values() == ["500", None, "120"]


def test_a_cell_across_the_sheet_with_nothing_beside_it_is_a_title_and_nobodys_name(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    rows = [
        ["Name", "Mail", "Phone"],
        ["Ann Lee", "ann@alp.example", None],
        ["October", None, None],
        ["Bob", None, None],
        ["Cem Ay", "cem@alp.example", "not yet"],
    ]
    for row in rows:
        sheet.append(row)
    sheet.merge_cells("A3:C3")
    sheet.merge_cells("A5:B5")
    book.save(tmp_path / "book.xlsx")
    table = read_table(tmp_path / "book.xlsx")[0]
    assert table.columns["Name"].values() == ["Ann Lee", "Bob", "Cem Ay"]
    assert [(row.line, row.reason) for row in table.unused] == [(3, "the title of a part")]
    assert table.rows_read == 4
