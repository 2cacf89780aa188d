"""What is declared is asked for once while something is read, and anew by whoever comes next."""

from __future__ import annotations

import pytest

from leadline.web import warehouse
from leadline.web.models import KindDefinition, User
from leadline.web.warehouse.definitions import asked_once
from leadline.web.warehouse.zones import find_team_zone

pytestmark = [pytest.mark.django_db, pytest.mark.both]
TEA = {"name": "drank_tea", "means": "They drank tea with us.", "link": "nurture", "direction": "both"}


def test_kinds_funnels_and_the_zone_are_one_question_while_something_is_read(
    funnels, owner, django_assert_num_queries
):
    KindDefinition.objects.create(**TEA)
    User.objects.filter(pk=owner.pk).update(zone="Asia/Tokyo")
    by_themselves = warehouse.kinds(), warehouse.funnels(), find_team_zone()
    with django_assert_num_queries(1), asked_once():
        for _ in range(2):
            assert (warehouse.kinds(), warehouse.funnels(), find_team_zone()) == by_themselves
    assert by_themselves[0].kinds[by_themselves[0].code("drank_tea")].means == TEA["means"]
    assert list(by_themselves[1]) == funnels
    assert by_themselves[2] == "Asia/Tokyo"


def test_who_reads_next_sees_what_was_declared_meanwhile(funnels):
    with asked_once():
        assert "drank_tea" not in warehouse.kinds()
        KindDefinition.objects.create(**TEA)
    assert "drank_tea" in warehouse.kinds()
    with asked_once():
        assert "drank_tea" in warehouse.kinds()
