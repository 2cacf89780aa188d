"""Columns of tags: proposed, given, given once more, and taken off again."""

from __future__ import annotations

import html

import pytest

from leadline.engine.importers import Mapping
from leadline.web.actions import contacts
from leadline.web.actions.importing import proposals, uploads
from leadline.web.models import AuditEntry, Contact, Field, ImportChange, Tag
from tests.web.conftest import NOW
from tests.web.importing.conftest import take_in, undo, upload
from tests.web.importing.test_pages import BACKEND

pytestmark = [pytest.mark.django_db, pytest.mark.both]

MAILCHIMP = (
    "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,LEID,EUID,TAGS\n"
    'ann@x.org,Ann,Abel,2,2026-01-03 09:30:00,1,a1,"""VIP"",""Berlin, Mitte"""\n'
    'bob@x.org,Bob,Bell,2,2026-01-04 09:30:00,2,a2,"""VIP"""\n'
    "cem@x.org,Cem,Cora,2,2026-01-05 09:30:00,3,a3,\n"
)
HUBSPOT = (
    "Record ID,First Name,Last Name,Email,List memberships\n"
    "1,Ann,Abel,ann@x.org,Newsletter; Fair 2026\n"
    "2,Bob,Bell,bob@x.org,Newsletter\n"
)
PIPEDRIVE = (
    "Person - ID,Person - Name,Person - Email,Person - Label\n"
    '1,Ann Abel,ann@x.org,"Hot lead, Press"\n'
    "2,Bob Bell,bob@x.org,Cold lead\n"
)


def tags():
    return {one.name: sorted(one.tags.values_list("name", flat=True)) for one in Contact.objects.all()}


def look(user, name, text):
    folder, kept = uploads.keep([upload(name, text)])
    return proposals.look(user, folder, kept, Mapping(), NOW)


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        (MAILCHIMP, "TAGS", {"Ann Abel": ["Berlin, Mitte", "VIP"], "Bob Bell": ["VIP"], "Cem Cora": []}),
        (HUBSPOT, "List memberships", {"Ann Abel": ["Fair 2026", "Newsletter"], "Bob Bell": ["Newsletter"]}),
        (PIPEDRIVE, "Person - Label", {"Ann Abel": ["Hot lead", "Press"], "Bob Bell": ["Cold lead"]}),
        ("name,tags\nAnn,a | b|a\nBob,'=1\n", "tags", {"Ann": ["a", "b"], "Bob": ["=1"]}),
    ],
)
def test_a_column_of_tags_becomes_tags_by_itself(funnels, owner, text, column, expected):
    shown = look(owner, "people.csv", text)
    [file] = shown["mapping"]["files"]
    assert file["columns"][column]["means"] == "tags"
    assert shown["tags"] == sum(bool(words) for words in expected.values())
    take_in(owner, {"people.csv": text})
    assert tags() == expected
    assert not Field.objects.filter(label__iexact=column).exists()


def test_another_import_adds_tags_and_takes_none_away(funnels, owner, actor):
    take_in(owner, {"people.csv": "contact id,name,email,tags\n1,Ann,ann@x.org,old\n2,Bob,bob@x.org,\n"})
    ann = Contact.objects.get(key="1")
    contacts.set_tags(actor, ann, ["old", "by hand"])
    record = take_in(owner, {"people.csv": "contact id,name,email,tags\n1,Ann,ann@x.org,old;new\n"})
    assert tags() == {"Ann": ["by hand", "new", "old"], "Bob": []}
    assert record.counts["tagged"] == record.counts["changed"] == 1
    told = AuditEntry.objects.get(action="import.updated", record=f"contact:{ann.pk}")
    assert told.after == {"tags": ["new"]}
    undo(owner, record)
    assert tags() == {"Ann": ["by hand", "old"], "Bob": []}
    assert set(Tag.objects.values_list("name", flat=True)) == {"old", "by hand"}


def test_undoing_takes_whoever_was_made_with_their_tags_and_leaves_whoever_was_tagged_by_hand(
    funnels, owner, actor
):
    record = take_in(
        owner, {"people.csv": "contact id,name,email,tags\n1,Ann,a@x.org,fair\n2,Bob,b@x.org,fair\n"}
    )
    assert record.counts["tagged"] == 2
    contacts.set_tags(actor, Contact.objects.get(key="2"), ["fair", "by hand"])
    undo(owner, record)
    assert tags() == {"Bob": ["by hand"]}
    assert not ImportChange.objects.exists()
    assert [one.name for one in Tag.objects.all()] == ["by hand"]


def test_a_tag_that_is_too_long_is_left_out_and_listed(funnels, owner):
    text = f"name,email,tags\nAnn,ann@x.org,short;{'x' * 61}\n"
    record = take_in(owner, {"people.csv": text})
    assert tags() == {"Ann": ["short"]}
    assert record.counts["unused"] == 1


def test_tags_of_deals_are_no_tags_of_people(funnels, owner):
    text = "Deal ID,Deal name,Contact email,Amount,Close date,Deal stage,Tags\n"
    text += "1,Big,ann@x.org,100,2026-01-05,Closed won,a;b\n2,Small,bob@x.org,50,2026-01-06,Closed lost,a\n"
    take_in(owner, {"deals.csv": text})
    assert not Tag.objects.exists()


def test_a_tag_with_a_comma_stays_one_when_somebody_edits_the_tags(client, funnels, owner):
    take_in(owner, {"people.csv": MAILCHIMP})
    ann = Contact.objects.get(name="Ann Abel")
    client.force_login(owner, backend=BACKEND)
    page = html.unescape(client.get(f"/contacts/{ann.pk}/edit/").content.decode())
    assert 'value=""Berlin, Mitte", VIP"' in page
    client.post(f"/contacts/{ann.pk}/edit/", {"tags": '"Berlin, Mitte", VIP, new', "was-tags": "x"})
    assert tags()["Ann Abel"] == ["Berlin, Mitte", "VIP", "new"]
