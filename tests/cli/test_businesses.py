"""The commands that make up a business."""

from __future__ import annotations

from pathlib import Path

from tests.typed import answer


def test_simulate_writes_files_that_an_audit_reads(leadline):
    assert leadline("simulate", "--preset", "agency", "--seed", "3", "--out", "sample")[0] == 0
    found = answer(leadline, "sample/touches.csv")
    (counted,) = found["files"]
    assert counted["used"] + counted["unused"] == counted["read"] > 100


def test_an_unknown_preset_names_the_nearest(leadline):
    code, _, err = leadline("simulate", "--preset", "agencey", "--out", "sample")
    assert code == 3
    assert "Did you mean “agency”?" in err
    assert not Path("sample").exists()
