"""Who opted out in another program is asked for nothing here: dated as the file says, else today."""

from __future__ import annotations

import pytest

from leadline.engine.instants import to_instant
from leadline.web import warehouse
from leadline.web.actions import touches
from leadline.web.actions.acting import Actor
from leadline.web.actions.importing import imports, proposals, uploads
from leadline.web.models import Contact, Standing, Touch
from tests.web.conftest import NOW
from tests.web.importing.conftest import take_in, undo, upload, work

pytestmark = pytest.mark.django_db
LATER = NOW + 86_400_000_000


def told():
    rows = Touch.objects.filter(in_force=True, retracts=None).order_by("contact__name", "id")
    return list(rows.values_list("contact__name", "kind", "happened_at"))


def of_people(header, cells):
    names = ("Ann", "Bob", "Cem", "Dan")
    rows = zip(names, cells, strict=True)
    return f"Name,Email,{header}\n" + "".join(f"{name},{name.lower()}@x.org,{cell}\n" for name, cell in rows)


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Email Opt Out", ("1", "0", "1", "0")),
        ("HasOptedOutOfEmail", ("true", "false", "true", "false")),
        ("Do Not Call", ("x", "", "x", "")),
        ("Unsubscribed from all email", ("Yes", "", "Yes", "No")),
        ("Opted out of email", ("Opted out", "Opted in", "Opted out", "")),
        ("Abgemeldet", ("ja", "nein", "ja", "nein")),
        ("Désabonné", ("oui", "non", "oui", "non")),
        ("No llamar", ("sí", "no", "sí", "no")),
        ("Disiscritto", ("sì", "no", "sì", "no")),
        ("Subscription status", ("unsubscribed", "subscribed", "cleaned", "non-subscribed")),
    ],
)
def test_yes_opts_out_on_the_day_of_the_import_and_no_makes_nothing(funnels, owner, header, cells):
    take_in(owner, {"people.csv": of_people(header, cells)})
    assert told() == [("Ann", "opted_out", NOW), ("Cem", "opted_out", NOW)]
    assert Contact.objects.count() == 4


def test_whoever_opted_out_stands_where_nobody_is_asked(funnels, owner):
    record = take_in(owner, {"people.csv": of_people("Unsubscribed", ("yes", "no", "", ""))})
    ann = Contact.objects.get(name="Ann")
    for slug, funnel in warehouse.funnels().items():
        standing = Standing.objects.filter(contact=ann, funnel=slug).values_list("stage", flat=True)
        roles = {funnel.stages[stage - 1].role for stage in standing if stage}
        assert roles <= {"left"}
    undo(owner, record)
    assert told() == []


def test_with_a_day_it_is_dated_then_and_recorded_once(funnels, owner):
    text = "Email,First Name,Unsubscribed,UNSUB_TIME\nann@x.org,Ann,yes,2026-02-03 10:00:00\n"
    text += "bob@x.org,Bob,no,\ncem@x.org,Cem,yes,\n"
    take_in(owner, {"people.csv": text})
    assert told() == [
        ("Ann", "unsubscribed", to_instant("2026-02-03T10:00:00+00:00")),
        ("Cem", "opted_out", NOW),
    ]


def test_mailchimps_list_of_the_unsubscribed_says_when(funnels, owner):
    text = (
        "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,UNSUB_TIME,"
        "UNSUB_CAMPAIGN_TITLE,UNSUB_REASON,LEID,EUID,NOTES,TAGS\n"
        "ann@x.org,Ann,Abel,2,2025-01-03 09:30:00,2025-01-03 09:30:00,2026-02-03 10:00:00,Winter,"
        'NORMAL,1,a1,,"""VIP"""\n'
        "bob@x.org,Bob,Bell,2,2025-01-04 09:30:00,2025-01-04 09:30:00,2026-02-04 10:00:00,Spring,"
        "NORMAL,2,a2,,\n"
    )
    take_in(owner, {"unsubscribed_members_export.csv": text})
    out = [one for one in told() if one[1] == "unsubscribed"]
    assert out == [
        ("Ann Abel", "unsubscribed", to_instant("2026-02-03T10:00:00+00:00")),
        ("Bob Bell", "unsubscribed", to_instant("2026-02-04T10:00:00+00:00")),
    ]


def test_the_same_list_tomorrow_says_nothing_new_unless_they_came_back(funnels, owner, actor):
    text = of_people("Email Opt Out", ("1", "1", "0", "0"))
    take_in(owner, {"people.csv": text})
    touches.record(actor, Contact.objects.get(name="Bob"), "subscribed", NOW + 1)
    folder, kept = uploads.keep([upload("people.csv", text)])
    tomorrow = Actor.of(owner, LATER)
    record = imports.propose(
        tomorrow, folder, kept, proposals.look(owner, folder, kept, imports.Mapping(), LATER)
    )
    imports.start(tomorrow, record)
    work(lambda: LATER)
    assert told() == [
        ("Ann", "opted_out", NOW),
        ("Bob", "opted_out", NOW),
        ("Bob", "subscribed", NOW + 1),
        ("Bob", "opted_out", LATER),
    ]


def test_the_preview_says_who_opts_out_and_since_when(funnels, owner):
    text = of_people("Marketing contact status", ("Marketing contact", "Non-marketing contact", "", ""))
    text = text.replace("Marketing contact status", "Marketing contact status,Email Opt Out")
    text = text.replace("ann@x.org,Marketing contact", "ann@x.org,Marketing contact,1")
    text = text.replace("Non-marketing contact", "Non-marketing contact,0").replace("org,\n", "org,,0\n")
    folder, kept = uploads.keep([upload("people.csv", text)])
    shown = proposals.look(owner, folder, kept, imports.Mapping(), NOW)
    assert shown["kinds"] == [("opted_out", 1)]
    said = " ".join(shown["notes"])
    assert "1 contact asked not to be contacted, and the files don’t say since when: dated today" in said
    assert "In 1 row somebody is no marketing contact" in said
