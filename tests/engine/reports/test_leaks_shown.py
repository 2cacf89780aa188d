"""Leaks of businesses with very many paths, and of those with hardly a record."""

from __future__ import annotations

from leadline.engine.reports.leaks import leaks
from tests.leads import path
from tests.makers import touch
from tests.traced import traced


def test_of_many_paths_the_chart_has_those_that_leak_and_then_the_busiest():
    busy = [path(f"p{number}", 40) for number in range(30)]
    parts = [*busy, path("zz", asked=0), path("zzz", 120)]
    report = leaks(traced([row for part in parts for row in part], 450)[1])
    rows = report.chart().data.values
    drawn = list(dict.fromkeys(row["row"] for row in rows))
    assert report.leaks[0].path == "zz"
    assert drawn[0] == "zz"
    assert "zzz" in drawn
    assert len(drawn) <= 20
    assert len(report.rows()) == 5 * 32


def test_a_day_tells_nothing():
    rows = [touch(f"C{n}", kind, 0) for n in range(90) for kind in ("liked", "called", "asked")[: 1 + n % 3]]
    rows = [row | {"path": "web" if n % 2 else "talk"} for n, row in enumerate(rows)]
    report = leaks(traced(rows, 0.5)[1])
    assert report.leaks == ()
    assert report.ranking == ()
    assert {one.status for one in report.links} <= {"thin", "none", "unknown", "unrecorded"}
    assert report.sentences()[0] == (
        "The record covers less than a week, which tells nothing of the weeks to come."
    )
