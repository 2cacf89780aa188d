"""A page of a list is one walk along an index, whatever a database takes for rare."""

from __future__ import annotations

import re

import pytest
from django.db import connection, transaction
from django.db.models import Q

from leadline.web import access
from leadline.web.listing import in_order
from leadline.web.models import Contact, Standing

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def plan(rows, without=()) -> str:
    """How rows are put in order, by a database that would rather have none to sort, `without` some indexes.

    Among so few rows as in a test PostgreSQL may take any index, which says nothing of many.
    """
    if connection.vendor == "sqlite":
        return rows.explain()
    with transaction.atomic(), connection.cursor() as cursor:
        for way in ("sort", "incremental_sort", "seqscan", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        for index in without:
            cursor.execute(f"DROP INDEX {index}")
        told = rows.explain()
        transaction.set_rollback(True)
    return told


@pytest.mark.parametrize("of", ["their team", "no team"])
@pytest.mark.parametrize("order", [("-last_touch_at", "-pk"), ("name_small", "pk")])
def test_contacts_of_nobody_are_gone_through_in_their_order(crew, of, order):
    known = {"owner": None, "team": crew.manager.team_id if of == "their team" else None}
    [(rows, where)] = access.parts(crew.manager, Contact.objects.all(), Q(), known=known)
    first = in_order(rows.filter(where), *order).values_list(order[0].removeprefix("-"), "pk")[:51]
    told = plan(first, without=["contact_touched_own", "contact_named_own"])
    assert ("contact_touched_no" if "-pk" in order else "contact_named_no") in told
    assert "Sort" not in told
    assert "TEMP B-TREE" not in told


@pytest.mark.parametrize("of", ["their team", "no team"])
def test_whoever_was_never_touched_comes_in_the_order_of_an_index(crew, of):
    known = {"owner": None, "team": crew.manager.team_id if of == "their team" else None}
    untouched = Q(last_touch_at=None)
    [(rows, where)] = access.parts(crew.manager, Contact.objects.all(), untouched, known=known)
    first = in_order(rows.filter(where), "-last_touch_at", "-pk").values_list("pk")[:51]
    told = plan(first, without=["contact_touched_own"])
    assert "contact_touched_no" in told
    assert "Sort" not in told
    assert "TEMP B-TREE" not in told


@pytest.mark.parametrize("order", ["last_touch_at", "entered_at"])
def test_stages_of_nobody_are_gone_through_in_their_order(crew, order):
    nobodys = [
        part.filter(funnel="sales-cycle", stage=2)
        for part in access.parts_of_contacts(crew.manager, Standing, {"owner": None})
    ]
    assert len(nobodys) == 2  # of their team, and of none
    for part in nobodys:
        told = plan(in_order(part, f"-{order}", "-contact_id").values_list(order, "contact_id")[:51])
        assert re.search(r"standing_\w+_no\b", told)
        assert "Sort" not in told
        assert "TEMP B-TREE" not in told
