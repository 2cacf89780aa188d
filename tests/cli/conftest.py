"""The command line, typed into in an empty folder."""

from __future__ import annotations

import sys

import pytest

from leadline.cli import main
from tests.typed import DEALS


@pytest.fixture
def leadline(capsys, monkeypatch, tmp_path):
    """Run a command in an empty folder; gives exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["leadline", *map(str, words)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def deals(tmp_path):
    path = tmp_path / "deals.csv"
    path.write_text(DEALS, encoding="utf-8")
    return path
