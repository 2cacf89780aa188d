"""Any day is read from one history, and says what the engine says of the touches up to that day."""

from __future__ import annotations

import numpy as np
import pytest

from leadline.engine.funnel import load_funnel
from leadline.engine.history import derive
from leadline.engine.instants import DAY
from leadline.engine.reports.conversion import conversions
from leadline.engine.reports.standing import standing
from leadline.engine.simulate import load_business, simulate
from leadline.web import warehouse
from leadline.web.actions.reports import case_for
from leadline.web.warehouse.cases import Case, cut, of_some
from leadline.web.warehouse.days import funnel_on
from tests.web.conftest import NOW


@pytest.mark.one_database
@pytest.mark.parametrize("slug", ["sales-cycle", "voltage", "agency"])
def test_a_history_that_is_cut_is_the_one_derived_as_of_that_day(slug):
    touches, funnel = simulate(load_business("coach")).touches, load_funnel(slug)
    last = int(touches.happened_at.max())
    whole = derive(touches, funnel, last + DAY)
    for days in (0, 1, 17, 90, 333, 600):
        one, other = cut(whole, last - days * DAY), derive(touches, funnel, last - days * DAY)
        for name in ("contact", "stage", "step", "entered_at", "left_at", "cause"):
            assert np.array_equal(getattr(one, name), getattr(other, name)), (days, name)
        assert one.as_of == other.as_of


@pytest.mark.django_db
@pytest.mark.parametrize("days", [0, 30, 100, 290])
def test_the_figures_of_a_day_are_the_engines(business, days):
    at = NOW - days * DAY
    case, _ = case_for(None, "sales-cycle", NOW)
    found = funnel_on(case, at)
    touches = warehouse.every_touch()
    history = derive(touches, warehouse.funnels()["sales-cycle"], at).by_stage()
    wanted = standing(history, first_touch=touches.first_at())
    assert [one.people for one in (*found.path, *found.others)] == [
        one.count for one in wanted.total.places[1:]
    ]
    assert found.sentences == tuple(wanted.sentences())
    steps = conversions(history).steps
    assert [(one.entered, one.went_on, one.left, one.in_play) for one in found.steps] == [
        (way.total.entered, way.total.converted, way.total.left, way.total.in_play) for way in steps
    ]


@pytest.mark.django_db
def test_money_stands_where_its_people_stand(business):
    case, _ = case_for(None, "sales-cycle", NOW)
    found = funnel_on(case, NOW)
    stages = {one.name: one for one in (*found.path, *found.others)}
    assert found.currency == "EUR"
    assert sum(one.paid for one in stages.values()) == 15 * 90_000  # every fourth of sixty bought
    assert sum(one.overdue for one in stages.values()) == 15 * 90_000  # half of thirty never answered
    assert sum(one.asked for one in stages.values()) == 0  # and the others did within two days
    assert stages["client"].overdue == 0
    before = funnel_on(case, NOW - 299 * DAY)
    assert sum(one.paid for one in (*before.path, *before.others)) == 0


@pytest.mark.django_db
def test_some_alone_have_the_figures_of_their_own_touches(business):
    case, _ = case_for(None, "sales-cycle", NOW)
    wanted = np.array([number % 2 == 1 for number in range(60)])
    alone = of_some(case.staged, wanted)
    own = derive(warehouse.touches_of([one.pk for one in business[1::2]]), case.funnel, case.as_of).by_stage()
    assert list(alone.subjects) == list(own.subjects)
    assert np.array_equal(alone.stage, own.stage)
    assert np.array_equal(alone.entered_at, own.entered_at)
    found = funnel_on(case, NOW, wanted)
    assert found.known == 30
    assert sum(one.paid for one in (*found.path, *found.others)) == 15 * 90_000


@pytest.mark.django_db
def test_a_funnel_without_anybody_has_figures_of_nothing(funnels):
    case, _ = case_for(None, "voltage", NOW)
    assert isinstance(case, Case)
    found = funnel_on(case, NOW)
    assert found.known == 0
    assert all(one.people == 0 for one in found.path)
