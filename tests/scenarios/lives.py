"""The life of one contact under a shipped funnel: what happened on which day, and where that puts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.engine.funnel import Funnel, load_funnel
from leadline.engine.history import History, derive
from leadline.engine.touches import Touches
from tests.makers import day, log

if TYPE_CHECKING:
    from collections.abc import Iterable

STRANGER = "stranger"


def named(funnel: Funnel | str) -> Funnel:
    """A shipped funnel by name; a funnel as it is."""
    return load_funnel(funnel) if isinstance(funnel, str) else funnel


def live(funnel: Funnel | str, happened: Iterable[str], until: float) -> History:
    """The history of one contact, "Ann", to whom this happened (`"liked 0"`, `"bought 40"`)."""
    return derive(Touches.of(log("Ann", *happened)), named(funnel), as_of=day(until))


def stages(funnel: Funnel | str, happened: Iterable[str], until: float) -> list[tuple[float, str]]:
    """From which day on she was in which stage."""
    return [(since(row), row["stage"]) for row in live(funnel, happened, until).by_stage().of_contact("Ann")]


def steps(funnel: Funnel | str, happened: Iterable[str], until: float) -> list[tuple[float, str | None]]:
    """From which day on she was at which step of a stage; None where a stage has no steps."""
    return [(since(row), row["step"]) for row in live(funnel, happened, until).of_contact("Ann")]


def stage(funnel: Funnel | str, happened: Iterable[str], until: float) -> str:
    """Where she stands in the end."""
    rows = live(funnel, happened, until).of_contact("Ann")
    return rows[-1]["stage"] if rows else STRANGER


def step(funnel: Funnel | str, happened: Iterable[str], until: float) -> str | None:
    """At which step she stands in the end."""
    return live(funnel, happened, until).of_contact("Ann")[-1]["step"]


def role(funnel: Funnel | str, happened: Iterable[str], until: float) -> str | None:
    """What her stage is in the funnel in the end: `open`, `client`, `left`; None for a stranger."""
    funnel = named(funnel)
    number = funnel.stage_number(stage(funnel, happened, until))
    return funnel.stages[number - 1].role if number else None


def since(row: dict) -> float:
    """The day of 2026 on which somebody got there."""
    return (row["entered_at"] - day(0)).total_seconds() / 86_400
