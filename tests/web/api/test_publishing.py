"""Programs put versions of funnels in force, and override nobody who did so meanwhile."""

from __future__ import annotations

import pytest

from leadline.web.actions import funnels as acts
from leadline.web.api.funnels import SHORT
from leadline.web.models import FunnelVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def drafted(funnels, actor):
    """A draft over the version of “voltage” that is in force."""
    return acts.save_draft(actor, "voltage", SHORT)


def publish(program, number, body=None):
    return program.post(f"/funnels/voltage/versions/{number}/publish", body)


def in_force():
    return FunnelVersion.objects.get(slug="voltage", in_force=True).number


def test_a_version_takes_the_place_of_the_one_that_was_seen(program, drafted):
    answer = publish(program, 2, {"instead_of": 1})
    assert (answer.status_code, answer.json()["in_force"], in_force()) == (200, True, 2)


def test_who_would_override_somebody_else_is_told_so(program, drafted, actor):
    acts.publish(actor, drafted)
    acts.save_draft(actor, "voltage", SHORT.replace("Two steps", "Other steps"))
    answer = publish(program, 3, {"instead_of": 1})
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
    assert answer.json()["code"] == "conflict"
    assert "somebody else put version 2 in force meanwhile" in answer.json()["detail"]
    assert in_force() == 2
    assert publish(program, 3, {"instead_of": 2}).status_code == 200
    assert in_force() == 3


def test_a_funnel_that_was_taken_out_of_force_is_not_put_back_unseen(program, drafted, actor):
    acts.retire(actor, "voltage")
    answer = publish(program, 2, {"instead_of": 1})
    assert (answer.status_code, "took the funnel out of force" in answer.json()["detail"]) == (409, True)
    assert publish(program, 2, {"instead_of": 0}).status_code == 200
    assert in_force() == 2


@pytest.mark.parametrize("body", [None, {}, {"instead_of": None}])
def test_who_does_not_say_what_they_saw_publishes_as_ever(program, drafted, body):
    assert publish(program, 2, body).status_code == 200
    assert in_force() == 2


@pytest.mark.parametrize("value", [-1, "one", 1.5, 2**31])
def test_what_is_no_number_of_a_version_is_refused(program, drafted, value):
    assert publish(program, 2, {"instead_of": value}).status_code == 422
    assert in_force() == 1
