"""Files that are written: never over one that is read, and none of several where one can't be."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from leadline.cli import main
from leadline.outputs import NotWritten, check_outputs, write_text

LOG = "contact,kind,happened_at\nann,called,2025-01-05\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    path.write_text(LOG, encoding="utf-8")
    return path


@pytest.mark.parametrize("option", ["--html", "--contacts", "--unused", "--keep-map"])
def test_a_file_that_is_read_is_never_written_over(log, option, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["leadline", "audit", str(log), option, str(log)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 6
    assert "one of the files that are read" in capsys.readouterr().err
    assert log.read_text(encoding="utf-8") == LOG


def test_where_one_file_can_not_be_written_none_is(log, tmp_path, monkeypatch, capsys):
    kept, there = tmp_path / "kept.csv", tmp_path / "nowhere" / "page.html"
    words = ["audit", str(log), "--contacts", str(kept), "--html", str(there)]
    monkeypatch.setattr(sys, "argv", ["leadline", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 6
    assert "there is no folder" in capsys.readouterr().err
    assert not kept.exists()


def test_a_name_given_twice_is_refused_however_it_is_written(tmp_path):
    with pytest.raises(NotWritten, match="given twice"):
        check_outputs([tmp_path / "a.csv", None, tmp_path / "." / "a.csv"], [])


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(NotWritten, match="that is a folder"):
        write_text(tmp_path, "text")
