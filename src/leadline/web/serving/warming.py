"""What a process does once, so that the first who needs it doesn't wait for it."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from threading import Timer

from leadline.engine.instants import DAY

QUIET = 2.0
"""Seconds after its start in which a process is left to what it was started for."""


def warm_up_later(*steps: Callable[[], None]) -> None:
    """Warm up from a thread, in a while; it ends with the process."""
    timer = Timer(QUIET, warm_up, steps)
    timer.daemon = True
    timer.start()


def warm_up(*steps: Callable[[], None]) -> None:
    """Do what a process needs once: for reports, and as many steps besides as it is told.

    What is there by then stays as long as the process does: it isn't looked through for garbage any more,
    which took up to 0.2 s of somebody's answer now and then.
    """
    for step in (start_reports, *steps):
        step()
    gc.collect()
    gc.freeze()


def start_answers() -> None:
    """Load what the first answer would: the addresses with their views, the API, and the templates."""
    from django.template.loader import get_template
    from django.urls import reverse

    import leadline.web

    reverse("today")  # which looks through all addresses
    folder = Path(leadline.web.__path__[0], "templates")
    for template in folder.rglob("*.html"):
        get_template(str(template.relative_to(folder)))


def start_reports() -> None:
    """Fetch the compiled fold, and start what reads Parquet and what draws charts, each by doing a little."""
    import duckdb

    from leadline.engine import charts
    from leadline.engine.funnel import load_funnel
    from leadline.engine.history import FEWEST, derive, fetch_compiled
    from leadline.engine.touches import Touches

    fetch_compiled()
    some = [{"contact": "x", "kind": "met", "happened_at": day * DAY} for day in range(FEWEST + 1)]
    derive(Touches.of(some), load_funnel("sales-cycle"))
    with duckdb.connect() as connection:
        connection.execute("SELECT 1")
    charts.svg(charts.bars([BAR], "Ready", "Nothing is shown."))


BAR = {"name": "one", "count": 1, "label": "1", "muted": False}
