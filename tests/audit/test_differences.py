"""What was typed against the evidence: compared where the funnel knows the word, counted where it doesn't."""

from __future__ import annotations

import numpy as np

from leadline.audit.differences import find_differences
from leadline.engine.funnel import load_funnel
from leadline.engine.touches import Column

FUNNEL = load_funnel("elevate")
LEAD, CUSTOMER = (FUNNEL.stage_names.index(name) for name in ("lead", "customer"))


def test_a_word_of_the_funnel_agrees_or_differs_and_another_does_neither() -> None:
    typed = Column(np.array([0, 0, 1, 2, -1], dtype=np.int32), ["Closed Won", "LEAD", "green"])
    found = find_differences(typed, [CUSTOMER, LEAD, LEAD, LEAD, LEAD], FUNNEL, "contact")
    assert {(pair.typed, pair.stage, pair.count, pair.agrees) for pair in found.pairs} == {
        ("Closed Won", "customer", 1, True),
        ("Closed Won", "lead", 1, False),
        ("LEAD", "lead", 1, True),
        ("green", "lead", 1, None),
    }
    assert (found.compared, found.differing) == (3, 1)
    assert found.rows()[0]["typed"] == "Closed Won"
    assert (
        found.sentences()[0] == "What somebody typed and what the evidence says differ for 1 of 3 contacts."
    )


def test_where_nothing_differs_that_is_said() -> None:
    typed = Column(np.array([0], dtype=np.int32), ["won"])
    found = find_differences(typed, [CUSTOMER], FUNNEL, "deal")
    assert found.differing == 0
    assert "agree for all 1 deal" in found.sentences()[0]


def test_words_for_won_lost_and_open_are_known_in_other_languages_too() -> None:
    lost = FUNNEL.stage_names.index("lost")
    typed = Column(np.array([0, 1, 2, 3], dtype=np.int32), ["gewonnen", "Perdu", "kein Interesse", "offen"])
    found = find_differences(typed, [CUSTOMER, lost, LEAD, LEAD], FUNNEL, "contact")
    agrees = {pair.typed: pair.agrees for pair in found.pairs}
    assert agrees == {"gewonnen": True, "Perdu": True, "kein Interesse": False, "offen": True}
