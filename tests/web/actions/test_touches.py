"""To record what happened, and to take it back: the stage follows in the same transaction."""

from __future__ import annotations

import pytest

from leadline.engine.history import derive
from leadline.engine.instants import DAY
from leadline.web import warehouse
from leadline.web.actions import standings, touches
from leadline.web.errors import Conflict, Invalid
from leadline.web.models import AuditEntry, Standing, Touch
from tests.web.conftest import NOW

pytestmark = pytest.mark.both


def stages(contact) -> dict[str, str]:
    """Where somebody stands, by name, as the cache has it."""
    funnels = warehouse.funnels()
    found = Standing.objects.filter(contact=contact)
    return {one.funnel: funnels[one.funnel].stage_names[one.stage] for one in found}


@pytest.mark.django_db
def test_a_touch_moves_a_contact_in_every_vocabulary(funnels, actor, contact):
    touches.record(actor, contact, "met", NOW - DAY, path="networking")
    assert stages(contact) == {"sales-cycle": "knows of you", "voltage": "lead"}
    contact.refresh_from_db()
    assert (contact.path, contact.last_touch_at) == ("networking", NOW - DAY)


@pytest.mark.django_db
def test_what_is_taken_back_no_longer_counts_and_stays_visible(funnels, actor, contact):
    touches.record(actor, contact, "met", NOW - 2 * DAY)
    bought = touches.record(actor, contact, "bought", NOW - DAY, value=120_000, currency="EUR")
    assert stages(contact)["sales-cycle"] == "client"
    retraction = touches.retract(actor, bought)
    assert stages(contact)["sales-cycle"] == "knows of you"
    assert Touch.objects.filter(contact=contact).count() == 3
    touches.retract(actor, retraction)
    assert stages(contact)["sales-cycle"] == "client"
    bought.refresh_from_db()
    assert bought.in_force
    assert AuditEntry.objects.filter(action="touch.retracted").count() == 2


@pytest.mark.django_db
def test_nothing_is_taken_back_twice(funnels, actor, contact):
    touch = touches.record(actor, contact, "met", NOW)
    touches.retract(actor, touch)
    touch.refresh_from_db()
    with pytest.raises(Conflict):
        touches.retract(actor, touch)


@pytest.mark.django_db
def test_an_unknown_kind_is_refused_with_the_nearest_one_and_nothing_is_written(funnels, actor, contact):
    with pytest.raises(Invalid, match="met"):
        touches.record(actor, contact, "mett", NOW)
    assert not Touch.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db
def test_a_stage_that_ends_by_itself_is_swept_on_its_day(funnels, actor, contact):
    touches.record(actor, contact, "replied", NOW)
    until = Standing.objects.get(contact=contact, funnel="sales-cycle").changes_at
    log = warehouse.every_touch()
    history = derive(log, warehouse.funnels()["sales-cycle"], until)
    assert history.entered_at[-1] == until  # the engine says that it changes there
    assert standings.sweep(until - 1) == 0
    assert standings.sweep(until) == 1
    assert stages(contact)["sales-cycle"] == history.stages[history.stage[-1]]
