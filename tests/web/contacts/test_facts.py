"""Facts are said by somebody on a day, contradicted, and corrected: as touches of the kinds that say so."""

from __future__ import annotations

import pytest

from leadline.engine.instants import DAY
from leadline.web import warehouse
from leadline.web.actions import corrections, facts, touches
from leadline.web.errors import Conflict, Invalid
from leadline.web.filters import Filters
from leadline.web.models import Contact, Standing, Touch
from leadline.web.pages.reasons import facts_of
from tests.web.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def test_a_fact_is_a_touch_of_a_kind_that_sets_it_with_who_said_it(funnels, actor, contact):
    touch = facts.state_fact(
        actor, contact, "budget", said_by="Their bookkeeper", happened_at=NOW - DAY, note="20 k"
    )
    assert (touch.kind, touch.actor, touch.note) == ("told_budget", "Their bookkeeper", "20 k")
    assert touch.happened_at == NOW - DAY
    gone = facts.state_fact(actor, contact, "budget", holds=False)
    assert (gone.kind, gone.actor) == ("withdrew_budget", "Ada")


def test_a_fact_may_make_a_stage(funnels, actor, contact):
    for kind in ("replied", "called"):
        touches.record(actor, contact, kind, NOW - DAY)
    before = Standing.objects.get(contact=contact, funnel="voltage").stage
    facts.state_fact(actor, contact, "need", kind="decided_to_fix")
    assert Standing.objects.get(contact=contact, funnel="voltage").stage > before


@pytest.mark.parametrize(("fact", "kind"), [("mood", ""), ("customer", ""), ("need", "bought")])
def test_what_no_kind_says_by_itself_cannot_be_stated(funnels, actor, contact, fact, kind):
    with pytest.raises(Invalid):
        facts.state_fact(actor, contact, fact, kind=kind)
    assert not Touch.objects.exists()


def test_a_correction_leaves_both_visible_and_counts_the_new_one(funnels, actor, contact):
    bought = touches.record(actor, contact, "bought", NOW - DAY, value=5, currency="EUR", note="oars")
    written = corrections.correct(actor, bought, kind="met", happened_at=NOW - 2 * DAY)
    bought.refresh_from_db()
    assert not bought.in_force
    assert (written.kind, written.note, written.origin) == ("met", "oars", f"touch:{bought.pk}")
    assert Touch.objects.count() == 3
    with pytest.raises(Conflict):
        corrections.correct(actor, bought, kind="met")


def test_a_touch_that_stands_for_an_ask_is_corrected_there(funnels, actor, contact):
    asked = touches.record(actor, contact, "asked", NOW, origin="ask:7")
    with pytest.raises(Conflict, match="ask 7"):
        corrections.correct(actor, asked, kind="met")


@pytest.mark.parametrize(
    "more", [{"note": "a\x00b"}, {"path": "x" * 81}, {"value": 10**16}, {"happened_at": -(10**17)}]
)
def test_what_does_not_fit_is_refused_with_a_sentence(funnels, actor, contact, more):
    with pytest.raises(Invalid):
        touches.record(actor, contact, "met", **({"happened_at": NOW} | more))


@pytest.mark.parametrize("fact", ["need", "budget", "authority", "timeline", "fit", "customer", "reachable"])
def test_a_list_filtered_by_a_fact_has_those_of_whom_the_engine_says_that_it_holds(
    actor, funnels, owner, fact
):
    """Said, said and contradicted, contradicted and said again, too long ago, taken back, never."""
    kinds = warehouse.kinds()
    sets = min(kinds.kinds[code].name for code in kinds.setting(fact))
    clears = sorted(kinds.kinds[code].name for code in kinds.clearing(fact))
    stories = {
        "said": [(sets, 9)],
        "contradicted": [(sets, 9), *((name, 5) for name in clears[:1])],
        "said again": [*((name, 9) for name in clears[:1]), (sets, 5)],
        "long ago": [(sets, 3000)],
        "never": [("liked", 3)],
    }
    for name, story in stories.items():
        one = Contact.objects.create(name=name)
        for kind, days in story:
            touches.record(actor, one, kind, NOW - days * DAY)
    gone = Contact.objects.create(name="taken back")
    touches.retract(actor, touches.record(actor, gone, sets, NOW - DAY))
    known = {
        one.name: {each.name for each in facts_of(warehouse.touches_of([one.pk]), NOW, "UTC") if each.holds}
        for one in Contact.objects.all()
    }
    expected = {name for name, holding in known.items() if fact in holding}
    assert "said" in expected
    assert "never" not in expected
    everybody = set(Contact.objects.values_list("name", flat=True))
    for asked, found in ((fact, expected), (f"no {fact}", everybody - expected)):
        rows = Filters.of({"fact": asked}).apply(Contact.objects.all(), owner, NOW)
        assert set(rows.values_list("name", flat=True)) == found


def test_a_list_is_filtered_by_no_fact_that_there_is_not(owner, funnels):
    with pytest.raises(Invalid):
        Filters.of({"fact": "nedd"}).apply(Contact.objects.all(), owner, NOW)
