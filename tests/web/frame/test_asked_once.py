"""What is declared is asked for once while something is read, and anew by whoever comes next."""

from __future__ import annotations

import pytest

from leadline.web import warehouse
from leadline.web.models import KindDefinition
from leadline.web.warehouse.definitions import asked_once

pytestmark = [pytest.mark.django_db, pytest.mark.both]
TEA = {"name": "drank_tea", "means": "They drank tea with us.", "link": "nurture", "direction": "both"}


def test_kinds_and_funnels_are_asked_for_once_while_something_is_read(funnels, django_assert_num_queries):
    with django_assert_num_queries(2), asked_once():
        first = warehouse.kinds(), warehouse.funnels()
        assert (warehouse.kinds(), warehouse.funnels()) == first


def test_who_reads_next_sees_what_was_declared_meanwhile(funnels):
    with asked_once():
        assert "drank_tea" not in warehouse.kinds()
        KindDefinition.objects.create(**TEA)
    assert "drank_tea" in warehouse.kinds()
    with asked_once():
        assert "drank_tea" in warehouse.kinds()
