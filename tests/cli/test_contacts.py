"""The command `why`."""

from __future__ import annotations

import io
import json
import sys


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


def test_data_stay_whole_where_the_screen_lacks_letters(leadline, deals, monkeypatch):
    deals.write_text(deals.read_text(encoding="utf-8").replace("D1", "Zoë"), encoding="utf-8")
    words = ("why", "Zoë", deals, "--funnel", "elevate", "--json")
    screen = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    with monkeypatch.context() as lacking:
        lacking.setattr(sys, "stdout", screen)
        assert leadline(*words)[0] == 0
    screen.flush()
    told = json.loads(screen.buffer.getvalue().decode("ascii"))
    assert "Zoë" in str(told)
    assert told == json.loads(leadline(*words)[1])
