"""The encoding of a file is found from its bytes; what is no text is refused with what it looks like."""

from __future__ import annotations

import gzip
import zipfile

import duckdb
import pytest

from leadline.engine.errors import BadFile
from leadline.engine.importers.reading.encodings import find_encoding, read_start
from leadline.engine.importers.reading.parquet import read_parquet
from leadline.engine.importers.reading.tables import read_table

TEXT = "name,city\nZoë,Köln\nRenée,Orléans\n"


def read(path, content):
    path.write_bytes(content)
    [table] = read_table(path)
    return table


def refusal(path, content):
    path.write_bytes(content)
    with pytest.raises(BadFile) as refused:
        read_table(path)
    return str(refused.value)


@pytest.mark.parametrize(
    ("codec", "mark", "said"),
    [
        ("utf-8", b"", "UTF-8"),
        ("utf-8", b"\xef\xbb\xbf", "UTF-8"),
        ("utf-16-le", b"\xff\xfe", "UTF-16"),
        ("utf-16-be", b"\xfe\xff", "UTF-16"),
        ("utf-16-le", b"", "UTF-16"),
        ("utf-16-be", b"", "UTF-16"),
        ("cp1252", b"", "Windows-1252 (cp1252)"),
    ],
)
def test_each_encoding_is_found_from_the_bytes(tmp_path, codec, mark, said):
    table = read(tmp_path / "people.csv", mark + TEXT.encode(codec))
    assert list(table.columns) == ["name", "city"]
    assert table.columns["name"].values() == ["Zoë", "Renée"]
    assert table.columns["city"].values() == ["Köln", "Orléans"]
    assert (f"read as {said}" in table.notes) == (said != "UTF-8")  # which needn't be said


def test_utf16_without_a_mark_is_found_in_letters_that_are_not_latin(tmp_path):
    table = read(tmp_path / "x.csv", "имя,город\nАнна,Москва\nИван,Тверь\n".encode("utf-16-le"))
    assert table.columns["имя"].values() == ["Анна", "Иван"]


def test_a_byte_that_is_not_utf8_is_found_far_down_in_the_file(tmp_path):
    content = b"name\n" + b"Ann\n" * 600_000 + "Zoë\n".encode("cp1252")
    table = read(tmp_path / "x.csv", content)
    assert table.columns["name"].labels == ["Ann", "Zoë"]
    assert "read as Windows-1252 (cp1252)" in table.notes


def test_a_file_put_together_from_two_encodings_keeps_the_letters_of_both(tmp_path):
    table = read(tmp_path / "x.csv", "name,n\nZoë,1\n".encode() + "Renée,2\n".encode("cp1252"))
    assert table.columns["name"].values() == ["Zoë", "Renée"]
    assert "read as UTF-8, with some bytes in Windows-1252" in table.notes


def test_typographic_signs_of_windows_are_read(tmp_path):
    table = read(tmp_path / "x.csv", b"note\n\x80 5 \x96 \x93gut\x94\n")
    assert table.columns["note"].values() == ["€ 5 – “gut”"]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a picture (PNG)"),
        (b"%PDF-1.7\nhello", "a PDF document"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0), "a gzip archive"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a picture (JPEG)"),
        (b"SQLite format 3\x00", "an SQLite database"),
        (b"a,b\x00\n1,2\n", "bytes that no text has"),
        (bytes(range(256)) * 9, "bytes that no text has"),
        (bytes(range(1, 32)) * 9, "bytes that no text has"),
        ("a,b\n1,2\n".encode("utf-32"), "bytes that no text has"),
    ],
)
def test_what_is_not_text_is_refused_with_what_it_looks_like(tmp_path, content, what):
    message = refusal(tmp_path / "export.csv", content)
    assert "the file is not text" in message
    assert f"it looks like {what}" in message
    assert "export.csv" in message


def test_parquet_that_is_damaged_anywhere_is_read_or_refused(tmp_path):
    place = tmp_path / "export.parquet"
    duckdb.sql(f"COPY (SELECT 'Ann ' || i AS name, i FROM range(9) r(i)) TO '{place}' (FORMAT parquet)")  # noqa: S608
    held, refused = place.read_bytes(), 0
    for at in range(4, len(held), 5):
        place.write_bytes(held[:at] + bytes([held[at] ^ 0xFF]) + held[at + 1 :])
        try:
            headers, batches = read_parquet(place)
            assert [len(row) for rows in batches for row in rows] == [len(headers)] * 9
        except BadFile:
            refused += 1
    assert refused > len(held) / 25


def test_parquet_that_is_cut_off_is_refused(tmp_path):
    assert "Parquet that is broken" in refusal(tmp_path / "export.parquet", b"PAR1\x15\x04")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"<!DOCTYPE html><table></table>", "a web page"),
        (b"<html><body>", "a web page"),
        (b'<?xml version="1.0"?><Workbook>', "XML"),
    ],
)
def test_other_texts_are_refused_with_what_they_look_like(tmp_path, content, what):
    message = refusal(tmp_path / "export.xls", content)
    assert "the file is not a table" in message
    assert f"it looks like {what}" in message


def test_a_zip_archive_that_is_no_workbook_is_to_be_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.writestr("export.csv", "a,b\n1,2\n")
    with pytest.raises(BadFile, match=r"zip archive \(unpack it first\)"):
        read_table(tmp_path / "export.zip")


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(BadFile, match=r"a file is needed\. Found: a folder"):
        read_table(tmp_path)


def test_a_missing_file_is_named_with_its_nearest_neighbour(tmp_path):
    (tmp_path / "contacts.csv").write_text("a\n1\n")
    with pytest.raises(BadFile) as refused:
        read_table(tmp_path / "contact.csv")
    assert "there is no such file" in str(refused.value)
    assert refused.value.suggestion == "contacts.csv"


def test_a_file_in_a_missing_folder_is_missing(tmp_path):
    with pytest.raises(BadFile, match="there is no such file"):
        read_table(tmp_path / "nowhere" / "x.csv")


def test_a_file_where_a_folder_should_be_can_not_be_read(tmp_path):
    (tmp_path / "a.csv").write_text("a\n1\n")
    with pytest.raises(BadFile, match="can't be read"):
        read_table(tmp_path / "a.csv" / "b.csv")


def test_an_empty_file_is_said_to_be_empty(tmp_path):
    assert "the file is empty" in refusal(tmp_path / "x.csv", b"")


@pytest.mark.parametrize(
    "content", [b"\n\n\n", b"  \r\n \t \r\n", b"\xef\xbb\xbf\n", b"\xef\xbb\xbf", b",,,\n;;\n"]
)
def test_a_file_of_blank_lines_is_said_to_be_so(tmp_path, content):
    assert "nothing but blank lines" in refusal(tmp_path / "x.csv", content)


def test_plain_ascii_is_utf8(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"a,b\n1,2\n")
    assert find_encoding(path, read_start(path)).words == "UTF-8"
