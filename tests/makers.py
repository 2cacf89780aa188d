"""Small builders of kinds, touches and funnels, so that a test shows only what it is about."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import tomli_w

from leadline.engine.funnel import Funnel, parse_funnel
from leadline.engine.history import History
from leadline.engine.instants import NEVER
from leadline.engine.kinds import Fact, Group, Kind, Kinds
from leadline.engine.touches import Touches
from tests.oracle import Row, Touch, Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FEW_KINDS = tomllib.loads("""
kinds = [
  { name = "posted", link = "generate", direction = "out" },
  { name = "liked", link = "generate", direction = "in", groups = ["responded"] },
  { name = "mailed", link = "nurture", direction = "out" },
  { name = "replied", link = "nurture", direction = "in", groups = ["responded", "conversed"] },
  { name = "called", link = "nurture", direction = "both", groups = ["conversed"] },
  { name = "asked", link = "ask", direction = "out" },
  { name = "bought", link = "answer", direction = "in", groups = ["responded"], sets = ["need"] },
  { name = "told_need", link = "fact", direction = "in", sets = ["need"] },
  { name = "told_budget", link = "fact", direction = "in", sets = ["budget"] },
  { name = "has_no_need", link = "fact", direction = "in", clears = ["need"] },
  { name = "lost_funds", link = "fact", direction = "in", clears = ["budget"], groups = ["responded"] },
  { name = "went", link = "exit", direction = "in", clears = ["need", "budget"] },
  { name = "scanned", link = "nurture", direction = "in", machine = true },
]
groups = [{ name = "responded" }, { name = "conversed" }]
facts = [{ name = "need" }, { name = "budget", lasts_days = 5 }]
""")
"""A vocabulary small enough to keep in mind: one fact lasts, the other lasts five days."""

FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)


@cache
def few_kinds() -> Kinds:
    """The made-up kinds, as the package knows them."""
    parts = ((Kind, "kinds"), (Group, "groups"), (Fact, "facts"))
    kinds, groups, facts = (
        tuple(sort(**{"means": "Made up.", **one}) for one in FEW_KINDS[key]) for sort, key in parts
    )
    return Kinds(kinds, groups, facts)


def few_words() -> Words:
    """The made-up kinds, as the oracle knows them."""
    return Words(FEW_KINDS)


@cache
def shipped_words() -> Words:
    """The shipped kinds, as the oracle knows them."""
    return Words(tomllib.loads(files("leadline.engine").joinpath("kinds.toml").read_text(encoding="utf-8")))


def day(number: float) -> datetime:
    """An instant: so many days after the first day of 2026."""
    return FIRST_DAY + timedelta(days=number)


def touch(contact: str, kind: str, number: float, **more: object) -> dict[str, object]:
    """One row of a touch log, on a day counted from the first of 2026."""
    return {"contact": contact, "kind": kind, "happened_at": day(number), **more}


def log(contact: str, *happened: str) -> list[dict[str, object]]:
    """Rows of one contact, written as `"liked 0"`, `"asked 3.5"`."""
    return [touch(contact, kind, float(number)) for kind, number in (text.split() for text in happened)]


def log_rows(logs: Mapping[str, Iterable[Touch]]) -> list[dict[str, object]]:
    """The oracle's touches of several contacts as rows of a touch log."""
    return [
        {"contact": contact, "kind": t.kind, "happened_at": t.at, "id": t.id, "machine": t.machine}
        for contact, touches in logs.items()
        for t in touches
    ]


def stage(name: str, when: object, role: str = "open", **more: object) -> dict[str, object]:
    """One stage of a funnel document."""
    return {"name": name, "means": f"What makes somebody {name}.", "role": role, "when": when, **more}


def document(*stages: dict[str, object], name: str = "made-up") -> dict[str, object]:
    """A funnel, as TOML gives it."""
    return {"name": name, "means": "Made for a test.", "stages": list(stages)}


def funnel_of(funnel_document: Mapping[str, object]) -> Funnel:
    """The funnel that a document declares."""
    return parse_funnel(tomli_w.dumps(funnel_document))


def touches_of(logs: Mapping[str, Iterable[Touch]], kinds: Kinds | None = None) -> Touches:
    """The oracle's touches of several contacts, as the package holds them."""
    return Touches.of(log_rows(logs), kinds or few_kinds())


def as_oracle_rows(history: History, touches: Touches) -> dict[str, list[Row]]:
    """A history in the oracle's form; subjects who never were in a stage have no rows."""
    found: dict[str, list[Row]] = {str(subject): [] for subject in history.subjects}
    for number in range(len(history)):
        stage, step, cause = int(history.stage[number]), int(history.step[number]), int(history.cause[number])
        place = history.funnel.stages[stage - 1] if stage else None
        left = int(history.left_at[number])
        found[str(history.subjects[history.contact[number]])].append(
            Row(
                stage=place.name if place else None,
                step=place.steps[step - 1].name if place and step else None,
                entered=int(history.entered_at[number]),
                left=None if left == NEVER else left,
                cause=touches.id[cause] if cause >= 0 else None,
            )
        )
    return found
