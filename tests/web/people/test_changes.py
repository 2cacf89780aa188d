"""The changes: who, what, before, after; filtered, and fifty at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from leadline.web.actions import asks, contacts, purchases
from leadline.web.actions.acting import Actor, note_change, note_changes
from leadline.web.models import AuditEntry, Contact
from tests.web.conftest import NOW

pytestmark = pytest.mark.both


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


def minute(number: int) -> datetime:
    """The instant a few minutes after a first one."""
    return datetime(2026, 3, 2, tzinfo=UTC) + timedelta(minutes=number)


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "table"), [("/contacts/", "contacts"), ("/companies/", "companies")])
def test_who_takes_a_list_away_as_a_file_is_written_down_and_found_among_exports(
    owner, contact, enter, path, table
):
    look = enter(owner)
    assert look.get(f"{path}export/").status_code == 200
    [row] = look.get("/changes/?what=export").context["changes"]
    assert (row["entry"].who, row["entry"].after) == (owner, {"form": "csv", "tables": [table]})


@pytest.mark.django_db
def test_older_changes_are_reached_by_key_with_no_row_twice_and_none_lost(
    actor, owner, enter, django_assert_max_num_queries
):
    for number in range(120):
        note_change(actor, "contact.changed", f"contact:{number}", {}, {"n": number})
        AuditEntry.objects.filter(record=f"contact:{number}").update(at=minute(number))
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


@pytest.mark.django_db
def test_of_a_contact_what_became_of_their_asks_and_purchases_is_seen_too(
    actor, owner, member, manager, funnels, enter
):
    mine = Contact.objects.create(name="Ann", owner=member, team=member.team)
    theirs = Contact.objects.create(name="Zed", owner=owner)
    made = [
        asks.make(actor, one, asks.Terms(amount=120_050, currency="EUR", title="A talk"))
        for one in (mine, theirs)
    ]
    asks.change(actor, made[0], asks.Terms(amount=90_000, currency="EUR", title="A talk"))
    bought = purchases.record(actor, mine, purchases.Sale(value=500, currency="JPY"))
    look = enter(manager)
    found = look.get(f"/changes/?record=contact:{mine.pk}").context["changes"]
    rows = [row for row in found if not row["entry"].action.startswith("touch.")]
    assert [(row["entry"].action, row["on"]["href"]) for row in rows] == [
        ("purchase.recorded", f"/contacts/{mine.pk}/"),
        ("ask.changed", f"/asks/{made[0].pk}/"),
        ("ask.made", f"/asks/{made[0].pk}/"),
    ]
    assert ("value", "", "500 JPY") in rows[0]["what"]
    assert rows[1]["what"] == [("amount", "1,200.50 EUR", "900 EUR")]
    for record, seen in ((made[0], 2), (made[1], 0)):
        found = look.get(f"/changes/?record=ask:{record.pk}").context["changes"]
        assert len(found) == seen
    assert len(look.get(f"/changes/?record=purchase:{bought.pk}").context["changes"]) == 1
    page = look.get(f"/contacts/{mine.pk}/").content.decode()
    assert "<del>1,200.50 EUR</del>" in page
    assert "<ins>900 EUR</ins>" in page


@pytest.mark.django_db
def test_what_became_of_somebody_who_is_no_more_is_seen_by_owners_alone(actor, owner, member, enter):
    gone = Contact.objects.create(name="Ann", owner=member)
    note_change(actor, "contact.made", gone, {}, {"name": "Ann"})
    number = gone.pk
    gone.delete()
    assert len(enter(owner).get(f"/changes/?record=contact:{number}").context["changes"]) == 1
    assert enter(member).get(f"/changes/?record=contact:{number}").status_code == 404


def many(actor: Actor, number: int, action: str = "contact.tagged") -> None:
    """Changes that one write makes."""
    note_changes(actor, action, [(f"contact:{one}", {}, {"tags": ["warm"]}) for one in range(number)])


@pytest.mark.django_db
def test_what_was_done_with_many_at_once_is_one_line_that_opens(
    actor, owner, member, enter, django_assert_max_num_queries
):
    note_change(actor, "contact.changed", "contact:7", {}, {"name": "First"})
    many(actor, 130)
    note_change(Actor.of(member, NOW), "contact.changed", "contact:8", {}, {"name": "Last"})
    many(actor, 2)
    look = enter(owner)
    with django_assert_max_num_queries(12):
        shown = look.get("/changes/").context
    assert [(row["did"], row.get("many")) for row in shown["changes"]] == [
        ("tagged", "2 contacts"), ("changed", None), ("tagged", "130 contacts"), ("changed", None),
    ]  # fmt: skip
    assert shown["older"] is None
    row, seen, more = shown["changes"][2], [], ""
    for _ in range(3):
        each = look.get(f"/changes/?within={row['within']}{more}").context
        seen += [one["entry"].record for one in each["changes"]]
        more = f"&before={each['older']}"
    assert seen == [f"contact:{number}" for number in reversed(range(130))]
    assert each["older"] is None


@pytest.mark.django_db
def test_a_page_is_full_of_lines_and_none_is_twice(actor, owner, enter):
    for number in range(60):
        mark = AuditEntry.objects.count()
        many(actor, 60 if number % 20 == 0 else 1)
        newest = AuditEntry.objects.order_by("pk")[mark:]
        AuditEntry.objects.filter(pk__in=[one.pk for one in newest]).update(at=minute(number))
    look, seen, query = enter(owner), [], ""
    for _ in range(2):
        shown = look.get(f"/changes/{query}").context
        seen += [row.get("many", "1 contact") for row in shown["changes"]]
        query = f"?before={shown['older']}"
    assert seen == ([*["1 contact"] * 19, "60 contacts"]) * 3


@pytest.mark.django_db
def test_the_batches_of_a_change_of_many_are_one_line_whatever_others_do_meanwhile(actor, owner, enter):
    worker = Actor(owner, "Ada (edit 3)", NOW)
    many(worker, 3)
    many(worker, 4)
    note_change(actor, "contact.changed", "contact:8", {}, {"name": "New"})
    many(worker, 60)
    shown = enter(owner).get("/changes/").context["changes"]
    assert [row.get("many") for row in shown] == ["60 contacts", None, "7 contacts"]
    assert [row["undo"] for row in shown] == [False, False, False]


@pytest.mark.django_db
def test_what_is_undone_one_after_the_other_is_one_line(actor, owner, enter):
    for number in range(3):
        note_change(actor, "contact.changed", f"contact:{number}", {}, {"name": "New"})
    undoing = Actor(owner, "undoing import 7", NOW)
    for number in range(2):
        note_change(undoing, "import.change_undone", f"contact:{number}", {"tags": ["fair"]}, {})
        AuditEntry.objects.filter(action="import.change_undone", record=f"contact:{number}").update(
            at=minute(number)
        )
    shown = enter(owner).get("/changes/").context["changes"]
    assert [row["many"] for row in shown] == ["2 contacts", "3 contacts"]


@pytest.mark.django_db
def test_what_one_did_with_many_is_undone_at_once_from_its_line(actor, owner, member, enter):
    people = [Contact.objects.create(name=f"No {n}", owner=owner) for n in range(3)]
    contacts.change_contacts(actor, [one.pk for one in people], {"do": "tags", "add": "warm", "remove": ""})
    look = enter(owner)
    (row,) = look.get("/changes/").context["changes"]
    assert (row["many"], row["undo"]) == ("3 contacts", True)
    assert look.post(f"/changes/undo/{row['within'].replace('-', '/')}/").status_code == 303
    assert [one.tags.count() for one in people] == [0, 0, 0]
    contacts.change_contacts(
        Actor.of(member, NOW), [one.pk for one in people], {"do": "tags", "add": "cold", "remove": ""}
    )
    assert not look.get("/changes/").context["changes"][0]["undo"]  # another's, each by itself


@pytest.mark.django_db
def test_a_change_of_which_nothing_is_told_has_no_label_without_a_text(actor, owner, contact, enter):
    note_change(actor, "import.started", contact)
    page = enter(owner).get("/changes/").content.decode()
    assert 'data-label="Changed"' not in page
    note_change(actor, "contact.changed", contact, {"name": "Old"}, {"name": "New"})
    assert enter(owner).get("/changes/").content.decode().count('data-label="Changed"') == 1
