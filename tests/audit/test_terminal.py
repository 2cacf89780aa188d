"""Tables in windows of any width: no cell is cut; what has no room is left out by name."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from leadline.audit.cells import table, text
from leadline.audit.tables import Sheet, shortened
from leadline.audit.terminal import show_sheet

STEPS = Sheet(
    "Steps",
    ("from", "to", "reached", "in 7 days", "in 30 days", "in 60 days"),
    (("prospect", "opportunity", "66,610", "100 % (98.1–100)", "34 % (27–41)", "0 % (0–12)"),),
    right=frozenset({2}),
    spare=frozenset({4, 5}),
)


def shown(sheet: Sheet, width: int) -> str:
    console = Console(file=StringIO(), width=width, highlight=False, markup=False)
    show_sheet(sheet, console)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_with_room_everything_is_shown() -> None:
    told = shown(STEPS, 100)
    assert "0 % (0–12)" in told
    assert "left out" not in told


def test_with_less_room_the_last_columns_are_left_out_and_named() -> None:
    told = shown(STEPS, 70)
    assert "34 % (27–41)" in told
    assert "0 % (0–12)" not in told
    assert "left out: in 60 days." in told
    told = shown(STEPS, 56)
    assert "left out: in 30 days, in 60 days." in " ".join(told.split())


def test_numbers_and_shares_are_whole_whatever_the_width() -> None:
    for width in (60, 70, 80, 100):
        told = shown(STEPS, width)
        assert "66,610" in told
        assert "100 % (98.1–100)" in told
        assert all(len(line) <= width for line in told.splitlines())


def test_a_long_text_is_broken_and_not_cut() -> None:
    sheet = Sheet("Why", ("reason", "rows"), (("r" * 100, "1,234"),), frozenset({1}), frozenset({0}))
    told = shown(sheet, 60)
    assert told.count("r" * 20) >= 2
    assert sum(line.count("r") for line in told.splitlines()[2:]) >= 100
    assert "1,234" in told


def test_a_text_that_goes_on_and_on_is_shown_by_its_ends() -> None:
    assert shortened("a" * 300) == "a" * 300
    assert shortened("a" * 200 + "b" * 200) == "a" * 150 + " … " + "b" * 150


def test_a_long_name_breaks_no_heading_into_more_than_two_lines() -> None:
    ways = ("by position", "time decay")
    headings = ("path", "on the way", "first", "last", "linear", *ways, "Markov", "apart")
    name = "Campaign of the very long name"
    cells = ((name, "194", "19", "19", "68", "34", "42", "61", "28 %"),)
    sheet = Sheet("Clients", headings, cells, right=frozenset(range(1, 8)), spare=frozenset({5, 6}))
    told = shown(sheet, 80).splitlines()
    assert " ".join(told[2].split()) == "path on the way first last linear by position Markov apart"
    assert "left out: time decay." in told[-1]


def test_of_a_long_table_the_leading_rows_are_shown_and_the_others_counted() -> None:
    found = table("Paths", [{"path": f"p{n}"} for n in range(84)], (text("path"),), most=20)
    told = shown(found, 80)
    assert "p14" in told
    assert "p15" not in told
    assert "… and 69 more" in told
    assert len(found.cells) == 84
    assert found.is_tall


def test_a_table_of_no_more_rows_than_it_may_have_is_whole() -> None:
    found = table("Paths", [{"path": f"p{n}"} for n in range(20)], (text("path"),), most=20)
    assert "p19" in shown(found, 80)
    assert "more" not in shown(found, 80)
    assert not found.is_tall
