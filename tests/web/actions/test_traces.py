"""Files that name somebody: what can be written again is, what can't is removed, and others stay."""

from __future__ import annotations

import io
import zipfile

import duckdb
import pytest
from openpyxl import Workbook

from leadline.web.actions import traces

NAMES = ["Eero Jokinen", "eero.j@example.org"]


@pytest.fixture
def uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    settings.MEDIA_ROOT.mkdir()
    return settings.MEDIA_ROOT


def workbook(*cells):
    book, out = Workbook(), io.BytesIO()
    book.active.append(cells)
    book.save(out)
    return out.getvalue()


def parquet(place, name):
    duckdb.sql(f"COPY (SELECT '{name}' AS name FROM range(2000)) TO '{place}' (FORMAT parquet)")  # noqa: S608
    return place.read_bytes()


def archive(name, held):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, held)
    return out.getvalue()


def test_a_form_that_cannot_be_written_again_is_removed_where_it_names_them(uploads):
    parquet(uploads / "theirs.parquet", "Eero Jokinen")
    others = parquet(uploads / "others.parquet", "Ann Abel")
    (uploads / "theirs.xls").write_bytes(b"\xd0\xcf\x11\xe0" + "x EERO JOKINEN x".encode("utf-16-le"))
    (uploads / "others.xls").write_bytes(b"\xd0\xcf\x11\xe0" + "x Ann Abel x".encode("utf-16-le"))
    (uploads / "theirs.xlsb").write_bytes(archive("sheet1.bin", "Eero Jokinen".encode("utf-16-le") * 50))
    (uploads / "others.xlsb").write_bytes(archive("sheet1.bin", "Ann Abel".encode("utf-16-le") * 50))
    traces.wipe_files(NAMES)
    assert sorted(file.name for file in uploads.iterdir()) == ["others.parquet", "others.xls", "others.xlsb"]
    assert (uploads / "others.parquet").read_bytes() == others


def test_a_broken_file_that_cannot_be_searched_is_removed_and_the_rest_is_done(uploads):
    whole = workbook("Eero Jokinen", "Ann Abel")
    for place in range(0, len(whole), 7):
        (uploads / f"{place}.xlsx").write_bytes(
            whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        )
    (uploads / "odd.csv").write_bytes("name\nEero Jokinen\n".encode("utf-16") + b"x")
    held = parquet(uploads / "p", "Ann Abel")
    (uploads / "p").write_bytes(held[: len(held) // 2])
    (uploads / "zz.csv").write_text("name,email\nEero Jokinen,eero.j@example.org\nAnn Abel,ann@example.org\n")
    traces.wipe_files(NAMES)
    assert not {"odd.csv", "p"} & {file.name for file in uploads.iterdir()}
    assert (uploads / "zz.csv").read_text() == "name,email\n,\nAnn Abel,ann@example.org\n"
    assert not [file for file in uploads.iterdir() if file.name.endswith(".new")]
    kept = list(uploads.glob("*.xlsx"))
    assert kept  # not every byte of an archive counts
    for file in kept:
        with zipfile.ZipFile(file) as read:
            assert not [name for name in read.namelist() if b"Eero Jokinen" in read.read(name)]


def test_a_table_is_known_by_what_it_holds_and_not_by_its_ending(uploads):
    (uploads / "book.csv").write_bytes(workbook("Eero Jokinen", "Ann Abel"))
    (uploads / "list.xlsx").write_text("PK,name\n1,Eero Jokinen\n2,Ann Abel\n")
    traces.wipe_files(NAMES)
    with zipfile.ZipFile(uploads / "book.csv") as read:
        said = b"".join(map(read.read, read.namelist()))
    assert b"Ann Abel" in said
    assert b"Jokinen" not in said
    assert (uploads / "list.xlsx").read_text() == "PK,name\n1,\n2,Ann Abel\n"
