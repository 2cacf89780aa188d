"""Who wants to buy most: the order of people on Today, worked out by hand."""

from __future__ import annotations

import pytest

from leadline.engine.instants import DAY
from leadline.engine.kinds import Kinds
from leadline.web.actions import interest, settling, touches
from leadline.web.models import Contact, NextStep
from tests.web.conftest import NOW

pytestmark = pytest.mark.both

MONTH = 30 * DAY
KINDS = Kinds.shipped()


def life(*told: tuple[str, int]) -> list[tuple[int, int]]:
    """Kinds and how many days after 30 months since 1970 they happened, as codes."""
    return [(30 * MONTH + days * DAY, KINDS.code(kind)) for kind, days in told]


@pytest.mark.parametrize(
    ("told", "rank"),
    [
        ([], 0),
        ([("mailed", 0)], 0),  # ours to them is no sign of theirs
        ([("downloaded", 0)], 30),
        ([("downloaded", 30)], 31),  # a month later is twice the weight
        ([("downloaded", 0), ("visited", 0)], 31),  # two signs are twice one
        ([("had_meeting", 0)], 32),  # a talk is four
        ([("told_need", 0)], 33),  # what is known is eight
        ([("told_need", 0), ("told_need", 30)], 34),  # and counts once, as it was said last
        ([("told_need", 0), ("has_no_need", 1)], 0),
        ([("had_meeting", 0), ("told_need", 0), ("has_no_need", 1)], 32),
        ([("downloaded", 0), ("opted_out", 1)], 30),
    ],
)
def test_a_rank_is_the_weight_of_all_signs_doubled_each_month(told, rank):
    assert interest.rank(life(*told), KINDS) == rank


def test_what_speaks_for_somebody_is_counted_and_named():
    at = 30 * MONTH + 100 * DAY
    told = life(("downloaded", 0), ("visited", 20), ("told_budget", 30), ("called", 90), ("mailed", 95))
    assert interest.signs(told, KINDS, at) == 2  # the first is too old, a fact and a mailing are none
    assert interest.known(told, KINDS, at) == ["budget"]
    assert interest.known(told, KINDS, at + 296 * DAY) == []  # a year after it was said


@pytest.mark.django_db
def test_e6_whoever_showed_more_interest_stands_first_among_those_to_ask(funnels, actor):
    told = {"Cold": [("called", 40)], "Warm": [("called", 3)], "Hot": [("called", 3), ("told_budget", 2)]}
    for name, kinds in told.items():
        contact = Contact.objects.create(name=name)
        for kind, days in kinds:
            touches.record(actor, contact, kind, NOW - days * DAY)
    steps = NextStep.objects.filter(sort="ask").order_by("-rank")
    assert [one.contact.name for one in steps] == ["Hot", "Warm", "Cold"]
    before = {one.contact_id: one.rank for one in steps}
    NextStep.objects.update(rank=0)
    settling.settle(before, NOW)
    assert {one.contact_id: one.rank for one in NextStep.objects.filter(sort="ask")} == before
