"""ZIP archives: what is taken out of one, what is left in it and why, and what is refused."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from leadline.engine.errors import BadFile
from leadline.engine.importers.reading import archives
from leadline.engine.importers.reading.archives import unpack

TABLE = "Email\nann@x.org\n"


def archive(folder: Path, members, form=zipfile.ZIP_DEFLATED):
    """An archive of some texts by their names."""
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w", form) as made:
        for name, text in members:
            made.writestr(name, text)
    return path


def patched(path, place, mask, signature):
    """An archive in which one byte of each record of a sort is set: what no library writes."""
    found, at = bytearray(path.read_bytes()), 0
    while (at := found.find(signature, at)) >= 0:
        found[at + place] |= mask
        at += 4
    path.write_bytes(bytes(found))
    return path


def locked(path):
    return patched(patched(path, 6, 1, b"PK\x03\x04"), 8, 1, b"PK\x01\x02")


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def test_tables_are_taken_out_under_their_own_names_and_the_rest_is_named(tmp_path, out):
    path = archive(
        tmp_path,
        [
            ("lists/", ""),
            ("lists/people.csv", TABLE),
            ("lists/old/people.csv", "Email\nbob@x.org\n"),
            (f"{os.pardir}/{os.pardir}/escaped.csv", TABLE),
            ("/etc/absolute.tsv", TABLE),
            ("C:\\temp\\windows.csv", TABLE),
            ("..", "up"),
            ("logo.png", "picture"),
            ("more.zip", "PK"),
            ("__MACOSX/lists/._people.csv", "fork"),
            (".DS_Store", "store"),
            ("lists/.hidden.csv", TABLE),
        ],
    )
    found = unpack(path, out)
    names = ["absolute.tsv", "escaped.csv", "people (2).csv", "people.csv", "windows.csv"]
    assert [one.name for one in found.tables] == names
    assert sorted(one.name for one in out.iterdir()) == names
    assert (out / "people.csv").read_text() == TABLE
    assert not (tmp_path / "escaped.csv").exists()
    left = [("logo.png", "no table"), ("more.zip", archives.NESTED)]
    assert found.left == left
    assert found.size == sum(one.stat().st_size for one in found.tables)


@pytest.mark.parametrize("told", [True, False])
def test_names_in_utf_8_are_read_whether_the_archive_says_so_or_not(tmp_path, out, told):
    path = archive(tmp_path, [("Empfänger-日本.csv", TABLE)])
    if not told:  # as the archives of macOS and of many servers
        found = path.read_bytes()
        for signature, place in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
            at = found.index(signature) + place
            found = found[:at] + bytes([found[at] & ~0x08]) + found[at + 1 :]
        path.write_bytes(found)
    assert [one.name for one in unpack(path, out).tables] == ["Empfänger-日本.csv"]


def test_names_of_the_code_page_of_old_archives_are_read(tmp_path, out):
    path = archive(tmp_path, [("Empf-nger.csv", TABLE)])
    path.write_bytes(path.read_bytes().replace(b"Empf-nger", b"Empf\x84nger"))
    assert [one.name for one in unpack(path, out).tables] == ["Empfänger.csv"]


def test_a_locked_archive_is_refused_and_says_so(tmp_path, out):
    with pytest.raises(BadFile, match="locked with a password"):
        unpack(locked(archive(tmp_path, [("people.csv", TABLE)])), out)


def test_a_damaged_table_is_left_and_the_others_are_taken(tmp_path, out):
    path = archive(tmp_path, [("good.csv", TABLE), ("bad.csv", "Email\nzoe@x.org\n")], zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"zoe@x.org", b"zoe@y.org"))
    found = unpack(path, out)
    assert [one.name for one in found.tables] == ["good.csv"]
    assert found.left == [("bad.csv", "damaged")]
    assert [one.name for one in out.iterdir()] == ["good.csv"]


def test_what_would_fill_the_disk_is_refused_whatever_the_archive_says_of_its_size(tmp_path, out):
    path = archive(tmp_path, [("a.csv", "x" * 600_000), ("b.csv", "y" * 600_000)])
    assert path.stat().st_size < 5000
    with pytest.raises(BadFile, match="more bytes than are allowed"):
        unpack(path, out, 1_000_000)
    assert sum(one.stat().st_size for one in out.iterdir()) <= 1_000_000
    assert unpack(path, tmp_path, 1_200_000).size == 1_200_000


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full, as Linux has")
def test_a_full_disk_is_no_fault_of_the_archive(tmp_path, out, monkeypatch):
    path = archive(tmp_path, [("people.csv", TABLE)])
    monkeypatch.setattr(archives, "_take_out", lambda *_: Path("/dev/full").write_text("x"))
    with pytest.raises(OSError, match="No space left"):
        unpack(path, out)


def test_more_files_than_are_allowed_are_refused(tmp_path, out, monkeypatch):
    path = archive(tmp_path, [(f"{number}.csv", TABLE) for number in range(2001)])
    with pytest.raises(BadFile, match="2,001 files"):
        unpack(path, out)
    assert not list(out.iterdir())
    monkeypatch.setattr(archives, "_DIRECTORY", 10_000)  # as with a list of files of many million
    with pytest.raises(BadFile, match="more files than that"):
        unpack(path, out)


@pytest.mark.parametrize("found", [b"", b"PK but no archive", b"PK\x05\x06" + b"\xff" * 18])
def test_what_is_no_archive_is_refused(tmp_path, out, found):
    path = tmp_path / "export.zip"
    path.write_bytes(found)
    with pytest.raises(BadFile, match="damaged, or no ZIP archive"):
        unpack(path, out)
