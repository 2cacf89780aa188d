"""More records than somebody can wait for: changed by the worker in batches, taken back as a whole."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from leadline.engine.instants import DAY, to_datetime, to_instant
from leadline.web.actions import contacts, edits, several
from leadline.web.actions.acting import Actor
from leadline.web.errors import Conflict, Invalid
from leadline.web.jobs.worker import Worker
from leadline.web.models import AuditEntry, Company, Contact, Edit, Field, Job, Tag, Team, User
from tests.rows import kept
from tests.web.conftest import NOW
from tests.web.contacts.conftest import get, post

pytestmark = [pytest.mark.django_db, pytest.mark.both]
WARM = {"do": "tags", "add": "warm", "remove": ""}
COOL = {"do": "tags", "add": "", "remove": "warm"}


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch):
    """Five at once while somebody waits, and batches of two."""
    monkeypatch.setattr("leadline.web.pages.many.MOST", 5)
    monkeypatch.setattr(several, "MOST_AT_ONCE", 5)
    monkeypatch.setattr(edits, "BATCH", 2)
    monkeypatch.setattr("leadline.web.jobs.edits.REST", 0)


@kept
def seven(crew, shared) -> list[Contact]:
    """Seven of the member's, of whom the third is warm already; and one of somebody else's."""
    made = [Contact.objects.create(name=f"No {n}", owner=crew.member, team=shared) for n in range(7)]
    made[2].tags.add(Tag.objects.create(name="warm"))
    Contact.objects.create(name="Hal", owner=crew.stranger, team=crew.stranger.team)
    return made


def work() -> None:
    Worker(lambda: NOW).run_dry(30)


def warm() -> set[str]:
    return set(Contact.objects.filter(tags__name="warm").values_list("name", flat=True))


def entries() -> int:
    return AuditEntry.objects.filter(action="contact.tagged").count()


def test_what_is_more_than_can_be_waited_for_is_begun_once_done_and_taken_back_as_a_whole(
    signed_in, crew, seven
):
    client, form = signed_in("member"), {"every": "1", "query": "q=no", **WARM}
    answer = post(client, "contacts-change", **form)
    [edit] = Edit.objects.all()
    assert answer.headers["Location"] == reverse("edit", args=[edit.pk])
    assert post(client, "contacts-change", **form).headers["Location"] == answer.headers["Location"]
    assert (Edit.objects.count(), Job.objects.filter(kind="edit.run").count()) == (1, 1)
    assert b"Waiting for its turn" in get(client, "edit", edit.pk).content
    Job.objects.update(claimed_until=to_datetime(NOW + DAY))
    assert b"Counting" in get(client, "edit", edit.pk).content
    Job.objects.update(claimed_until=None)
    assert warm() == {"No 2"}
    work()
    edit.refresh_from_db()
    assert (edit.state, edit.total, edit.done, edit.changed) == ("done", 7, 7, 6)
    assert warm() == {f"No {n}" for n in range(7)}
    assert entries() == 6
    page = get(client, "edit", edit.pk).content.decode()
    assert "<b>6</b> <span>contacts changed</span>" in page
    assert "<b>1</b> <span>was so already</span>" in page
    # between, the member warms somebody else by hand, and cools one of the seven
    hand = Contact.objects.create(name="Zoe", owner=crew.member)
    own = Actor.of(crew.member, NOW)
    contacts.change_contacts(own, [hand.pk], WARM)
    contacts.change_contacts(own, [seven[4].pk], COOL)
    assert post(client, "edit-undo", edit.pk).status_code == 303
    assert b"Waiting for its turn" in get(client, "edit", edit.pk).content
    work()
    edit.refresh_from_db()
    assert (edit.state, edit.done, edit.left) == ("undone", 6, 1)
    assert warm() == {"No 2", "Zoe"}
    assert post(client, "edit-undo", edit.pk).status_code == 409


def test_the_same_asked_for_again_when_it_is_done_changes_nothing(crew, seven):
    own = Actor.of(crew.member, NOW)
    for changed in (6, 0):
        edit = edits.start(own, "contact", {"q": "no"}, WARM)
        work()
        edit.refresh_from_db()
        assert (edit.state, edit.done, edit.changed) == ("done", 7, changed)
    assert entries() == 6


def test_whoever_takes_over_goes_on_where_it_was_left(crew, seven, monkeypatch):
    edit = edits.start(Actor.of(crew.member, NOW), "contact", {}, WARM)
    true, calls = several.change_several, []

    def breaks(*given):
        calls.append(1)
        if len(calls) == 3:
            raise RuntimeError("the power is gone")
        return true(*given)

    monkeypatch.setattr(edits, "change_several", breaks)
    Worker(lambda: NOW).work()
    edit.refresh_from_db()
    assert (edit.state, edit.done, edit.changed) == ("running", 4, 3)
    assert warm() == {"No 0", "No 1", "No 2", "No 3"}
    Worker(lambda: NOW + 3600 * 10**6).run_dry(5)
    edit.refresh_from_db()
    assert (edit.state, edit.done, edit.changed, entries()) == ("done", 7, 6, 6)


def test_those_made_later_are_left_alone_and_filters_mean_what_they_meant(crew, seven):
    edit = edits.start(Actor.of(crew.member, NOW), "contact", {"tag": "warm"}, COOL)
    late = Contact.objects.create(name="Late", owner=crew.member)
    late.tags.add(Tag.objects.get(name="warm"))
    work()
    edit.refresh_from_db()
    assert (edit.done, edit.changed, warm()) == (1, 1, {"Late"})


def test_rights_hold_while_it_runs_and_when_it_is_undone(crew, seven, signed_in):
    edit = edits.start(Actor.of(crew.member, NOW), "contact", {}, WARM)
    edits.change_some(edit.pk, NOW, lambda: None)
    User.objects.filter(pk=crew.member.pk).update(role="reader")
    work()
    edit.refresh_from_db()
    assert (edit.state, edit.done) == ("stopped", 2)
    assert "may change none any more" in edit.error
    page = get(signed_in("owner"), "edit", edit.pk).content.decode()
    assert "asking for the same once more goes on with the rest" in page
    assert get(signed_in("manager"), "edit", edit.pk).status_code == 404
    edits.start_undo(Actor.of(crew.owner, NOW), edit)
    work()
    edit.refresh_from_db()
    assert (edit.state, edit.left, warm()) == ("undone", 0, {"No 2"})


def test_who_gave_away_what_they_see_no_more_can_take_all_of_it_back_that_day(crew, seven):
    own = Actor.of(crew.member, NOW)
    edit = edits.start(own, "contact", {}, several.to_owner(crew.stranger, crew.stranger.team))
    work()
    assert Contact.objects.filter(owner=crew.stranger).count() == 8
    edits.start_undo(own, edit)
    Worker(lambda: to_instant(AuditEntry.objects.latest("pk").at)).run_dry(30)
    assert Contact.objects.filter(owner=crew.stranger).count() == 1


def test_an_owner_who_left_meanwhile_stops_it(crew, seven):
    edit = edits.start(Actor.of(crew.owner, NOW), "contact", {}, several.to_owner(crew.reader, None))
    User.objects.filter(pk=crew.reader.pk).update(is_active=False)
    work()
    edit.refresh_from_db()
    assert (edit.state, edit.changed) == ("stopped", 0)
    assert "gone" in edit.error


def test_what_nobody_can_do_is_refused_at_once(crew, seven, signed_in):
    own = Actor.of(crew.owner, NOW)
    for of, change in (
        ("contact", {"do": "tags", "add": " ", "remove": ""}), ("contact", {"do": "dance"}), ("contact", {}),
        ("company", WARM), ("contact", {"do": "field", "field": "none", "value": "1"}),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            edits.start(own, of, {}, change)
    with pytest.raises(Conflict):
        edits.start(own, "contact", {}, {"do": "team", "team": 10**6})
    form = {"every": "1", "query": "", "do": "team", "team": crew.stranger.team.pk}
    assert post(signed_in("member"), "contacts-change", **form).status_code == 403
    assert not Edit.objects.exists()


def test_companies_are_moved_to_a_team_and_filled_in_few_or_many(crew, shared, signed_in):
    Field.objects.create(of="company", name="seats", label="Seats", type="number")
    made = [Company.objects.create(name=f"Firm {n}", owner=crew.owner) for n in range(6)]
    client, south = signed_in("owner"), Team.objects.get(name="South")
    post(client, "companies-change", id=[made[0].pk, made[1].pk], do="field", field="seats", value="12")
    assert [one.fields for one in Company.objects.order_by("pk")][:3] == [{"seats": 12}, {"seats": 12}, {}]
    post(client, "companies-change", every="1", query="field.seats.from=1", do="team", team=south.pk)
    assert list(Company.objects.filter(team=south, owner=crew.owner).order_by("pk")) == made[:2]
    post(client, "companies-change", every="1", query="q=firm", do="field", field="seats", value="7")
    [edit] = Edit.objects.all()
    work()
    assert {one.fields["seats"] for one in Company.objects.all()} == {7}
    edits.start_undo(Actor.of(crew.owner, NOW), edit)
    work()
    there = [one.fields for one in Company.objects.order_by("pk")]
    assert there == [{"seats": 12}, {"seats": 12}, {}, {}, {}, {}]
    assert b"Filled in Seats of 6 companies: 7" in get(client, "edits").content


def test_the_record_of_changes_says_what_was_done_with_how_many(crew, seven, shared, signed_in):
    """Numbers of edits and names of columns say nothing to whoever reads it."""
    own, client = Actor.of(crew.owner, NOW), signed_in("owner")
    changes = (
        several.to_owner(crew.member, shared),
        {"do": "team", "team": None},
        {"do": "tags", "add": "warm", "remove": "cold"},
        {"do": "tags", "add": "", "remove": "warm"},
    )
    edits.start(own, "contact", {}, changes[0])
    assert "Give contacts to Ben" in _told(client.get(reverse("changes")))
    work()
    for change in changes[1:]:
        edits.start(own, "contact", {}, change)
        work()
    page = client.get(reverse("changes"))
    rows = [(row["on"]["name"], row["did"], row["what"]) for row in page.context["changes"]]
    assert [row for row in rows if row[1] == "done"] == [
        ("Removed the tags “warm” from 8 contacts", "done", []),
        ("Added the tags “warm” to 7 contacts and removed the tags “cold”", "done", []),
        ("Moved 8 contacts to no team", "done", []),
        ("Gave 1 contact to Ben", "done", []),
    ]
    assert not re.search(r"\bedit \d", _told(page))
    of_one = get(client, "contact", Contact.objects.get(name="Hal").pk).context["changes"]
    assert {row["by"] for row in of_one} == {"Ada, many at once"}
    edits.start_undo(own, Edit.objects.earliest("pk"))
    work()
    newest = client.get(reverse("changes")).context["changes"][0]
    assert (newest["on"]["name"], newest["did"]) == ("Gave 1 contact to Ben", "undone")


def _told(page) -> str:
    return re.sub(r"<[^>]*>", " ", page.content.decode())
