"""Who was merged into another contact is that one in every figure, for everybody, and back again."""

from __future__ import annotations

import numpy as np
import pytest

from leadline.engine.cycle.cycles import trace_cycles
from leadline.engine.history import derive
from leadline.engine.reports.leaks import leaks
from leadline.web import access, warehouse
from leadline.web.actions import merging, mirrors, reports
from leadline.web.models import Contact, Job, Touch
from leadline.web.warehouse import mirror
from tests.web.conftest import NOW
from tests.web.reports.conftest import write
from tests.web.reports.test_mirror import assert_mirrored

pytestmark = pytest.mark.django_db


def of_the_engine(same):
    """The history by the engine, from touches as they were recorded and who was merged into whom."""
    log = warehouse.read(Touch.objects.all(), {})
    return derive(log, warehouse.funnels()["sales-cycle"], NOW, merged=same)


def standing(history):
    """Who entered which stage when, without those of whom nothing was recorded."""
    who = [history.subjects[number] for number in history.contact.tolist()]
    return sorted(zip(who, history.stage.tolist(), history.entered_at.tolist(), strict=True))


def part(actor, twin):
    twin.refresh_from_db()
    merging.part_contacts(actor, twin)
    twin.refresh_from_db()


def figures(user=None):
    case, _ = reports.case_for(user, "sales-cycle", NOW)
    return case.at(NOW)


def test_a_merged_person_is_one_in_mirror_case_and_reports_and_two_again_when_parted(business, actor, owner):
    kept, twin = business[4], business[7]  # one was never asked, the other was, by another path
    before = reports.report_for(owner, "leaks", "sales-cycle", NOW, {})
    reports.materialise_all(NOW)
    merging.merge_contacts(actor, kept, twin)
    assert mirror.is_behind()
    assert_mirrored()
    assert standing(figures().history) == standing(of_the_engine({twin.pk: kept.pk}))
    assert len(figures().history.subjects) == 59
    assert Job.objects.filter(kind="reports").exists()
    assert reports.materialise_all(NOW + 1) > 0
    told = reports.report_for(owner, "leaks", "sales-cycle", NOW + 1, {})
    log = warehouse.every_touch()
    wanted = leaks(trace_cycles(log, derive(log, warehouse.funnels()["sales-cycle"], NOW + 1)))
    assert told.result["sentences"] == wanted.sentences()
    part(actor, twin)
    assert_mirrored()
    assert standing(figures().history) == standing(of_the_engine({}))
    reports.materialise_all(NOW + 2)
    again = reports.report_for(owner, "leaks", "sales-cycle", NOW + 2, {})
    assert again.result["matrix"] == before.result["matrix"]


def test_those_who_were_merged_before_go_along(business, actor):
    merging.merge_contacts(actor, business[1], business[2])
    business[1].refresh_from_db()
    merging.merge_contacts(actor, business[0], business[1])
    same = {business[1].pk: business[0].pk, business[2].pk: business[0].pk}
    assert_mirrored()
    assert standing(figures().history) == standing(of_the_engine(same))
    part(actor, business[1])
    assert_mirrored()
    assert standing(figures().history) == standing(of_the_engine({business[2].pk: business[1].pk}))


def test_touches_are_of_whoever_owns_the_survivor(business, actor, member, owner):
    mine, others = business[0], business[1]
    Contact.objects.filter(pk=mine.pk).update(owner=member)
    merging.merge_contacts(actor, mine, others)
    found = figures(member)
    assert list(found.history.subjects) == [mine.pk]
    assert len(found.touches) == Touch.objects.filter(contact__in=[mine, others]).count()
    assert access.of_contacts(member, Touch).count() == len(found.touches)
    part(actor, others)
    mine.refresh_from_db()
    merging.merge_contacts(actor, others, mine)
    assert len(figures(member).touches) == 0
    assert not access.of_contacts(member, Touch).exists()


def test_the_past_of_the_erased_stands_for_everybody(business, member):
    Contact.objects.filter(pk__in=[one.pk for one in business[:5]]).update(owner=member)
    before = figures(member).history
    Contact.objects.filter(pk=business[2].pk).update(erased_at="2026-03-01T00:00:00Z", name="")
    assert np.array_equal(figures(member).history.stage, before.stage)


def test_whoever_sees_other_contacts_has_another_scope(business, member):
    numbers = [one.pk for one in business[:4]]
    Contact.objects.filter(pk__in=[numbers[0], numbers[3]]).update(owner=member)
    before = reports.scope_of(member)
    Contact.objects.filter(pk__in=numbers).update(owner=None)
    Contact.objects.filter(pk__in=numbers[1:3]).update(owner=member)  # as many, and of the same sum
    assert reports.scope_of(member) != before


def test_a_touch_after_the_merge_counts_for_the_survivor(business, actor):
    merging.merge_contacts(actor, business[3], business[5])
    mirrors.refresh(NOW)
    write(business[5], "bought", 1, value=5_000, currency="EUR")
    assert_mirrored()
    assert standing(figures().history) == standing(of_the_engine({business[5].pk: business[3].pk}))
