"""Tables of reports in windows of 80 and 60 columns: no figure and no heading is broken at 80."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from leadline.audit.report_sheets import report_sheets
from leadline.audit.terminal import show_sheet
from leadline.engine.funnel import load_funnel
from leadline.engine.outlook import Range
from leadline.engine.reports.backtest import Backtest, Trial
from leadline.engine.reports.leaks import leaks
from tests.makers import day, log
from tests.traced import traced


def shown(report: object, width: int) -> list[str]:
    console = Console(file=StringIO(), width=width, highlight=False, markup=False)
    for sheet in report_sheets(report):
        show_sheet(sheet, console)
    assert isinstance(console.file, StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def of_millions() -> Backtest:
    """Two days on which over a million was foreseen."""
    money = (Range(1_028_800_00, 302_200_00, 1_160_700_00), 640_500_00, 520_500_00, 3_694_858_00)
    trials = tuple(
        Trial(int(day(at).timestamp()) * 10**6, of, *figures, inside=(True,) * 3)
        for of, figures in {"clients": (Range(28, 18, 40), 23, 20, 213), "income": money}.items()
        for at in (40, 70)
    )
    return Backtest(3, 0.95, "EUR", trials, 0, None)


def test_a_back_test_of_millions_has_one_line_for_each_day_at_80_columns() -> None:
    told = [" ".join(line.split()) for line in shown(of_millions(), 80)]
    assert "Income in EUR, as it was foreseen and as it came" in told
    assert told.count("made on foreseen at least at most came before deals held") == 2
    figures = "1,028,800 302,200 1,160,700 640,500 520,500 3,694,858 yes"
    assert sum(line.endswith(f" {figures}") for line in told) == 2


def test_at_60_columns_the_plain_guesses_are_left_out_by_name() -> None:
    told = [" ".join(line.split()) for line in shown(of_millions(), 60)]
    assert sum(line.endswith(" 1,028,800 302,200 1,160,700 640,500 yes") for line in told) == 2
    assert "Wider than this window, and left out: before, deals." in told


@pytest.mark.parametrize(("width", "heading"), [(80, "path link status before through share"), (60, "path")])
def test_the_heading_of_leaks_is_one_line(width: int, heading: str) -> None:
    rows = []
    for path in ("partnership", "networking"):
        for number in range(30):
            who = f"{path} {number}"
            rows += [row | {"path": path} for row in log(who, "liked 1", "called 2", "asked 4", "bought 9")]
    told = shown(leaks(traced(rows, 100, load_funnel("sales-cycle"))[1]), width)
    above, below = (
        next(n for n, line in enumerate(told) if line.split()[:1] == [word])
        for word in ("path", "networking")
    )
    assert " ".join(told[above].split()).startswith(heading)
    assert below > above
    assert all("generate" in line for line in told if line.split()[1:2] == ["generate"])
    assert told[above - 1].endswith(".")  # the sentence above, and no first line of a heading
