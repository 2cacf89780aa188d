"""How many a list has is counted by records that carry whose a contact is, without looking up anybody."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leadline.web import listing, warehouse
from leadline.web.actions import erasure, merging, touches
from leadline.web.filters import Filters
from leadline.web.models import Contact, Mark, Tag
from tests.rows import kept
from tests.web.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@kept
def talked(funnels, actor, crew, shared) -> list[Contact]:
    """Nine with a tag who were met and never asked, three of each of three owners; one merged, one erased."""
    warm, made = Tag.objects.create(name="warm"), []
    for place in range(9):
        owner = (crew.member, crew.stranger, None)[place % 3]
        team = None if owner is None else owner.team
        made.append(Contact.objects.create(name=f"Nr {place}", owner=owner, team=team))
        touches.record(actor, made[-1], "met", NOW - place, path="networking")
        touches.record(actor, made[-1], "told_need", NOW - place)
        made[-1].tags.add(warm)
    merging.merge_contacts(actor, made[0], made[3])
    erasure.erase_contact(actor, made[1])
    assert Mark.objects.filter(contact=made[3]).exists()
    return made


@pytest.fixture(autouse=True)
def many(monkeypatch):
    """As where each of these filters means more than are ever looked up."""
    monkeypatch.setattr("leadline.web.filters.FEW", 0)
    monkeypatch.setattr("leadline.web.filters.LISTED", 0)


def stage_of(one: Contact) -> str:
    """The name of the stage in which somebody who was met stands."""
    return warehouse.funnels()["sales-cycle"].stage_names[one.standings.get(funnel="sales-cycle").stage]


@pytest.mark.parametrize("order", list(listing.ORDERS))
@pytest.mark.parametrize(("role", "wanted"), [("owner", 7), ("manager", 5), ("member", 2), ("stranger", 2)])
def test_whoever_has_the_record_is_counted_but_the_merged_and_the_erased(talked, crew, role, wanted, order):
    everybody = [{}] if order == "stage" else []
    for asked in ({"tag": "warm"}, {"open": "ask"}, {"stage": stage_of(talked[2])}, *everybody):
        sought = Filters.of({**asked, "funnel": "sales-cycle"}).sought(crew[role], NOW, order=order)
        assert len(listing.turn(sought, order).numbers) == wanted, asked
        assert listing.count(sought) == (wanted, True), asked
    known = Filters.of({"tag": "warm", "owner": str(crew.member.pk)}).sought(crew.owner, NOW, order=order)
    assert listing.count(known) == (2, True)


@pytest.mark.parametrize(("asked", "left_out", "wanted"), [
    ({"fact": "need"}, "heldfact", 7), ({"fact": "need", "q": "nr 8"}, "name_small", 1),
])  # fmt: skip
def test_some_are_looked_up_by_one_filter_and_asked_the_others_alone(talked, owner, asked, left_out, wanted):
    sought = Filters.of(asked).sought(owner, NOW)
    with CaptureQueriesContext(connection) as asking:
        assert listing.count(sought) == (wanted, False)
    assert left_out not in asking[-1]["sql"]
