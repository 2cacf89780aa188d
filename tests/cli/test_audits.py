"""The command `audit`: what it prints and writes, how it ends, what it says to nonsense."""

from __future__ import annotations

import csv
import re
import zipfile
from pathlib import Path

import pytest

from tests.typed import DEALS, answer


def test_an_audit_counts_every_deal_where_the_evidence_puts_it(leadline, deals):
    found = answer(leadline, deals)
    counts = {row["stage"]: row["count"] for row in found["standing"] if row["count"]}
    assert counts == {"stranger": 1, "opportunity": 1, "customer": 2, "closed lost": 1}
    assert found["unit"] == "deal"
    assert found["as_of"].startswith("2025-02-09")


def test_an_audit_adds_up_what_was_won_in_whole_cents(leadline, deals):
    assert answer(leadline, deals)["won"] == [{"currency": None, "minor_units": 120_050 + 9_950}]


def test_an_audit_counts_the_deals_that_are_in_play_as_neither_won_nor_lost(leadline, deals):
    (whole,) = answer(leadline, deals)["conversion"]
    assert [whole[name] for name in ("entered", "converted", "left", "in_play")] == [4, 2, 1, 1]


def test_an_audit_sets_what_was_typed_beside_what_the_evidence_says(leadline, tmp_path):
    stale = tmp_path / "deals.csv"
    stale.write_text(DEALS.replace("D3,Bob,Negotiation", "D3,Bob,Customer"), encoding="utf-8")
    differing = [row for row in answer(leadline, stale)["differences"] if row["agrees"] is False]
    assert differing == [{"typed": "Customer", "evidence": "opportunity", "count": 1, "agrees": False}]


def test_an_audit_starts_with_sentences_and_goes_on_with_tables(leadline, deals):
    code, out, _ = leadline("audit", deals)
    assert code == 0
    assert out.startswith("Of 5 deals with a touch by 9 February 2025:")
    assert out.index("What each column was taken to mean") > out.index("Where everybody stands") > 0


def test_an_audit_as_of_an_earlier_day_knows_only_what_had_happened(leadline, deals):
    counts = {
        row["stage"]: row["count"] for row in answer(leadline, deals, "--as-of", "2025-01-31")["standing"]
    }
    assert (counts["customer"], counts["closed lost"], counts["opportunity"]) == (0, 1, 2)


def test_an_audit_by_a_column_tells_its_values_apart(leadline, deals):
    rows = answer(leadline, deals, "--by", "region")["dimensions"]["Region"]
    assert {row["group"]: (row["entered"], row["converted"]) for row in rows} == {
        "North": (2, 1),
        "South": (2, 1),
    }


def test_an_audit_by_an_unknown_column_names_the_nearest(leadline, deals):
    code, out, err = leadline("audit", deals, "--by", "Regoin")
    assert (code, out) == (3, "")
    assert "Did you mean “Region”?" in err


def test_every_row_that_is_not_used_is_written_with_its_reason(leadline, tmp_path):
    path = tmp_path / "deals.csv"
    path.write_text(DEALS + "\nD7,Ann,Won,2025-01-10,2025-02-09,5,North,too,many\n", encoding="utf-8")
    found = answer(leadline, path)
    with Path("deals-unused.csv").open(encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    assert header[:3] == ["file", "line", "reason"]
    assert [row[1] for row in rows] == ["7", "8"]
    assert rows[1][3:] == "D7,Ann,Won,2025-01-10,2025-02-09,5,North,too,many".split(",")
    (counted,) = found["files"]
    assert counted == {"file": "deals.csv", "read": 7, "used": 5, "unused": 2}


def test_everybody_is_written_with_stage_and_reason(leadline, deals):
    leadline("audit", deals, "--contacts", "all.csv")
    with Path("all.csv").open(encoding="utf-8") as file:
        rows = {row["contact"]: row for row in csv.DictReader(file)}
    assert rows["D1"]["stage"] == "customer"
    assert rows["D1"]["since"] == "2025-02-09"
    assert rows["D1"]["reason"] == "bought on 9 February 2025"
    assert rows["D5"]["stage"] == "stranger"
    assert len(rows) == 5


def test_the_page_stands_by_itself(leadline, deals):
    assert leadline("audit", deals, "--html", "page.html")[0] == 0
    page = Path("page.html").read_text(encoding="utf-8")
    assert page.count("<svg") >= 4
    assert not re.findall(r'(?:src|href)="(?!#)', page)
    assert "@import" not in page
    assert "D1" in page


def test_the_page_shows_what_a_cell_says_and_does_not_run_it(leadline, tmp_path):
    path = tmp_path / "deals.csv"
    path.write_text(DEALS.replace("North", "<script>alert(1)</script>"), encoding="utf-8")
    leadline("audit", path, "--html", "page.html", "--by", "Region")
    page = Path("page.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_kept_mapping_reads_the_next_file_in_the_same_way(leadline, deals):
    first = answer(leadline, deals, "--keep-map", "map.toml")
    again = answer(leadline, deals, "--map", "map.toml")
    assert again["standing"] == first["standing"]
    assert [row["meaning"] for row in again["columns"]] == [row["meaning"] for row in first["columns"]]


def test_a_mapping_that_names_an_unknown_column_is_told_the_nearest(leadline, deals, tmp_path):
    (tmp_path / "map.toml").write_text('[columns]\n"Engaged Date" = "engaged"\n', encoding="utf-8")
    code, _, err = leadline("audit", deals, "--map", "map.toml")
    assert code == 4
    assert "Did you mean “Engage Date”?" in err


def test_dates_that_could_be_either_are_asked_about(leadline, tmp_path):
    path = tmp_path / "deals.csv"
    path.write_text("Deal ID,Stage,Engage Date,Close Date\nD1,Won,03/04/2025,05/06/2025\n", encoding="utf-8")
    code, _, err = leadline("audit", path)
    assert code == 4
    assert "--date-order" in err
    found = answer(leadline, path, "--date-order", "dmy")
    assert found["as_of"].startswith("2025-06-05")
    assert answer(leadline, path, "--date-order", "mdy")["as_of"].startswith("2025-05-06")


def picture(path):
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)))


def archive(path):
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("a.txt", "x")


BAD_FILES = {
    "missing": (lambda _: None, "no such file"),
    "empty": (lambda path: path.write_bytes(b""), "empty"),
    "folder": (lambda path: path.mkdir(), "a folder"),
    "picture": (picture, "a picture (PNG)"),
    "archive": (archive, "not text"),
    "blank lines": (lambda path: path.write_text("\n\n  \n"), "nothing but blank lines"),
    "prose": (
        lambda path: path.write_text("Dear all,\nnothing here is a table.\nBye\n"),
        "no column was recognised",
    ),
}


@pytest.mark.parametrize("what", BAD_FILES)
def test_a_bad_file_is_one_clear_sentence_and_nothing_is_written(leadline, tmp_path, what):
    make, said = BAD_FILES[what]
    path = tmp_path / "given.csv"
    make(path)
    before = sorted(tmp_path.iterdir())
    code, out, err = leadline("audit", path, "--html", "page.html", "--contacts", "all.csv")
    assert (code, out) == (4, "")
    assert err.startswith("leadline: ")
    assert "given.csv" in err
    assert said in err
    assert "Traceback" not in err
    assert sorted(tmp_path.iterdir()) == before


def test_a_folder_that_is_not_there_leaves_nothing_half_written(leadline, deals, tmp_path):
    code, _, err = leadline("audit", deals, "--html", "nowhere/page.html")
    assert code == 6
    assert "nowhere/page.html" in err
    assert not list(tmp_path.glob(".*"))


def test_what_was_bought_after_the_day_asked_about_is_not_counted(leadline, tmp_path):
    rows = "Ada,bought,2026-02-03,10 EUR\nBen,bought,2026-03-03,20 EUR\n"
    (tmp_path / "t.csv").write_text("contact,kind,happened_at,value\n" + rows)
    _, out, _ = leadline("audit", "t.csv", "--as-of", "2026-02-28")
    assert "What was bought is worth 10 EUR." in out


def test_an_audit_as_of_an_earlier_day_leaves_out_whoever_was_not_known_yet(leadline, deals):
    counts = {
        row["stage"]: row["count"] for row in answer(leadline, deals, "--as-of", "2025-01-11")["standing"]
    }
    assert (counts["opportunity"], counts["stranger"]) == (1, 1)  # D1; and D5, of whom nothing is dated


ZONED = """contact,kind,happened_at
Ann,downloaded,2026-03-31T22:30:00+00:00
Ben,downloaded,2026-04-01
Cy,downloaded,2026-04-01T02:00:00+00:00
Dee,downloaded,2026-03-31 23:30
Eve,downloaded,2026-04-02
"""
"""Ann downloads at half past midnight of 1 April in Berlin, and at 18:30 of 31 March in New York; Cy at 22:00
of 31 March in New York. Of Ben and Eve only the day is known, of Dee the hour where the file was written."""


@pytest.mark.parametrize(
    ("zone", "by_the_31st"),
    [
        ("UTC", {"Ann": "2026-03-31", "Dee": "2026-03-31"}),
        ("Europe/Berlin", {"Dee": "2026-03-31"}),
        ("America/New_York", {"Ann": "2026-03-31", "Cy": "2026-03-31", "Dee": "2026-03-31"}),
    ],
)
def test_an_audit_counts_by_the_days_of_a_zone(leadline, tmp_path, zone, by_the_31st):
    (tmp_path / "t.csv").write_text(ZONED)
    how = ("--zone", zone, "--as-of", "2026-03-31", "--contacts", "all.csv", "--funnel", "elevate")
    found = answer(leadline, "t.csv", *how)
    with Path("all.csv").open(encoding="utf-8") as file:
        since = {row["contact"]: row["since"] for row in csv.DictReader(file) if row["since"]}
    assert since == by_the_31st
    assert sum(row["count"] for row in found["standing"] if row["stage"] != "stranger") == len(by_the_31st)
    assert found["as_of"].startswith("2026-03-31T23:59:59.999999")


def test_days_of_which_the_hour_is_unknown_are_the_same_in_every_zone(leadline, tmp_path):
    (tmp_path / "t.csv").write_text(ZONED)
    for zone in ("UTC", "Asia/Tokyo", "America/New_York"):
        leadline("audit", "t.csv", "--zone", zone, "--contacts", "all.csv", "--funnel", "elevate")
        with Path("all.csv").open(encoding="utf-8") as file:
            rows = {row["contact"]: row for row in csv.DictReader(file)}
        assert (rows["Ben"]["since"], rows["Eve"]["since"]) == ("2026-04-01", "2026-04-02")
        assert rows["Ben"]["reason"] == "downloaded on 1 April 2026"
        _, out, _ = leadline("audit", "t.csv", "--zone", zone, "--funnel", "elevate")
        assert "everything is counted as of 2 April 2026" in out


def test_a_kept_mapping_keeps_the_zone_and_an_unknown_one_is_told_the_nearest(leadline, tmp_path):
    (tmp_path / "t.csv").write_text(ZONED)
    first = answer(leadline, "t.csv", "--zone", "Asia/Tokyo", "--keep-map", "map.toml")
    assert answer(leadline, "t.csv", "--map", "map.toml")["as_of"] == first["as_of"]
    assert first["as_of"].startswith("2026-04-02T00:00:00+09:00")
    code, out, err = leadline("audit", "t.csv", "--zone", "Europe/Berlyn")
    assert (code, out) == (3, "")
    assert "Did you mean “Europe/Berlin”?" in err
