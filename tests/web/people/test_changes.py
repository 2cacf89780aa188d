"""The changes: who, what, before, after; filtered, and fifty at a time."""

from __future__ import annotations

import pytest

from leadline.web.actions.acting import Actor, note_change
from leadline.web.models import AuditEntry, Contact
from tests.web.conftest import NOW


@pytest.mark.django_db
def test_what_was_before_and_after_is_shown(actor, owner, contact, enter):
    note_change(actor, "contact.changed", contact, {"name": "Old <b>"}, {"name": "New"})
    page = enter(owner).get("/changes/").content.decode()
    assert "<del>Old &lt;b&gt;</del>" in page
    assert "<ins>New</ins>" in page


@pytest.mark.django_db
def test_changes_are_filtered_by_who_record_and_day(actor, owner, member, contact, enter):
    note_change(actor, "contact.changed", contact, {}, {"by": "ada"})
    note_change(Actor.of(member, NOW), "contact.changed", "contact:999", {}, {"by": "ben"})
    look = enter(owner)
    assert [row["entry"].by for row in look.get("/changes/").context["changes"]] == ["Ben", "Ada"]
    for query, found in (
        (f"who={member.pk}", ["Ben"]),
        (f"record=contact:{contact.pk}", ["Ada"]),
        ("since=2100-01-01", []),
        ("since=2000-01-01", ["Ben", "Ada"]),
    ):
        assert [row["entry"].by for row in look.get(f"/changes/?{query}").context["changes"]] == found
    for wrong in ("who=x", "since=yesterday", "before=-1", "record=%00", "record='"):
        assert look.get(f"/changes/?{wrong}").status_code == 422


@pytest.mark.django_db
def test_older_changes_are_reached_by_key_with_no_row_twice_and_none_lost(
    actor, owner, enter, django_assert_max_num_queries
):
    for number in range(120):
        note_change(actor, "contact.changed", f"contact:{number}", {}, {"n": number})
    look, seen, query = enter(owner), [], ""
    for _ in range(3):
        with django_assert_max_num_queries(8):
            shown = look.get(f"/changes/{query}").context
        seen += [row["entry"].pk for row in shown["changes"]]
        query = f"?before={shown['older']}"
    assert shown["older"] is None
    assert seen == list(AuditEntry.objects.order_by("-id").values_list("pk", flat=True))


@pytest.mark.django_db
def test_members_see_what_they_changed_and_what_became_of_contacts_they_see(actor, owner, member, enter):
    own, other = (Contact.objects.create(name="x", owner=who) for who in (member, owner))
    note_change(actor, "contact.changed", own, {}, {"x": 1})
    note_change(actor, "contact.changed", other, {}, {"x": 1})
    note_change(actor, "token.made", "token:1", {}, {"x": 1})
    note_change(Actor.of(member, NOW), "task.added", "task:1", {}, {"x": 1})
    look = enter(member)
    assert [row["entry"].record for row in look.get("/changes/").context["changes"]] == ["task:1"]
    assert len(look.get(f"/changes/?record=contact:{own.pk}").context["changes"]) == 1
    assert look.get(f"/changes/?record=contact:{other.pk}").status_code == 404
    assert not look.get("/changes/?record=token:1").context["changes"]
