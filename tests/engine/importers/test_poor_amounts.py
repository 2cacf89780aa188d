"""Amounts of which most can't be read: those that can count, and of the others is said what they are."""

from __future__ import annotations

import pytest

from tests.exported import meanings, take_in, told, values

HEADER = "Order ID,Email,Order Date,Total"


def orders(folder, *cells):
    rows = [f"{n},p{n}@x.example,2026-01-0{n},{cell}" for n, cell in enumerate(cells, start=1)]
    return take_in(folder, {"orders.csv": "\n".join([HEADER, *rows]) + "\n"})


def test_the_amounts_that_can_be_read_count_and_the_others_are_named(tmp_path):
    found = orders(tmp_path, "10.50", "see invoice", "as agreed", "12 points", "20%", "80-120")
    assert [kind for _, kind, _ in told(found)] == ["bought"] * 6
    assert values(found) == {"p1@x.example": 1050}
    said = next(note for note in found.notes if "could not be read" in note)
    for part in (
        "5 cells of “Total” could not be read as an amount, and 1 could",
        "2 of words alone (line 3: “see invoice”)",
        "1 of a number with something else (line 5: “12 points”)",
        "1 of percentages (line 6: “20%”)",
        "1 of several numbers (line 7: “80-120”)",
    ):
        assert part in said


def test_where_no_amount_can_be_read_that_is_said_too(tmp_path):
    found = orders(tmp_path, "see invoice", "as agreed", "on request")
    assert [kind for _, kind, _ in told(found)] == ["bought"] * 3
    assert any("3 cells of “Total” could not be read as an amount, and 0 could" in one for one in found.notes)


@pytest.mark.parametrize("column", ["5000-10000,10k,not sure", "high,low,middle"])
def test_answers_of_a_list_of_people_are_no_amounts(tmp_path, column):
    rows = [f"p{n}@x.example,2026-01-0{n},{cell}" for n, cell in enumerate(column.split(","), start=1)]
    found = take_in(tmp_path, {"people.csv": "\n".join(["Email,Created,Budget", *rows]) + "\n"})
    assert meanings(found)["Budget"] != "value"
