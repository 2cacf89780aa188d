"""What a program did, it can undo: edits, touches, refunds, what it put off and what it dropped."""

from __future__ import annotations

import os
from datetime import date
from urllib.parse import quote

import pytest

from leadline.engine.instants import DAY, to_datetime
from leadline.web.actions import backups, contacts, notes, offers, plans
from leadline.web.models import (
    AuditEntry,
    Capacity,
    Contact,
    Contract,
    Goal,
    Job,
    Note,
    Offer,
    Purchase,
    Task,
    Touch,
)
from tests.web.conftest import NOW

pytestmark = pytest.mark.django_db


def test_an_edit_is_undone_by_its_entry_and_the_undoing_too(program):
    number = program.post("/contacts", {"name": "Ida"}).json()["id"]
    program.patch(f"/contacts/{number}", {"name": "Ida", "job_title": "Cook"})
    edit = program.get(f"/changes?record=contact:{number}&action=contact.changed").json()["items"][0]
    assert edit["undoable"] is True
    assert program.post("/changes/undo", {"first": edit["id"]}).json() == {"undone": 1, "left": 0}
    assert (Contact.objects.get().name, Contact.objects.get().job_title) == ("Ida", "")
    newest = program.get(f"/changes?record=contact:{number}&action=contact.changed").json()["items"][0]
    program.post("/changes/undo", {"first": newest["id"]})
    assert Contact.objects.get().job_title == "Cook"


def test_all_that_one_change_of_many_did_is_undone_at_once(program, actor):
    numbers = [contacts.create_contact(actor, name).pk for name in ("Ida", "Jo", "Max")]
    mark = AuditEntry.objects.latest("pk").pk
    program.post("/contacts/tags", {"where": {}, "add": ["warm"]})
    last = AuditEntry.objects.latest("pk").pk
    assert program.post("/changes/undo", {"first": mark + 1, "last": last}).json() == {"undone": 3, "left": 0}
    assert not Contact.objects.filter(pk__in=numbers, tags__name="warm").exists()


def test_nobody_undoes_what_they_do_not_see_nor_notes_without_their_scope(program_of, owner, member, actor):
    hidden = contacts.create_contact(actor, "Hidden")
    contacts.edit_contact(actor, hidden, name="Other")
    notes.write_note(actor, hidden, "Likes tea.")
    edit, note = (AuditEntry.objects.get(action=name).pk for name in ("contact.changed", "note.written"))
    refused = program_of(member).post("/changes/undo", {"first": edit})
    assert refused.status_code == 404
    no_notes = program_of(owner, "contacts:write")
    assert no_notes.post("/changes/undo", {"first": note}).status_code == 403
    made = AuditEntry.objects.get(action="contact.made").pk
    assert program_of(owner).post("/changes/undo", {"first": made}).status_code == 404
    assert Contact.objects.get().name == "Other"
    assert Note.objects.count() == 1


def test_what_was_recorded_together_goes_together_with_its_purchase(program, contact, funnels, clock):
    made = program.post(f"/contacts/{contact.pk}/happened", {"kinds": ["met", "bought"]}).json()
    assert [one["kind"] for one in made] == ["met", "bought"]
    assert Purchase.objects.count() == 1
    undone = program.post(f"/contacts/{contact.pk}/happened/undo", {"touch": made[0]["id"]})
    assert undone.json() == {"taken_back": 2}
    assert not Purchase.objects.exists()
    assert program.get(f"/contacts/{contact.pk}").json()["stages"]["voltage"] == "stranger"
    again = program.post(f"/contacts/{contact.pk}/happened/undo", {"touch": made[0]["id"]})
    assert again.status_code == 409


def test_an_ask_that_was_made_at_the_same_instant_is_not_taken_back_with_it(program, contact, funnels, clock):
    touch = program.post("/touches", {"contact": contact.pk, "kind": "met"}).json()["id"]
    program.post("/asks", {"contact": contact.pk, "title": "A year"})
    refused = program.post(f"/contacts/{contact.pk}/happened/undo", {"touch": touch})
    assert (refused.status_code, Touch.objects.filter(in_force=False).exists()) == (409, False)


def test_neither_a_touch_of_a_record_nor_its_retraction_is_taken_back_alone(program, contact, funnels, clock):
    ask = program.post("/asks", {"contact": contact.pk, "title": "A year"}).json()
    assert program.post(f"/touches/{ask['touch']}/retract").status_code == 409
    program.post(f"/asks/{ask['id']}/withdraw")
    retraction = Touch.objects.get(retracts=ask["touch"])
    assert program.post(f"/touches/{retraction.pk}/retract").status_code == 409
    counted = program.post(
        "/audiences", {"path": "content", "kind": "posted", "day": "2026-03-01", "n": 9}
    ).json()
    of_it = Touch.objects.get(origin=f"audience:{counted['id']}")
    assert program.post(f"/touches/{of_it.pk}/retract").status_code == 409


def test_a_refund_that_never_was_lets_the_contract_go_on(program, contact, funnels, clock):
    given = {"contact": contact.pk, "value": 5000, "currency": "EUR", "renews_on": "2027-03-02"}
    bought = program.post("/purchases", given).json()
    refund = program.post(f"/purchases/{bought['id']}/refund", {}).json()
    assert Contract.objects.get().ended_on == date(2026, 3, 2)
    address = f"/purchases/{bought['id']}/refunds/{refund['id']}/undo"
    assert program.post(address).status_code == 204
    assert Contract.objects.get().ended_on is None
    assert program.post(address).status_code == 409
    sale = Touch.objects.get(kind="bought")
    assert program.post(f"/purchases/{bought['id']}/refunds/{sale.pk}/undo").status_code == 409


def test_what_was_put_off_comes_back_on_its_day(program, clock):
    task = program.post("/tasks", {"title": "Call", "due_on": "2026-03-04"}).json()["id"]
    off = program.post("/today/later", {"what": "task", "id": task, "until": "2026-04-01"}).json()
    assert (off["due_on"], off["before"]) == ("2026-04-01", "2026-03-04")
    program.post("/today/back", {"what": "task", "id": task, "on": off["before"]})
    assert Task.objects.get().due_on == date(2026, 3, 4)
    program.post("/today/back", {"what": "task", "id": task, "on": None})
    assert Task.objects.get().due_on is None


def test_a_goal_comes_back_with_the_hour_at_which_it_was_set(program, actor, clock):
    goal = plans.set_goal(actor, date(2027, 1, 1), 5)
    Goal.objects.update(set_at=to_datetime(NOW - 9 * DAY + 123))
    kept = program.delete(f"/goals/{goal.pk}").json()["restore"]
    assert not Goal.objects.exists()
    assert program.post("/plans/restore", {"restore": kept}).status_code == 204
    assert (Goal.objects.get().pk, Goal.objects.get().set_at) == (goal.pk, to_datetime(NOW - 9 * DAY + 123))
    assert program.post("/plans/restore", {"restore": kept}).status_code == 409
    assert program.post("/plans/restore", {"restore": kept[:-1] + "x"}).status_code == 422


def test_capacities_costs_and_counts_come_back(program, clock):
    since = {"since": "2026-03-01"}
    rows = {
        "capacities": since | {"clients_a_month": 4.5},
        "costs": since | {"path": "content", "until": "2026-03-31", "amount": 5000, "currency": "EUR"},
        "audiences": {"path": "content", "kind": "posted", "day": "2026-03-01", "n": 9},
    }
    for what, given in rows.items():
        made = program.post(f"/{what}", given).json()
        kept = program.delete(f"/{what}/{made['id']}").json()["restore"]
        assert program.get(f"/{what}").json()["items"] == []
        program.post("/plans/restore", {"restore": kept})
        [there] = program.get(f"/{what}").json()["items"]
        assert there | {"id": 0} == made | {"id": 0}
    assert Capacity.objects.get().clients_a_month == 4.5
    assert Touch.objects.filter(n=9, in_force=True, retracts=None).count() == 1


def test_an_offer_is_sold_no_more_and_again(program, actor):
    offer = offers.declare(actor, offers.Terms("Coaching", price=5000, currency="EUR"))
    for active in (False, True):
        assert program.patch(f"/offers/{offer.pk}", {"active": active}).json()["active"] is active
        assert Offer.objects.get().active is active
    assert Offer.objects.get().price == 5000


def test_a_backup_is_made_listed_taken_away_and_removed(program, settings, tmp_path, clock):
    settings.HOME = tmp_path
    assert program.post("/backups").json() == {"items": [], "coming": True, "problem": ""}
    assert program.post("/backups").status_code == 409
    job = Job.objects.get(kind=backups.KIND)
    Job.objects.update(failed_at=to_datetime(NOW), last_error="No space left on device")
    told = program.get("/backups").json()
    assert (told["coming"], told["problem"]) == (False, "No space left on device")
    backups.folder().mkdir()
    (backups.folder() / job.payload["name"]).write_bytes(b"everything")
    [kept] = program.get("/backups").json()["items"]
    assert (kept["name"], kept["size"]) == (job.payload["name"], 10)
    answer = program.get(f"/backups/{kept['name']}")
    assert b"".join(answer.streaming_content) == b"everything"
    assert answer.headers["Cache-Control"] == "no-store"
    assert program.get(f"/backups/{quote(f'..{os.sep}leadline.sqlite3', safe='')}").status_code == 404
    assert program.delete(f"/backups/{kept['name']}").status_code == 204
    assert program.get(f"/backups/{kept['name']}").status_code == 404
    names = AuditEntry.objects.filter(record="backup:all").order_by("pk").values_list("action", flat=True)
    assert list(names) == ["backup.asked_for", "backup.taken", "backup.removed"]
