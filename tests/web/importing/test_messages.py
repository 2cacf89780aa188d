"""Chats: who of those that wrote is us is known or asked, and what is asked keeps what was proposed."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.urls import reverse

from leadline.engine.importers import Mapping
from leadline.web.actions.importing import proposals, uploads
from leadline.web.jobs.worker import now
from leadline.web.models import Contact, Import, Touch
from tests.web.conftest import NOW
from tests.web.importing.conftest import take_in, undo, upload, work

pytestmark = pytest.mark.django_db

CHAT = """[24.12.25, 18:05:01] Ann Abel: Hi
[24.12.25, 18:06:01] Kim: Hello
[24.12.25, 18:07:01] Ann Abel: Fine
"""
EITHER = "Name,Email,Created\nAnn,ann@x.org,10/09/2025\nBob,bob@x.org,12/09/2025\n"


class Form(HTMLParser):
    """What a browser sends of the form of meanings, as it was drawn: no box that isn't ticked."""

    def __init__(self, page):
        super().__init__()
        self.fields, self.boxes, self._inside, self._select = {}, [], False, ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self._inside = given.get("id") == "meanings"
        name = given.get("name", "")
        if not self._inside or name.startswith("csrf"):
            return
        if tag == "select":
            self._select = name
            self.fields[name] = ""
        elif tag == "option" and "selected" in given and self._select:
            self.fields[self._select] = given["value"]
        elif tag == "input" and given.get("type") == "checkbox":
            self.boxes.append(given["value"])
            if "checked" in given:
                self.fields.setdefault(name, []).append(given["value"])
        elif tag == "input" and name:
            self.fields[name] = given.get("value", "")

    def handle_endtag(self, tag):
        if tag == "select":
            self._select = ""


def happened():
    return list(Touch.objects.order_by("happened_at").values_list("contact__name", "kind", "note"))


@pytest.fixture
def signed_in(client, funnels, owner):
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_who_we_are_is_asked_answered_by_a_tick_and_the_messages_are_taken_in(signed_in):
    page = signed_in.post(reverse("imports"), {"files": [upload("_chat.txt", CHAT)]}, follow=True)
    record = Import.objects.get()
    form = Form(page.content.decode())
    assert form.boxes == ["Ann Abel", "Kim"]
    assert "which of those who wrote these messages is you" in page.content.decode()
    assert form.fields["shape-0"] == "messages"
    answered = {**form.fields, "we": ["Kim"]}
    page = signed_in.post(reverse("import-meanings", args=[record.pk]), answered, follow=True)
    form = Form(page.content.decode())
    assert form.fields["we"] == ["Kim"]
    signed_in.post(reverse("import-run", args=[record.pk]), form.fields)
    work(now)
    assert happened() == [
        ("Ann Abel", "chatted", "Hi"),
        ("Ann Abel", "messaged", "Hello"),
        ("Ann Abel", "replied", "Fine"),
    ]


def test_whoever_has_an_account_here_is_us(funnels, owner):
    owner.name = "Kim"
    owner.save()
    record = take_in(owner, {"_chat.txt": CHAT})
    assert record.mapping["we"] == ["Kim"]
    assert [kind for _, kind, _ in happened()] == ["chatted", "messaged", "replied"]
    undo(owner, record)
    assert not Touch.objects.filter(in_force=True).exists()


def test_a_chat_is_of_the_contact_of_that_name(funnels, owner):
    there = Contact.objects.create(name="Ann Abel", owner=owner)
    take_in(owner, {"_chat.txt": CHAT}, Mapping(we=("Kim",)))
    assert set(Touch.objects.values_list("contact", flat=True)) == {there.pk}


def test_what_comes_first_in_a_date_is_answered_without_losing_what_columns_mean(signed_in):
    page = signed_in.post(reverse("imports"), {"files": [upload("list.csv", EITHER)]}, follow=True)
    record = Import.objects.get()
    form = Form(page.content.decode())
    answered = {**form.fields, "date_order": "dmy"}
    signed_in.post(reverse("import-meanings", args=[record.pk]), answered)
    record.refresh_from_db()
    assert record.counts["look"]["found"] == {"new": 2}


def test_a_question_is_told_to_programs_as_data(funnels, owner):
    folder, kept = uploads.keep([upload("_chat.txt", CHAT)])
    look = proposals.look(owner, folder, kept, Mapping(), NOW)
    assert (look["code"], look["writers"]) == ("unknown-writers", ["Ann Abel", "Kim"])
