"""Whatever is asked, answered and taken back, in whatever order: the records are what the engine reads."""

from __future__ import annotations

from contextlib import suppress
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.engine.cycle.asking import ANSWERS
from leadline.engine.cycle.cycles import trace_cycles
from leadline.engine.errors import LeadlineError
from leadline.engine.funnel import load_funnel
from leadline.engine.history import derive
from leadline.engine.instants import DAY, NEVER
from leadline.web import warehouse
from leadline.web.actions import asks, purchases, touches
from leadline.web.actions.acting import Actor
from leadline.web.actions.asks import Terms
from leadline.web.actions.purchases import Sale
from leadline.web.models import Ask, Contact, Purchase, Touch
from tests.web.conftest import NOW

STEPS = st.tuples(
    st.sampled_from(
        ["ask", "yes", "no", "not_now", "undo", "withdraw", "restore", "buy", "unbuy", "log", "again"]
    ),
    st.integers(0, 5),  # which of the records
    st.integers(0, 6),  # how many days ago
    st.integers(0, 1),  # which contact
)


def do(actor: Actor, people: list[Contact], step: str, which: int, ago: int, who: int) -> None:
    """One step; a step that can't be is refused, and writes nothing."""
    at, known = actor.now - ago * DAY, list(Ask.objects.order_by("id"))
    ask = known[which % len(known)] if known else None
    bought = list(Purchase.objects.order_by("id"))
    if step == "ask":
        asks.make(actor, people[who], Terms(), at)
    elif step == "buy":
        purchases.record(actor, people[who], Sale(value=100, currency="EUR"), at)
    elif step == "unbuy" and bought:
        purchases.undo(actor, bought[which % len(bought)])
    elif step == "log":
        touches.record(actor, people[who], ["proposed", "lost", "said_yes", "had_meeting"][which % 4], at)
    elif ask is not None and step in ("yes", "no", "not_now"):
        sale = Sale(value=7, currency="EUR") if step == "yes" and which % 2 else None
        asks.answer(actor, ask, step, at, sale=sale)
    elif ask is not None and step in ("undo", "withdraw", "restore", "again"):
        {"undo": asks.undo_answer, "withdraw": asks.withdraw, "restore": asks.restore, "again": asks.again}[
            step
        ](actor, ask)


def logged() -> list[tuple[int, str, int | None]]:
    """The asks as the engine traces them: the touch, what was answered, when."""
    log = warehouse.every_touch()
    if not len(log):
        return []
    found = trace_cycles(log, derive(log, load_funnel("sales-cycle"), NOW + DAY)).asks
    said = {"not now": "not_now", "waiting": ""}
    rows = []
    for place, row in enumerate(found.row.tolist()):
        answer, at = ANSWERS[int(found.answer[place])], int(found.answered_at[place])
        state = "again" if found.superseded[place] else said.get(answer, answer)
        rows.append((log.row(row)["id"], state, None if at == NEVER else at))
    return sorted(rows)


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=1, max_size=9))
def test_records_of_asks_are_what_the_engine_reads_from_the_touches(funnels, owner, steps):
    Ask.objects.all().delete()
    Purchase.objects.all().delete()
    Touch.objects.filter(retracts__isnull=False).update(retracts=None)
    Touch.objects.all().delete()
    people = [Contact.objects.create(name=name, owner=owner) for name in ("Eero", "Maud")]
    clock = count(NOW)
    for step in steps:
        with suppress(LeadlineError):
            do(Actor.of(owner, next(clock)), people, *step)
        rows = Ask.objects.exclude(answer="taken").values_list("touch_id", "answer", "answered_at")
        assert sorted(rows) == logged()
        taken = Ask.objects.filter(answer="taken", touch__in_force=True)
        assert not taken.exists()
