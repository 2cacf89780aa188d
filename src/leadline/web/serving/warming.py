"""What a process does once, so that the first who needs it doesn't wait for it."""

from __future__ import annotations

import atexit
import gc
import os
from collections.abc import Callable
from itertools import count
from pathlib import Path
from threading import Thread, main_thread

from django.core.signals import request_finished

from leadline.engine.instants import DAY
from leadline.web import environment

QUIET = 2.0
"""Seconds after its start in which a process is left to what it was started for."""
FRESH = 100_000
"""So many new objects, beyond those let go, are looked through for garbage while somebody waits: more than a
page is made of."""
WHOLE_EVERY = 100
"""Answers after which all that is not kept for good is looked through, and not what they left alone."""
_ANSWERS = count(1)
LONGEST_STEP = 5.0
"""Seconds that a process which ends waits at most for the step of the warm-up that it is at."""


def warm_up_later(*steps: Callable[[], None]) -> None:
    """Warm up from a thread, in a while; a process that ends meanwhile waits for the step that it is at.

    Where the environment wants a cold start, everything is loaded by whoever needs it first.
    """
    if environment.cold(os.environ):
        return
    thread = Thread(target=_warm_up_once_quiet, args=steps, name="warm-up", daemon=True)
    atexit.register(thread.join, LONGEST_STEP)
    thread.start()


def warm_up(*steps: Callable[[], None]) -> None:
    """Do what a process needs once, step by step.

    What is there by then stays as long as the process does: it isn't looked through for garbage any more,
    which took up to 0.2 s of somebody's answer now and then. What comes is looked through after each answer,
    when most of it has been let go: while a page is made, it would all be there still. A process that ends
    begins no other step.
    """
    for step in (*steps, _keep):
        if not main_thread().is_alive():
            return
        step()


def _warm_up_once_quiet(*steps: Callable[[], None]) -> None:
    main_thread().join(QUIET)
    try:
        warm_up(*steps)
    except Exception:
        if main_thread().is_alive():  # where everything is being taken down, anything may fail
            raise


def _keep() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(FRESH, *gc.get_threshold()[1:])
    request_finished.connect(_look_through, dispatch_uid="garbage")
    atexit.register(gc.unfreeze)  # or what is left at the end counts as lost, and DuckDB says so at length


def _look_through(**_: object) -> None:
    """Let go of what an answer left behind that refers to itself."""
    gc.collect(0 if next(_ANSWERS) % WHOLE_EVERY else 2)


def start_answers() -> None:
    """Load what the first answer would: the addresses with their views, the API, and the templates."""
    from django.template.loader import get_template
    from django.urls import reverse

    import leadline.web

    reverse("today")  # which looks through all addresses
    folder = Path(leadline.web.__path__[0], "templates")
    for template in folder.rglob("*.html"):
        get_template(str(template.relative_to(folder)))


def fetch_fold() -> None:
    """Fetch the compiled fold, and run it once."""
    from leadline.engine.funnel import load_funnel
    from leadline.engine.history import FEWEST, derive, fetch_compiled
    from leadline.engine.touches import Touches

    fetch_compiled()
    some = [{"contact": "x", "kind": "met", "happened_at": day * DAY} for day in range(FEWEST + 1)]
    derive(Touches.of(some), load_funnel("sales-cycle"))


def _start_parquet() -> None:
    """Start what reads Parquet."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("SELECT 1")


def _start_charts() -> None:
    """Start what draws charts, by drawing one."""
    from leadline.engine import charts

    bar = {"name": "one", "count": 1, "label": "1", "muted": False}
    charts.svg(charts.bars([bar], "Ready", "Nothing is shown."))


REPORTS = (fetch_fold, _start_parquet, _start_charts)
"""What reports need, where somebody waits for them."""
