"""Activities of other programs: what was done happened, what is not done is to be done."""

# ruff: noqa: E501 (rows of files are as long as they are)

from __future__ import annotations

from datetime import date

import pytest

from leadline.engine.instants import to_instant
from leadline.web.actions import tasks
from leadline.web.models import Contact, Task, Touch
from tests.web.conftest import NOW
from tests.web.importing.conftest import take_in, undo

pytestmark = pytest.mark.django_db

PIPEDRIVE = """Subject,Type,Done,Due date,Contact person,Email,Organization,Assigned to user,Marked as done time,Add time,Note
Intro,Call,Done,2026-01-05,Ann Abel,ann@x.org,Acme,Ada,2026-01-05 10:35:00,2026-01-01 09:00:00,Went well
Our offer,Email,Done,2026-01-06,Ann Abel,ann@x.org,Acme,Ada,2026-01-06 11:00:00,2026-01-01 09:00:00,
Prepare,Task,Done,2026-01-06,Ann Abel,ann@x.org,Acme,Ada,2026-01-06 12:00:00,2026-01-01 09:00:00,
Lunch with Bob,Lunch,To do,2026-09-06,Bob Bell,bob@x.org,,Ada,,2026-01-01 09:00:00,
Show it,Demo,Done,2026-01-07,Bob Bell,bob@x.org,,Ada,2026-01-07 09:00:00,2026-01-01 09:00:00,
"""
SALESFORCE = """Id,WhoId,WhatId,Subject,ActivityDate,Status,Priority,OwnerId,Description,IsClosed,CreatedDate,CallType,CallDisposition,TaskSubtype,CompletedDateTime
00T1,0031,0061,Call: budget,2026-01-05,Completed,Normal,Ada,,true,2026-01-01T09:00:00Z,Outbound,Connected,Call,2026-01-05T10:35:00Z
00T2,0031,,Re: offer,2026-01-06,Completed,Normal,Ada,,true,2026-01-01T09:00:00Z,,,Email,2026-01-06T11:00:00Z
00T3,0032,,Call,2026-01-07,Completed,Normal,Ada,,true,2026-01-01T09:00:00Z,Outbound,No answer,Call,2026-01-07T11:00:00Z
00T4,0032,,Send contract,2026-09-07,Not Started,High,Ada,,false,2026-01-01T09:00:00Z,,,Task,
"""
EVENTS = """WhoId,Subject,StartDateTime,EndDateTime,EventSubtype,OwnerId,Description
0031,Kick-off,2026-01-08T10:00:00Z,2026-01-08T11:00:00Z,Event,Ada,All there
0031,Review,2026-09-08T10:00:00Z,2026-09-08T11:00:00Z,Event,Ada,
"""
CALLS = """Record ID,Call Title,Activity date,Call direction,Call outcome,Call notes,Activity assigned to,Associated Contact IDs
1,Hello,2026-01-05 10:00,Outbound,Connected,Liked it,Ada,501
2,Hello again,2026-01-06 10:00,Inbound,Connected,,Ada,501
3,Hello?,2026-01-07 10:00,Outbound,Left voicemail,,Ada,502
"""
MEETINGS = """Record ID,Meeting name,Meeting start time,Meeting outcome,Meeting description,Activity assigned to,Associated Contact IDs
1,Demo,2026-01-05 10:00,Completed,,Ada,501
2,Follow-up,2026-01-06 10:00,No show,,Ada,501
3,Signing,2026-09-07 10:00,Scheduled,,Ada,501
"""
EMAILS = """Record ID,Email subject,Activity date,Email direction,Email body,Activity assigned to,Associated Contact IDs
1,Our offer,2026-01-05 10:00,Outgoing email,,Ada,501
2,Re: Our offer,2026-01-06 10:00,Incoming email,,Ada,501
"""


def happened():
    rows = Touch.objects.order_by("happened_at").values_list("kind", "happened_at", "note", "actor")
    return [(kind, at, note, actor) for kind, at, note, actor in rows]


def to_do():
    return list(Task.objects.order_by("id").values_list("contact__key", "title", "due_on", "owner__name"))


def at(text):
    return to_instant(f"{text}:00+00:00")


def test_activities_of_pipedrive(funnels, owner):
    record = take_in(owner, {"activities.csv": PIPEDRIVE})
    assert record.state == "done", record.error
    assert happened() == [
        ("called", at("2026-01-05T10:35"), "Intro: Went well", "Ada"),
        ("messaged", at("2026-01-06T11:00"), "Our offer", "Ada"),
        ("demoed", at("2026-01-07T09:00"), "Show it", "Ada"),
    ]
    [(_, title, due, who)] = to_do()
    assert (title, due, who) == ("Lunch with Bob", date(2026, 9, 6), "Ada")
    assert record.counts["unused"] == 1
    assert record.counts["tasks"] == 1
    assert Contact.objects.get(name="Ann Abel").company.name == "Acme"


def test_tasks_of_salesforce(funnels, owner):
    record = take_in(owner, {"Task.csv": SALESFORCE})
    assert happened() == [
        ("called", at("2026-01-05T10:35"), "Call: budget", "Ada"),
        ("messaged", at("2026-01-06T11:00"), "Re: offer", "Ada"),
    ]
    assert to_do() == [("0032", "Send contract", date(2026, 9, 7), "Ada")]
    assert record.counts["unused"] == 1, "nobody was reached"


def test_events_of_salesforce_happened_unless_they_are_to_come(funnels, owner):
    record = take_in(owner, {"Event.csv": EVENTS})
    assert happened() == [("had_meeting", at("2026-01-08T10:00"), "Kick-off: All there", "Ada")]
    assert to_do() == [("0031", "Review", date(2026, 9, 8), "Ada")]
    assert record.counts["unused"] == 0


@pytest.mark.parametrize(
    ("text", "expected", "tasks", "unused"),
    [
        (
            CALLS,
            [("called", "2026-01-05T10:00", "Hello: Liked it"), ("called", "2026-01-06T10:00", "Hello again")],
            [],
            1,
        ),
        (MEETINGS, [("had_meeting", "2026-01-05T10:00", "Demo")], ["Signing"], 1),
        (
            EMAILS,
            [("messaged", "2026-01-05T10:00", "Our offer"), ("replied", "2026-01-06T10:00", "Re: Our offer")],
            [],
            0,
        ),
    ],
)  # fmt: skip
def test_calls_meetings_and_emails_of_hubspot(funnels, owner, text, expected, tasks, unused):
    record = take_in(owner, {"export.csv": text})
    assert happened() == [(kind, at(day), note, "Ada") for kind, day, note in expected]
    assert [title for _, title, _, _ in to_do()] == tasks
    assert record.counts["unused"] == unused


def test_the_same_activities_again_write_nothing_twice_and_undoing_takes_what_is_not_done(
    funnels, owner, actor
):
    first = take_in(owner, {"Task.csv": SALESFORCE})
    second = take_in(owner, {"Task.csv": SALESFORCE + "\n"})
    assert (Touch.objects.count(), Task.objects.count()) == (2, 1)
    undo(owner, second)
    assert (Touch.objects.count(), Task.objects.count()) == (2, 1)
    undo(owner, first)
    assert (Touch.objects.count(), Task.objects.count(), Contact.objects.count()) == (0, 0, 0)
    third = take_in(owner, {"Task.csv": SALESFORCE})
    tasks.finish_task(actor, Task.objects.get())
    undo(owner, third)
    assert [one.key for one in Contact.objects.all()] == ["0032"], "somebody did what there was to do"
    assert Task.objects.get().done_at.timestamp() * 1e6 == NOW
