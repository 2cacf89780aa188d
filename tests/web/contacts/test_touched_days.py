"""The days of a last touch, for readers who live elsewhere than the team."""

from __future__ import annotations

import pytest

from leadline.engine.instants import to_instant
from leadline.web.actions import touches
from leadline.web.filters import Filters
from leadline.web.models import Contact
from leadline.web.pages.dates import day_said
from leadline.web.warehouse.zones import team_days
from tests.web.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.both]

DAYS = ("2026-02-09", "2026-02-10", "2026-02-11")


@pytest.mark.parametrize(
    ("home", "reader"),
    [
        ("Europe/Berlin", "America/New_York"),
        ("America/New_York", "Europe/Berlin"),
        ("Pacific/Kiritimati", "Etc/GMT+12"),
        ("Etc/GMT+12", "Pacific/Kiritimati"),
        ("UTC", "Asia/Tokyo"),
        ("Asia/Tokyo", "Asia/Tokyo"),
    ],
)
def test_a_list_is_filtered_by_the_day_that_it_shows(funnels, owner, member, actor, home, reader):
    owner.zone, member.zone = home, reader
    owner.save()
    member.save()
    told = [*DAYS, "2026-02-10T03:00:00Z", "2026-02-10T21:30:00Z"]
    for place, at in enumerate(told):
        contact = Contact.objects.create(name=f"{place}", owner=member, team=member.team)
        touches.record(actor, contact, "met", to_instant(at))
    everybody = Contact.objects.all()
    with team_days():
        shown = {one.pk: day_said(one.last_touch_at, reader) for one in everybody}
    assert [shown[one.pk] for one in everybody.order_by("pk")[:3]] == [
        "9 Feb 2026", "10 Feb 2026", "11 Feb 2026",
    ]  # fmt: skip
    later = {pk for pk, day in shown.items() if day in ("10 Feb 2026", "11 Feb 2026")}
    for name, expected in (("after", later), ("before", shown.keys() - later)):
        found = Filters.of({name: "2026-02-10"}).apply(everybody, member, NOW)
        assert set(found.values_list("pk", flat=True)) == expected, name
