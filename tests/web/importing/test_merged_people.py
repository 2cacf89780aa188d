"""Files that name somebody who was merged into another contact mean that one, and nothing is told twice."""

from __future__ import annotations

import pytest

from leadline.web import warehouse
from leadline.web.actions import merging, profiles
from leadline.web.models import Contact, Field, Import, Standing, Touch
from tests.web.importing.conftest import take_in, undo
from tests.web.importing.test_loading import cache, rebuilt

pytestmark = pytest.mark.django_db
LATER = """contact id,kind,happened at,path,value,currency
a2,bought,2026-02-25T08:00:00Z,email,500.00,EUR
"""
OTHERS = """contact id,name,email,phone,company,owner,job title,city
,Bob Bell,bob@x.org,,,,,Turin
"""


def merge(actor, kept, twin):
    return merging.merge_contacts(actor, Contact.objects.get(key=kept), Contact.objects.get(key=twin))


def test_the_same_files_again_after_a_merge_write_nothing(funnels, owner, actor, files):
    take_in(owner, files)
    merge(actor, "a1", "a2")
    again = take_in(owner, files)
    assert again.state == Import.State.DONE, again.error
    assert Touch.objects.count() == 5
    assert Contact.objects.filter(merged_into=None).count() == 2
    assert sorted(Contact.objects.values_list("key", flat=True)) == ["a1", "a2", "a3"]
    assert cache() == rebuilt()


def test_new_touches_of_who_was_merged_are_the_survivors_and_can_be_undone(funnels, owner, actor, files):
    take_in(owner, files)
    kept = merge(actor, "a1", "a2")
    record = take_in(owner, {"touches.csv": LATER})
    assert record.state == Import.State.DONE, record.error
    touch = Touch.objects.get(kind="bought", value=50_000)
    assert touch.contact_id == kept.pk
    kept.refresh_from_db()
    assert kept.last_touch_at == touch.happened_at
    assert cache() == rebuilt()
    undo(owner, record)
    kept.refresh_from_db()
    last = Touch.objects.filter(contact__in=[kept.pk, *warehouse.merged([kept.pk])]).latest("happened_at")
    assert kept.last_touch_at == last.happened_at
    assert cache() == rebuilt()


def test_an_address_that_came_along_means_the_survivor(funnels, owner, actor, files):
    take_in(owner, files)
    kept = merge(actor, "a1", "a2")
    record = take_in(owner, {"contacts.csv": OTHERS})
    assert record.state == Import.State.DONE, record.error
    kept.refresh_from_db()
    assert kept.fields["city"] == "Turin"
    assert Contact.objects.count() == 3


def test_whoever_fits_by_what_files_say_is_told_so_and_undoing_takes_that_back(funnels, owner, actor, files):
    Field.objects.create(of="contact", name="city", label="City")
    profiles.declare(actor, None, "Romans", [{"field": "contact.fields.city", "test": "is", "value": "Rome"}])
    record = take_in(owner, files)
    assert record.state == Import.State.DONE, record.error
    fitting = Touch.objects.filter(kind="matched_profile").values_list("contact__key", flat=True)
    assert sorted(fitting) == ["a1", "a3"]
    assert Standing.objects.filter(contact__key="a3").exists()
    assert cache() == rebuilt()
    take_in(owner, {"contacts.csv": OTHERS.replace("Turin", "Rome")})
    assert Touch.objects.filter(kind="matched_profile", contact__key="a2").exists()
    undo(owner, Import.objects.order_by("-pk").first())
    bob = Touch.objects.filter(contact__key="a2", origin__startswith="profile:").order_by("id")
    assert [one.kind for one in bob] == ["matched_profile", "mismatched_profile"]
    undo(owner, record)
    assert not Contact.objects.filter(key__in=["a1", "a3"]).exists()
    assert cache() == rebuilt()
