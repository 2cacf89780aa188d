"""The commands about definitions: diff, funnels, check, kinds."""

from __future__ import annotations

import json
import re

from tests.typed import OURS


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


def test_one_stage_and_one_row_are_told_in_the_singular(leadline, tmp_path):
    (tmp_path / "one.toml").write_text(OURS.partition('[[stages]]\nname = "paying"')[0])
    (tmp_path / "t.csv").write_text("contact,kind,happened_at\nAda,called,2026-02-03\n")
    _, out, _ = leadline("check", "one.toml")
    assert out.startswith("ours: 1 stage, 1 different phrase of at most 20. All is well.")
    _, out, _ = leadline("audit", "t.csv", "--funnel", "one.toml")
    assert "1 row was read from 1 file, and used." in out
    assert "From stage to stage" not in out  # there is nothing in it


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
