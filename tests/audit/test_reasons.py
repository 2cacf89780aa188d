"""Reasons for unused rows: those that differ only by a line, or by many cells, are told together."""

from __future__ import annotations

from leadline.audit.reasons import group_reasons


def test_reasons_that_differ_only_by_a_line_are_one() -> None:
    reasons = [
        "blank row",
        "the same as line 2",
        "the same as line 4",
        "a further item of the order on line 9",
    ]
    assert group_reasons(reasons) == [
        ("the same as an earlier line", 2),
        ("blank row", 1),
        ("a further item of the order on an earlier line", 1),
    ]


def test_a_few_cells_are_named_one_by_one() -> None:
    reasons = [
        "“soon” in “Date”: not a date",
        "“later” in “Date”: not a date",
        "“soon” in “Date”: not a date",
    ]
    assert group_reasons(reasons) == [
        ("“soon” in “Date”: not a date", 2),
        ("“later” in “Date”: not a date", 1),
    ]


def test_of_many_different_cells_only_the_most_frequent_is_named() -> None:
    reasons = [f"“day {number}” in “Date”: not a date" for number in range(11)]
    reasons += ["“day 7” in “Date”: not a date", "“x” in “Seen”: not a date"]
    assert group_reasons(reasons) == [
        ("11 different texts, such as “day 7”, in “Date”: not a date", 12),
        ("“x” in “Seen”: not a date", 1),
    ]


def test_many_unknown_words_are_told_together_and_no_row_is_lost() -> None:
    said = 'is no kind of touch that is known: put \'"w" = "met"\' under [kinds] in a mapping'
    grouped = group_reasons(f"“word {number}” {said}" for number in range(30))
    assert grouped == [("30 different texts, such as “word 0”, is no kind of touch that is known", 30)]
