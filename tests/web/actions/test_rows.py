"""Rows that are written past the models: however many, each is there once, or none is."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from leadline.web.actions.rows import TOGETHER, insert
from leadline.web.models import Tag

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.mark.parametrize("count", [0, 1, TOGETHER - 1, TOGETHER, 2 * TOGETHER + 3])
def test_all_rows_are_written_in_their_order(count):
    names = [f"tag {count - number}" for number in range(count)]
    insert(Tag, ("name",), ((name,) for name in names))
    assert list(Tag.objects.order_by("pk").values_list("name", flat=True)) == names


@pytest.mark.parametrize("bad", [TOGETHER // 2, TOGETHER + 2])
def test_a_row_that_cannot_be_leaves_nothing_of_the_others(bad):
    names = [f"tag {number}" for number in range(2 * TOGETHER)]
    names[bad] = names[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Tag, ("name",), ((name,) for name in names))
    assert not Tag.objects.exists()
