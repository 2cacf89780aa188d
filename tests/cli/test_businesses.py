"""The commands that make up a business."""

from __future__ import annotations

from pathlib import Path

import pytest

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


def test_a_demo_makes_up_a_business_with_a_leak_and_says_what_an_audit_of_all_its_files_says(
    leadline, monkeypatch
):
    for screen in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(screen, raising=False)
    code, out, _ = leadline("demo", "made/up", "--leak", "networking:ask", "--no-open")
    assert code == 0
    assert out.startswith("A leadership coach")
    assert "Your biggest leak is networking: " in out
    page = Path("made/up/report.html")
    assert page.resolve().as_uri() in out
    assert "Your biggest leak is networking: " in page.read_text(encoding="utf-8")
    files = sorted(path for path in page.parent.glob("*.csv") if path.name != "unused.csv")
    assert len(files) == 4
    said = " ".join(out.split())
    for sentence in answer(leadline, *files)["sentences"]:
        assert sentence in said


def test_a_leak_may_keep_a_share_of_what_came_through(leadline):
    asks = []
    for folder, keeps in (("none", 0), ("half", 0.5), ("all", 1)):
        assert leadline("simulate", "--out", folder, "--leak", "networking:ask", "--keeps", keeps)[0] == 0
        lines = Path(folder, "touches.csv").read_text(encoding="utf-8").splitlines()
        asks.append(sum(",asked," in line and ",networking," in line for line in lines))
    assert asks[0] < asks[1] < asks[2]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--keeps", "0.5"], 2, "a leak is needed"),
        (["--leak", "networking:ask", "--keeps", "2"], 3, "0 to 1"),
        (["--leak", "networking:ak"], 3, "Did you mean “ask”?"),
        (["--leak", "netwoking:ask"], 3, "Did you mean “networking”?"),
    ],
)
def test_a_leak_that_can_not_be_planted_is_one_clear_sentence(leadline, words, code, said):
    found, out, err = leadline("simulate", "--out", "sample", *words)
    assert (found, out) == (code, "")
    assert said in err
    assert not Path("sample").exists()
