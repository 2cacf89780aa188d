"""Many rows at once: who is meant is looked up for all of them together, and is the same as one by one."""

from __future__ import annotations

import time

import pytest

from leadline.engine.errors import LeadlineError
from leadline.web.actions import contacts, merging, touch_batches, upserts
from leadline.web.actions.acting import Actor
from leadline.web.models import Contact, Touch

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def acting(owner):
    return Actor.of(owner, time.time_ns() // 1000)


def emails(*values):
    return [{"sort": "email", "value": value} for value in values]


def whom(answer):
    return [one.get("id") for one in answer]


def test_rows_of_one_request_see_each_other(acting):
    made = upserts.upsert_contacts(
        acting,
        [
            {"key": "a", "name": "Ada"},
            {"key": "a", "addresses": emails("ada@example.org")},
            {"addresses": emails("ADA@example.org"), "job_title": "Engineer"},
            {"key": "a", "addresses": emails("new@example.org")},
            {"addresses": emails("ada@example.org"), "name": "Another"},
        ],
    )
    assert [one["made"] for one in made] == [True, False, False, False, True]
    assert len(set(whom(made)[:4])) == 1
    ada = Contact.objects.get(key="a")
    assert (ada.name, ada.job_title) == ("Ada", "Engineer")
    assert list(ada.addresses.values_list("value", flat=True)) == ["new@example.org"]


def test_an_address_that_a_row_gives_to_a_second_one_is_of_nobody_in_particular(acting):
    contacts.create_contact(acting, "Ada", email="ours@example.org")
    rows = [{"key": "b", "addresses": emails("ours@example.org")}, {"addresses": emails("ours@example.org")}]
    with pytest.raises(LeadlineError, match="row 2"):
        upserts.upsert_contacts(acting, rows)
    assert not Contact.objects.filter(key="b").exists()


def test_whoever_was_merged_is_still_meant_by_their_key_and_address(acting):
    kept = contacts.create_contact(acting, "Kept")
    gone = contacts.create_contact(acting, "Gone", email="gone@example.org", key="gone")
    merging.merge_contacts(acting, kept, gone)
    at = acting.now - 10**9
    touches = [
        {"contact_key": "gone", "kind": "met", "happened_at": at, "key": "1"},
        {"email": "gone@example.org", "kind": "called", "happened_at": at, "key": "2"},
        {"contact": gone.pk, "kind": "replied", "happened_at": at, "key": "3"},
    ]
    told = touch_batches.record_touches(acting, touches)
    assert [one["contact"] for one in told] == [kept.pk] * 3


def test_a_key_that_is_sent_twice_in_one_request_is_recorded_once(acting):
    row = {"email": "new@example.org", "name": "New", "kind": "met", "key": "once"}
    first = touch_batches.record_touches(acting, [row, row], make_contacts=True)
    again = touch_batches.record_touches(acting, [row], make_contacts=True)
    assert [one["known"] for one in (*first, *again)] == [False, True, True]
    assert len({one["id"] for one in (*first, *again)}) == 1
    assert Touch.objects.filter(kind="met").count() == 1
    assert Contact.objects.count() == 1
