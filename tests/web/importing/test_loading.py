"""To take files in, many at once: what is written, what is found again, and what follows from it."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from leadline.engine.history import derive
from leadline.engine.importers import Mapping
from leadline.engine.instants import DAY, to_instant
from leadline.web import warehouse
from leadline.web.actions import touches
from leadline.web.actions.importing import proposals, uploads
from leadline.web.models import (
    Address,
    AuditEntry,
    Company,
    Contact,
    Field,
    Import,
    Standing,
    Team,
    Touch,
    User,
)
from tests.web.conftest import NOW
from tests.web.importing.conftest import CONTACTS, TOUCHES, take_in, upload

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def cache():
    """Where everybody stands by the cache."""
    return {
        (one.funnel, one.contact_id): (one.stage, one.step, one.entered_at, one.changes_at, one.cause_id)
        for one in Standing.objects.all()
    }


def rebuilt():
    """Where everybody stands by the engine, folded from all that is on record."""
    log, found = warehouse.every_touch(), {}
    for slug, funnel in warehouse.funnels().items():
        history = derive(log, funnel, NOW + 36_525 * DAY)
        found |= {(slug, number): (0, 0, 0, None, None) for number in set(log.contact.labels)}  # strangers
        for row in range(len(history)):
            if history.entered_at[row] <= NOW < history.left_at[row]:
                left, cause = int(history.left_at[row]), int(history.cause[row])
                found[slug, history.subjects[history.contact[row]]] = (
                    int(history.stage[row]),
                    int(history.step[row]),
                    int(history.entered_at[row]),
                    None if left == 2**63 - 1 else left,
                    log.id[cause] if cause >= 0 else None,
                )
    return found


def test_files_become_contacts_addresses_companies_fields_and_touches(funnels, owner, files):
    record = take_in(owner, files)
    assert record.state == Import.State.DONE, record.error
    assert {name: record.counts[name] for name in ("contacts", "companies", "touches", "changed")} == {
        "contacts": 3,
        "companies": 2,
        "touches": 5,
        "changed": 0,
    }
    ann = Contact.objects.get(key="a1")
    assert (ann.name, ann.job_title, ann.company.name, ann.owner) == ("Ann Abel", "CEO", "Acme", owner)
    assert sorted(ann.addresses.values_list("sort", "value")) == [
        ("email", "ann@x.org"),
        ("phone", "+49 30 1"),
    ]
    assert ann.fields == {"city": "Rome"}
    assert (ann.path, ann.last_touch_at) == ("networking", to_instant("2026-02-03T09:30:00+00:00"))
    bought = ann.touches.get(kind="bought")
    assert (bought.value, bought.currency, bought.recorded_by) == (120_050, "EUR", owner)
    assert bought.origin.startswith(f"import:{record.pk}:")
    assert bought.origin.endswith(":4")  # its line in the file
    assert Field.objects.get().label == "city"


def test_the_stages_are_those_of_a_rebuild(funnels, owner, files):
    take_in(owner, files)
    assert cache() == rebuilt()
    assert len(cache()) == 4  # two people with touches, two vocabularies


def test_the_same_files_twice_change_nothing(funnels, owner, files):
    take_in(owner, files)
    before = list(Touch.objects.values_list("id", flat=True)), cache()
    again = take_in(owner, files)
    assert (list(Touch.objects.values_list("id", flat=True)), cache()) == before
    assert (again.counts["contacts"], again.counts["changed"], again.counts["touches"]) == (0, 0, 0)
    assert again.counts["matched"] == {"key": 3}


def test_a_longer_export_adds_only_what_is_new(funnels, owner, files):
    take_in(owner, files)
    more = TOUCHES + "a3,met,2026-02-21T10:00:00Z,speaking,,\na1,replied,2026-02-22T10:00:00Z,email,,\n"
    record = take_in(owner, {"contacts.csv": CONTACTS, "newer.csv": more})
    assert record.counts["touches"] == 2
    assert Touch.objects.count() == 7
    assert cache() == rebuilt()
    assert Contact.objects.get(key="a3").path == "speaking"


def test_who_is_there_is_found_by_the_address_whatever_its_case(funnels, owner, actor, files):
    there = Contact.objects.create(name="Ann A.", owner=owner)
    Address.objects.create(contact=there, sort="email", value="Ann@X.org")
    touches.record(actor, there, "downloaded", NOW - 100 * DAY)
    record = take_in(owner, files)
    there.refresh_from_db()
    assert record.counts["matched"] == {"mail": 1}
    assert (there.name, there.key) == ("Ann Abel", "a1")
    assert there.touches.count() == 4
    assert cache() == rebuilt()
    entry = AuditEntry.objects.get(action="import.updated")
    assert (entry.before["name"], entry.after["name"]) == ("Ann A.", "Ann Abel")


def test_an_address_that_two_have_is_listed_and_nobody_is_guessed(funnels, owner, files):
    for name in ("One", "Two"):
        Address.objects.create(contact=Contact.objects.create(name=name), sort="email", value="bob@x.org")
    record = take_in(owner, files)
    assert record.counts["refused"] == 1
    assert not Contact.objects.filter(key="a2").exists()
    assert Touch.objects.count() == 3


def test_a_key_that_is_somebody_elses_here_is_listed(funnels, owner, files):
    there = Contact.objects.create(name="Zoe Zeiss", key="a1")
    Address.objects.create(contact=there, sort="email", value="zoe@y.org")
    record = take_in(owner, files)
    there.refresh_from_db()
    assert (record.counts["refused"], there.name, there.touches.count()) == (1, "Zoe Zeiss", 0)


def test_whom_a_manager_does_not_see_is_not_changed(funnels, owner, team, files):
    manager = type(owner).objects.create_user(
        "mia@example.org", "correct horse battery", role="manager", team=team
    )
    theirs = Contact.objects.create(name="Hidden", key="a1", owner=owner)
    record = take_in(manager, files)
    theirs.refresh_from_db()
    assert (theirs.name, record.counts["refused"]) == ("Hidden", 1)
    assert set(Contact.objects.exclude(pk=theirs.pk).values_list("team", flat=True)) == {team.pk}


def test_two_ids_of_one_address_stay_apart(funnels, owner):
    text = "contact id,name,email\n1,Ann,office@x.org\n2,Bob,office@x.org\n"
    for _ in range(2):
        take_in(owner, {"people.csv": text})
        assert sorted(Contact.objects.values_list("key", "name")) == [("1", "Ann"), ("2", "Bob")]


def test_a_day_to_come_is_refused_with_its_line(funnels, owner, files):
    late = TOUCHES + "a1,met,2031-01-01T00:00:00Z,,,\n"
    record = take_in(owner, files | {"touches.csv": late})
    assert (record.counts["touches"], record.counts["unused"]) == (5, 1)


def test_counts_of_people_without_names_are_touches_of_nobody_and_come_once(funnels, owner, files):
    crowd = "date,people reached,kind,path\n2026-01-01,1200,visited,content\n2026-01-02,900,visited,content\n"
    for _ in range(2):
        take_in(owner, files | {"crowd.csv": crowd})
    nobodys = Touch.objects.filter(contact=None).order_by("happened_at")
    assert list(nobodys.values_list("kind", "n", "path")) == [
        ("visited", 1200, "content"),
        ("visited", 900, "content"),
    ]


def test_a_company_that_is_there_is_not_made_again(funnels, owner, files):
    acme = Company.objects.create(name="Acme")
    take_in(owner, files)
    assert Contact.objects.get(key="a1").company == acme
    assert Company.objects.count() == 2


def manager_of(team):
    return User.objects.create_user("mia@example.org", "correct horse battery", role="manager", team=team)


def of_another_team(mail="", key=None):
    theirs = Contact.objects.create(
        name="Hidden Hal", key=key, team=Team.objects.get_or_create(name="South")[0]
    )
    if mail:
        Address.objects.create(contact=theirs, sort="email", value=mail)
    return theirs


def said_of(user, files):
    """All that somebody is told of files that they import: before, and after."""
    folder, kept = uploads.keep([upload(name, text) for name, text in files.items()])
    look = proposals.look(user, folder, kept, Mapping(), NOW)
    record = take_in(user, files)
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(f"/imports/{record.pk}/").content.decode()
    unused = client.get(f"/imports/{record.pk}/unused")
    left = b"".join(unused.streaming_content) if unused.streaming else unused.content
    own = rf"/imports/{record.pk}/|Import {record.pk}\b"
    return re.sub(f"{own}|{_MASKED}", "", f"{look} {record.counts} {page} {left.decode()}")


_MASKED = r"\b[A-Za-z0-9]{64}\b|nonce=.[^ >]+|'digest': '[^']+'|<time [^>]+>"
SHARED = "contact id,name,email\nd1,Dora One,dora@x.org\nd2,Dora Two,dora@x.org\n"


def test_of_whom_somebody_does_not_see_an_import_says_nothing(funnels, team, files):
    """Word for word the same is said of addresses that nobody has."""
    user = manager_of(team)
    of_another_team(mail="ann@x.org")
    of_another_team(mail="bob@x.org")
    of_another_team(mail="bob@x.org")  # an address that two have
    hidden = of_another_team(mail="dora@x.org")
    named = {**files, "more.csv": SHARED}

    def of_others(mark):
        """The same files of other people, with other keys and addresses."""
        texts = {name: text.replace("@x.org", f"@{mark}.org") for name, text in named.items()}
        return {name: re.sub(r"\b([a-d][1-9])\b", rf"\1{mark}", text) for name, text in texts.items()}

    for mark in "zw":  # the company and the fields of the files are there from now on, and two of each name
        take_in(user, of_others(mark))
    of_nobody = said_of(user, of_others("y")).replace("@y.org", "@x.org")
    told = said_of(user, named)
    assert re.sub(r"\b([a-d][1-9])y\b", r"\1", of_nobody) == told
    assert "Hidden" not in told
    assert hidden.touches.count() == 0
    assert Contact.objects.filter(addresses__value="dora@x.org", team=team).count() == 2


def test_a_key_of_whom_somebody_does_not_see_is_refused_and_that_is_all_that_is_said(funnels, team, files):
    user = manager_of(team)
    of_another_team(key="a1", mail="other@x.org")
    told = said_of(user, files)
    assert "the key “a1” can't be used in this import" in html.unescape(told)
    assert not re.search("Hidden|don't see|already|erased", html.unescape(told.partition("<main")[2]))
    Contact.objects.filter(key="a1").update(erased_at="2026-01-01T00:00:00Z", name="")
    assert said_of(user, files).count("the key “a1”") == told.count("the key “a1”")


def test_who_has_the_same_address_in_another_team_does_not_stand_between(funnels, team, files):
    mine = Contact.objects.create(name="Bob B.", team=team)
    Address.objects.create(contact=mine, sort="email", value="bob@x.org")
    theirs = of_another_team(mail="bob@x.org")
    record = take_in(manager_of(team), files)
    assert record.counts["refused"] == 0
    assert (Contact.objects.get(key="a2"), theirs.touches.count()) == (mine, 0)
