"""The command line as a person uses it: what it prints and writes, how it ends, what it says to nonsense."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from leadline.cli import main

DEALS = """Deal ID,Owner,Stage,Engage Date,Close Date,Amount,Region
D1,Ann,Won,2025-01-10,2025-02-09,"1,200.50",North
D2,Ann,Lost,2025-01-12,2025-01-20,,North
D3,Bob,Negotiation,2025-01-15,,300,South
D4,Bob,Won,2025-02-01,2025-02-03,99.50,South
D5,Bob,Prospecting,,,,South
"""
OURS = """name = "ours"
means = "Two stages."
[[stages]]
name = "talking"
means = "Talks with us."
when = "conversed"
[[stages]]
name = "paying"
means = "Pays."
role = "client"
when = "bought"
"""


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


def answer(leadline, *words):
    code, out, err = leadline("audit", *words, "--json")
    assert code == 0, err
    return json.loads(out)


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
    assert out.startswith("Of 5 deals on 9 February 2025:")
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


def test_why_tells_the_stage_its_reason_and_what_is_missing(leadline, deals):
    code, out, _ = leadline("why", "D3", deals)
    assert code == 0
    assert out.startswith("D3 is: opportunity")
    assert "engaged on 15 January 2025" in out
    assert "customer: would follow from bought." in out


def test_why_as_data_names_the_touches_behind_each_phrase(leadline, deals):
    code, out, _ = leadline("why", "D1", deals, "--json")
    (found,) = json.loads(out)["funnels"]
    assert code == 0
    assert found["stage"] == "customer"
    kinds = {touch["kind"] for phrase in found["phrases"] for touch in phrase["touches"]}
    assert kinds == {"bought"}


def test_why_shows_somebody_in_several_vocabularies_side_by_side(leadline, deals):
    code, out, _ = leadline("why", "D1", deals, "--funnel", "voltage", "--funnel", "elevate")
    assert code == 0
    assert "D1 is: client in “voltage”" in out
    assert "D1 is: customer in “elevate”" in out
    assert "10 January 2025: opportunity" in out


def test_why_of_somebody_unknown_names_the_nearest(leadline, deals):
    code, _, err = leadline("why", "D33", deals)
    assert code == 5
    assert "Did you mean “D3”?" in err


def test_diff_counts_who_would_stand_elsewhere(leadline, deals, tmp_path):
    (tmp_path / "ours.toml").write_text(OURS, encoding="utf-8")
    code, out, _ = leadline("diff", "salesforce", "ours.toml", deals, "--json")
    assert code == 0
    moves = {(move["old"], move["new"]): move["contacts"] for move in json.loads(out)["moves"]}
    assert moves == {
        ("customer", "paying"): ["D1", "D4"],
        ("closed lost", "talking"): ["D2"],
        ("opportunity", "talking"): ["D3"],
    }


def test_check_says_what_each_stage_needs(leadline, tmp_path):
    (tmp_path / "ours.toml").write_text(OURS, encoding="utf-8")
    code, out, _ = leadline("check", "ours.toml")
    assert code == 0
    assert out.splitlines()[0] == "ours: 2 stages, 2 different phrases of at most 20. All is well."
    assert 'paying (client): "bought"' in out


def test_check_names_file_line_phrase_and_the_nearest_name(leadline, tmp_path):
    (tmp_path / "ours.toml").write_text(OURS.replace('"conversed"', '"convresed 2 times"'), encoding="utf-8")
    code, out, err = leadline("check", "ours.toml")
    assert (code, out) == (3, "")
    assert err.startswith("leadline: ours.toml, line 6: ")
    assert "“convresed 2 times”" in err
    assert err.rstrip().endswith("Did you mean “conversed”?")


def test_funnels_lists_the_shipped_ones_and_prints_one_that_can_be_changed(leadline, tmp_path):
    code, out, _ = leadline("funnels")
    assert code == 0
    for name in "top-social voltage elevate agency sales-cycle buyer-journey hubspot salesforce".split():
        assert f"{name}: " in out
    _, text, _ = leadline("funnels", "voltage")
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    assert leadline("check", "mine.toml")[0] == 0


def test_kinds_lists_the_names_that_conditions_may_use(leadline):
    code, out, _ = leadline("kinds")
    assert code == 0
    for name in ("downloaded", "responded", "budget"):
        assert re.search(rf"^\s*{name}\b", out, re.MULTILINE)


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


@pytest.mark.parametrize("words", [["nonsense"], ["audit"], ["audit", "a.csv", "--nonsense"]])
def test_words_that_are_no_command_are_a_usage_error(leadline, words):
    code, _, err = leadline(*words)
    assert code == 2
    assert "Usage" in err


def test_of_takes_contact_or_company_only(leadline, deals):
    assert leadline("audit", deals, "--of", "deal")[0] == 2


def test_help_and_version_need_nothing_heavy(tmp_path):
    slow = "numpy duckdb numba altair pydantic rich.table jinja2".split()
    script = f"import sys; import leadline.cli; print([name for name in {slow} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.strip() == "[]"


def test_one_stage_and_one_row_are_told_in_the_singular(leadline, tmp_path):
    (tmp_path / "one.toml").write_text(OURS.partition('[[stages]]\nname = "paying"')[0])
    (tmp_path / "t.csv").write_text("contact,kind,happened_at\nAda,called,2026-02-03\n")
    _, out, _ = leadline("check", "one.toml")
    assert out.startswith("ours: 1 stage, 1 different phrase of at most 20. All is well.")
    _, out, _ = leadline("audit", "t.csv", "--funnel", "one.toml")
    assert "1 row was read from 1 file, and used." in out
    assert "From stage to stage" not in out  # there is nothing in it


def test_what_was_bought_after_the_day_asked_about_is_not_counted(leadline, tmp_path):
    rows = "Ada,bought,2026-02-03,10 EUR\nBen,bought,2026-03-03,20 EUR\n"
    (tmp_path / "t.csv").write_text("contact,kind,happened_at,value\n" + rows)
    _, out, _ = leadline("audit", "t.csv", "--as-of", "2026-02-28")
    assert "What was bought is worth 10 EUR." in out


def test_diff_shows_how_conversion_changes_from_stage_to_stage(leadline, deals, tmp_path):
    (tmp_path / "ours.toml").write_text(OURS, encoding="utf-8")
    _, out, _ = leadline("diff", "salesforce", "ours.toml", deals, "--json")
    (step,) = json.loads(out)["conversion"]["new"]
    assert (step["from"], step["to"], step["entered"], step["converted"]) == ("talking", "paying", 4, 2)


def test_check_warns_of_a_stage_in_which_nobody_can_stand(leadline, tmp_path):
    never = OURS.replace('"conversed"', '["conversed", "no conversed"]')
    (tmp_path / "ours.toml").write_text(never, encoding="utf-8")
    code, out, _ = leadline("check", "ours.toml")
    assert code == 0
    assert "Careful: nobody can ever stand in “talking”" in out


def test_an_audit_as_of_an_earlier_day_leaves_out_whoever_was_not_known_yet(leadline, deals):
    counts = {
        row["stage"]: row["count"] for row in answer(leadline, deals, "--as-of", "2025-01-11")["standing"]
    }
    assert (counts["opportunity"], counts["stranger"]) == (1, 1)  # D1; and D5, of whom nothing is dated
