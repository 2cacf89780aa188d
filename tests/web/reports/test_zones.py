"""Reports tell the days of where the team is, and what is exported is audited to the same answers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from leadline.audit.loading import load_files
from leadline.engine.cycle.cycles import trace_cycles
from leadline.engine.funnel import load_funnel
from leadline.engine.history import derive
from leadline.engine.instants import DAY, to_instant
from leadline.engine.reports.leaks import leaks
from leadline.engine.wording import day_words
from leadline.web.actions import reports
from leadline.web.actions.export_files import WRITERS, stream_zip
from leadline.web.actions.exports import datasets
from leadline.web.models import Contact
from leadline.web.warehouse import cases
from leadline.web.warehouse.days import funnel_on
from tests.web.conftest import NOW
from tests.web.reports.conftest import write

pytestmark = pytest.mark.django_db


def test_a_report_tells_the_days_of_the_owners_zone(business, owner):
    first = Contact.objects.create(name="First", owner=owner)
    asked = (NOW // DAY - 400) * DAY - DAY // 48  # half an hour before midnight, UTC
    write(first, "asked", (NOW - asked) / DAY, path="networking")
    found = {}
    for zone in ("UTC", "Europe/Berlin"):
        owner.zone = zone
        owner.save()
        found[zone] = " ".join(
            reports.report_for(owner, "asks", "sales-cycle", NOW, {}, anew=True).result["sentences"]
        )
    day, after = day_words(asked), day_words(asked + DAY // 24)
    assert day != after
    assert f"since {day}" in found["UTC"]
    assert f"since {after}" in found["Europe/Berlin"]


LATE, EVENING, WHOLE_DAY = (to_instant(f"2025-{at}Z") for at in ("11-30T23:30", "12-01T02:00", "12-01T00:00"))
"""Half past midnight of 1 December in Berlin; nine in the evening of 30 November in New York; a whole day."""


@pytest.fixture
def three(funnels, owner):
    """Three who were met around a midnight."""
    for name, at in (("Late", LATE), ("Evening", EVENING), ("Day", WHOLE_DAY)):
        contact = Contact.objects.create(name=name, owner=owner)
        write(contact, "met", (NOW - at) / DAY, path="networking")


@pytest.mark.parametrize(
    ("zone", "by_november"),
    [("UTC", {"Late"}), ("Europe/Berlin", set()), ("America/New_York", {"Late", "Evening"})],
)
def test_the_funnel_on_a_day_ends_with_it_where_the_team_is(three, enter, owner, zone, by_november):
    owner.zone = zone
    owner.save()
    client, asked = enter(owner), "funnel=sales-cycle&wait=1"
    found = client.get(f"/funnel/?{asked}&on=2025-11-30").context["found"]
    assert found.known == len(by_november)
    stage = next((one.name for one in found.path if one.people), "known")
    rows = client.get(f"/funnel/people/?{asked}&on=2025-11-30&stage={stage}") if by_november else None
    assert {row["contact"].name for row in rows.context["rows"]} == by_november if rows else not by_november
    after = client.get(f"/funnel/?{asked}&on=2025-12-01").context
    assert after["found"].known == 3
    assert [counts for day, counts in after["found"].months if day < date(2025, 12, 1)] == (
        [found.months[-1][1]] if by_november else []
    )
    assert after["first"] == date(2025, 11, 30) if by_november else date(2025, 12, 1)


def test_the_days_to_choose_from_end_with_today_where_the_team_is(three, enter, owner, monkeypatch):
    at = to_instant("2026-03-02T23:30Z")  # 3 March in Berlin
    monkeypatch.setattr("leadline.web.pages.funnel.now", lambda: at)
    for zone, today in (("UTC", date(2026, 3, 2)), ("Europe/Berlin", date(2026, 3, 3))):
        owner.zone = zone
        owner.save()
        assert enter(owner).get("/funnel/?wait=1").context["today"] == today
        assert enter(owner).get(f"/funnel/?wait=1&on={today}").context["asked"].on is None
        assert enter(owner).get(f"/funnel/?wait=1&on={today + timedelta(1)}").status_code == 422


def test_a_case_is_opened_anew_where_the_team_has_moved(three, owner):
    for zone, first in (("UTC", LATE), ("America/New_York", LATE), ("Asia/Tokyo", WHOLE_DAY - 9 * DAY // 24)):
        owner.zone = zone
        owner.save()
        case, _ = reports.case_for(None, "sales-cycle", NOW)
        assert case.zone == zone
        assert int(case.touches.happened_at.min()) == first
        assert case.at(NOW).zone == zone
        assert funnel_on(case, NOW).known == 3


@pytest.mark.parametrize("form", WRITERS)
def test_what_is_exported_is_audited_to_the_same_leaks(business, owner, tmp_path, form):
    file = tmp_path / "everything.zip"
    parts = ((f"{one.name}.{form}", WRITERS[form](one)) for one in datasets(owner))
    file.write_bytes(b"".join(stream_zip(parts)))
    imported = load_files([file])
    theirs = leaks(trace_cycles(imported.touches, derive(imported.touches, load_funnel("sales-cycle"), NOW)))
    ours, _ = cases.open_case("sales-cycle", NOW)
    assert theirs.sentences() == leaks(ours.at(NOW).cycles).sentences()
    assert theirs.rows() == leaks(ours.at(NOW).cycles).rows()
    named = {
        str(label).partition("-")[0]: imported.names["name"][n]
        for n, label in enumerate(imported.touches.contact.labels)
    }
    assert named == {f"contact {one.pk}": one.name for one in business}
