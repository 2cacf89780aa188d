"""Files of text that are damaged in a few places, and files that are no text at all."""

from __future__ import annotations

import random

import pytest

from leadline.engine.errors import BadFile
from leadline.engine.importers import import_files
from tests.exported import is_accounted_for, reasons, subjects

PEOPLE = [f"p{n}@x.example,P{n},2026-01-02" for n in range(40)]
BROKEN = "NUL bytes, which no text has: the row is damaged"


def read(folder, content):
    path = folder / "people.csv"
    path.write_bytes(content)
    return import_files([path])


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "cp1252"])
@pytest.mark.parametrize("damage", ["q@x.example,Q\0Q,2026-01-02", "\0" * 5000, "\0,\0,\0"])
def test_rows_with_nul_bytes_are_set_apart_and_the_others_are_read(tmp_path, codec, damage):
    text = "\n".join(["Email,Näme,Created", *PEOPLE[:20], damage, *PEOPLE[20:]]) + "\n"
    found = read(tmp_path, text.encode(codec))
    assert len(subjects(found)) == 40
    assert reasons(found) == [(22, BROKEN)]
    assert not any("\0" in cell for row in found.unused for cell in row.cells)
    assert is_accounted_for(found)


def test_nul_bytes_far_below_are_set_apart_too(tmp_path):
    rows = [f"p{n}@x.example,P{n},2026-01-02" for n in range(50_000)]
    text = "\n".join(["Email,Name,Created", *rows, "q@x.example,\0,2026-01-02"]) + "\n"
    assert reasons(read(tmp_path, text.encode())) == [(50_002, BROKEN)]


@pytest.mark.parametrize("before", [b"", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("seed", range(5))
def test_random_bytes_are_no_text_whatever_they_begin_with(tmp_path, before, seed):
    with pytest.raises(BadFile, match="the file is not text"):
        read(tmp_path, before + random.Random(seed).randbytes(5000))


def test_text_in_utf_16_of_any_script_is_text(tmp_path):
    rows = [f"p{n}@x.example,山田太郎 Ελένη Юрий 😀,2026-01-02" for n in range(40)]
    text = "\n".join(["Email,Name,Created", *rows]) + "\n"
    assert len(subjects(read(tmp_path, text.encode("utf-16")))) == 40
