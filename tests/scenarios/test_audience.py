"""Statement S4: in a closed process everyone is known; of an open cycle, those who buy. Both are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.engine.cycle.cycles import Cycles, trace_cycles
from leadline.engine.cycle.judgement import LinkReport
from leadline.engine.funnel import load_funnel
from leadline.engine.history import derive
from leadline.engine.importers import import_files
from leadline.engine.reports.leaks import leaks
from leadline.engine.touches import Touches
from tests.makers import day, touch

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = [touch(f"guest {n}", "introduced", n, path="networking") for n in range(20)]
ANSWERED = [touch(f"guest {n}", "met", n + 2, path="networking") for n in range(8)]
READERS = {"kind": "posted", "happened_at": day(0), "path": "content", "n": 900}
BUYERS = [touch(f"reader {n}", "bought", 30, path="content") for n in range(12)]


def traced(touches: Touches) -> Cycles:
    """The cycles of these touches, by the funnel of the sales coach."""
    return trace_cycles(touches, derive(touches, load_funnel("sales-cycle"), as_of=day(60)))


def generation(touches: Touches) -> dict[str, LinkReport]:
    """The first link of each path."""
    return {one.path: one for one in leaks(traced(touches)).links if one.link == "generate"}


def test_s4_both_cycles_are_counted_the_closed_by_name_and_the_open_by_number() -> None:
    found = generation(Touches.of([*KNOWN, *ANSWERED, READERS, *BUYERS]))
    stood = {path: (one.figures.rate.began, one.figures.came) for path, one in found.items()}
    assert stood == {"networking": (20, 8), "content": (900, 12)}


def test_s4_of_an_open_cycle_those_who_buy_become_known_and_nobody_else() -> None:
    touches = Touches.of([READERS, *BUYERS])
    assert sorted(touches.contact.labels) == sorted(f"reader {n}" for n in range(12))
    assert traced(touches).audience.n.tolist() == [900]


def test_s4_an_open_cycle_that_nobody_counts_is_said_to_be_unknown() -> None:
    report = leaks(traced(Touches.of([*KNOWN, *ANSWERED, *BUYERS])))
    status = {one.path: one.status for one in report.links if one.link == "generate"}
    assert status["content"] == "unknown"
    assert any("How many people content reaches is not on record" in one for one in report.sentences())


def test_s4_a_table_of_readers_and_listeners_can_be_imported(tmp_path: Path) -> None:
    log, reach = tmp_path / "log.csv", tmp_path / "reach.csv"
    rows = [f"reader {n},2026-01-31,bought,content" for n in range(12)]
    log.write_text("\n".join(["contact,date,activity,path", *rows]), encoding="utf-8")
    reach.write_text("date,path,readers\n2026-01-01,content,600\n2026-01-08,content,300\n", encoding="utf-8")
    found = generation(import_files([log, reach]).touches)
    assert found["content"].figures.rate.began == 900
