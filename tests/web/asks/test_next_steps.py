"""Next steps: who is to be asked, answered, followed up; worked out by hand."""

from __future__ import annotations

from datetime import date

import pytest

from leadline.engine.instants import DAY
from leadline.web.actions import agenda, reminders, settling, tasks, touches
from leadline.web.errors import Conflict, Invalid
from leadline.web.knowing import waiting
from leadline.web.models import NextStep, Task
from tests.web.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def steps(contact) -> dict[str, int]:
    """What is open, and how many days ago it opened."""
    return {one.sort: (NOW - one.since) // DAY for one in NextStep.objects.filter(contact=contact)}


@pytest.mark.parametrize(
    ("life", "expected"),
    [
        ([], {}),
        (["liked"], {"follow": 1}),
        (["downloaded", "mailed"], {"follow": 2}),  # a newsletter turns to nobody
        (["downloaded", "messaged"], {}),
        (["requested_info"], {"reply": 1}),
        (["requested_info", "messaged"], {}),
        (["booked"], {}),  # they wait for the appointment, and for no reply
        (["met", "replied", "booked"], {"ask": 2}),
        (["downloaded", "booked"], {}),
        (["met"], {"ask": 1}),
        (["met", "messaged", "replied"], {"ask": 1, "reply": 1}),
        (["replied", "messaged"], {"ask": 2}),
        (["replied", "told_need"], {"ask": 2, "reply": 2}),  # a fact is no word
        (["had_meeting"], {"ask": 1}),
        (["had_meeting", "asked"], {}),
        (["asked", "said_no", "called"], {"reply": 1}),  # was asked once
        (["met", "bought"], {}),
        (["met", "opted_out"], {}),
        (["met", "opted_out", "called"], {"ask": 1, "reply": 1}),
        (["liked", "unsubscribed"], {}),
        (["scanned", "auto_replied"], {}),
        (["listed", "cold_called"], {}),
    ],
)
def test_next_steps_follow_from_what_happened(funnels, actor, contact, life, expected):
    for place, kind in enumerate(life):
        touches.record(actor, contact, kind, NOW - (len(life) - place) * DAY)
    assert steps(contact) == expected
    NextStep.objects.all().delete()
    settling.settle([contact.pk], NOW)
    assert steps(contact) == expected


def test_a_word_that_is_still_to_come_waits_for_no_reply_today(funnels, actor, contact, owner):
    touches.record(actor, contact, "called", NOW + DAY // 2)
    assert NextStep.objects.filter(contact=contact, sort="reply").exists()
    today = agenda.sections(owner, "", date(2026, 3, 2), NOW)
    assert agenda.count_of(today, 10)["reply"] == 0
    tomorrow = agenda.sections(owner, "", date(2026, 3, 3), NOW + DAY)
    assert [one.contact for one in agenda.first_of(tomorrow, 10)["reply"]] == [contact]


@pytest.mark.parametrize(("days", "waits"), [(59, 1), (61, 0)])
def test_the_list_of_those_who_wait_for_a_reply_has_whom_today_has(
    funnels, actor, contact, owner, days, waits
):
    touches.record(actor, contact, "replied", NOW - days * DAY)
    today = agenda.sections(owner, "", date(2026, 3, 2), NOW)
    assert agenda.count_of(today, 10)["reply"] == waits
    assert waiting("reply", NOW).count() == waits


def test_what_is_put_off_stays_so_until_something_new_happens(funnels, actor, contact):
    touches.record(actor, contact, "replied", NOW - 3 * DAY)
    step = NextStep.objects.get(sort="reply")
    reminders.put_off(actor, step, date(2026, 3, 9))
    touches.record(actor, contact, "told_need", NOW - 2 * DAY)
    assert NextStep.objects.get(sort="reply").quiet_until == date(2026, 3, 9)
    touches.record(actor, contact, "replied", NOW - DAY)
    assert NextStep.objects.get(sort="reply").quiet_until is None
    with pytest.raises(Invalid):
        reminders.put_off(actor, step, date(2026, 3, 2))


def test_a_task_is_done_once(actor, owner):
    task = Task.objects.create(title="Call Maud", owner=owner, due_on=date(2026, 3, 1))
    reminders.put_off(actor, task, date(2026, 3, 5))
    assert tasks.finish_task(actor, task).done_at is not None
    with pytest.raises(Conflict):
        tasks.finish_task(actor, task)
    assert tasks.reopen_task(actor, task).done_at is None
