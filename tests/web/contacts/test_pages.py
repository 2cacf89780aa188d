"""The pages of contacts and companies: who sees them, and what they say."""

from __future__ import annotations

import csv
import io

import pytest

from leadline.engine.instants import DAY
from leadline.web.actions import touches
from leadline.web.models import Company, Contact, Field, SavedView, Tag, Touch
from tests.rows import kept
from tests.web.conftest import NOW
from tests.web.contacts.conftest import CHANGE, EACH_ROLE, ROLES, SEEN, filtered, get, post

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", EACH_ROLE)
def test_everybody_sees_the_list_and_in_it_what_is_theirs(signed_in, lively, role):
    page = get(signed_in(role), "contacts")
    assert page.status_code == 200
    assert ("Eero Cooper" in page.content.decode()) == (role in SEEN)


def test_nobody_sees_anything_without_signing_in(client, lively):
    for name, given in (("contacts", []), ("contact", [lively.pk]), ("companies", []), ("contact-new", [])):
        answer = get(client, name, *given)
        assert answer.status_code == 302
        assert "/accounts/login" in answer["Location"]


@pytest.mark.parametrize("role", EACH_ROLE)
@pytest.mark.parametrize("name", ["contact", "contact-timeline"])
def test_a_contact_is_there_for_those_who_see_them(signed_in, lively, role, name):
    assert get(signed_in(role), name, lively.pk).status_code == (200 if role in SEEN else 404)


@pytest.mark.parametrize("role", EACH_ROLE)
@pytest.mark.parametrize("name", ["contact-edit", "contact-merge", "contact-erase"])
def test_forms_are_for_those_who_may_change(signed_in, lively, role, name):
    expected = 200 if role in CHANGE else 403 if role == "reader" else 404
    if name == "contact-erase" and role in {"member", "stranger"}:
        expected = 403
    assert get(signed_in(role), name, lively.pk).status_code == expected


POSTS = {
    "contact-touch": {"kind": "met"},
    "address-add": {"sort": "email", "value": "eero@example.org"},
    "fact-state": {"fact": "budget"},
    "note-write": {"text": "Rows"},
    "task-add": {"title": "Ring"},
    "contact-edit": {"name": "Eero C."},
    "contact-erase": {"name": "Eero Cooper"},
}


@pytest.mark.parametrize("role", EACH_ROLE)
@pytest.mark.parametrize("name", POSTS)
def test_changes_are_for_those_who_may_change(signed_in, lively, role, name):
    answer = post(signed_in(role), name, lively.pk, **POSTS[name])
    expected = 303 if role in CHANGE else 403 if role == "reader" else 404
    if name == "contact-erase" and role in {"member", "stranger"}:
        expected = 403
    assert answer.status_code == expected


@pytest.mark.parametrize("role", EACH_ROLE)
def test_touches_are_taken_back_and_corrected_by_those_who_may(signed_in, lively, role):
    touch = Touch.objects.get(kind="replied")
    expected = 303 if role in CHANGE else 403 if role == "reader" else 404
    client = signed_in(role)
    assert get(client, "touch-edit", lively.pk, touch.pk).status_code == (200 if role in CHANGE else expected)
    corrected = post(client, "touch-correct", lively.pk, touch.pk, kind="called")
    assert corrected.status_code == expected
    other = Touch.objects.get(kind="met")
    assert post(client, "touch-back", lively.pk, other.pk).status_code == expected
    other.refresh_from_db()
    assert other.in_force == (role not in CHANGE)


@pytest.mark.parametrize("role", EACH_ROLE)
def test_the_list_is_exported_by_those_who_may(signed_in, lively, role):
    Contact.objects.filter(pk=lively.pk).update(name='=HYPERLINK("x")')
    answer = get(signed_in(role), "contacts-export", col="email")
    if role not in {"owner", "manager"}:
        assert answer.status_code == 403
        return
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert rows == [["Number", "Name", "E-mail"], [str(lively.pk), '\'=HYPERLINK("x")', ""]]


@pytest.mark.parametrize("role", EACH_ROLE)
def test_many_are_changed_at_once_by_those_who_may_and_only_theirs(signed_in, lively, role, crew):
    foreign = Contact.objects.create(name="Foreign", owner=crew.owner)
    answer = post(
        signed_in(role),
        "contacts-change",
        id=[lively.pk, foreign.pk],
        do="tags",
        add="warm",
        query="sort=name",
    )
    assert answer.status_code == (403 if role == "reader" else 303)
    if role == "stranger":
        [said] = signed_in(role).get(answer["Location"]).context["messages"]
        assert (said.level_tag, str(said)[:30]) == ("error", "Several contacts can’t change:")
    tagged = set(Contact.objects.filter(tags__name="warm"))
    assert tagged == ({lively, foreign} if role == "owner" else {lively} if role in CHANGE else set())


def test_all_that_are_filtered_are_given_to_somebody(signed_in, lively, crew):
    Contact.objects.create(name="Zed", owner=crew.owner)
    post(signed_in("owner"), "contacts-change", every="1", query="q=eero", do="owner", owner=crew.manager.pk)
    assert Contact.objects.get(owner=crew.manager) == lively


@pytest.mark.parametrize("role", EACH_ROLE)
def test_a_new_contact_is_recorded_by_those_who_may(signed_in, role, crew):
    client = signed_in(role)
    allowed = role != "reader"
    assert get(client, "contact-new").status_code == (200 if allowed else 403)
    answer = post(client, "contact-new", name="Ida Moe", email="ida@example.org", company="Moe Ltd")
    assert answer.status_code == (303 if allowed else 403)
    assert Contact.objects.filter(name="Ida Moe", owner=crew[role]).exists() == allowed


@kept
def crowd(funnels, actor, crew, lively):
    """Ida bought, Åsa only came by herself, Zoe has no touch at all."""
    ida = Contact.objects.create(
        name="Ida de Moe", owner=crew.owner, company=Company.objects.create(name="Moe Ltd")
    )
    touches.record(actor, ida, "asked", NOW - 3 * DAY, path="referral")
    touches.record(actor, ida, "bought", NOW - 2 * DAY, value=100_00, currency="EUR")
    asa = Contact.objects.create(name="Åsa Berg", fields={"seats": 12})
    touches.record(actor, asa, "downloaded", NOW - 100 * DAY, path="content")
    asa.addresses.create(sort="email", value="asa@example.org")
    asa.tags.add(Tag.objects.create(name="fair"))
    Contact.objects.create(name="Zoe")
    Field.objects.create(of="contact", name="seats", label="Seats", type="number")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["Ida de Moe", "Eero Cooper", "Åsa Berg", "Zoe"]),
        ({"sort": "name"}, ["Eero Cooper", "Ida de Moe", "Zoe", "Åsa Berg"]),
        ({"q": "eer"}, ["Eero Cooper"]),
        ({"q": "COOP"}, ["Eero Cooper"]),
        ({"q": "åsa"}, ["Åsa Berg"]),
        ({"q": "asa@ex"}, ["Åsa Berg"]),
        ({"q": "moe l"}, ["Ida de Moe"]),
        ({"q": "o"}, []),
        ({"q": "%"}, []),
        ({"path": "content"}, ["Åsa Berg"]),
        ({"path": "none"}, ["Zoe"]),
        ({"stage": "client"}, ["Ida de Moe"]),
        ({"stage": "stranger"}, ["Zoe"]),
        ({"stage": "lead", "funnel": "voltage"}, ["Åsa Berg"]),
        ({"tag": "fair"}, ["Åsa Berg"]),
        ({"owner": "none"}, ["Åsa Berg", "Zoe"]),
        ({"owner": "me"}, ["Ida de Moe"]),
        ({"team": "none"}, ["Ida de Moe", "Åsa Berg", "Zoe"]),
        ({"after": "2026-02-28"}, ["Ida de Moe"]),
        ({"before": "2025-12-31"}, ["Åsa Berg"]),
        ({"field.seats": "12.0"}, ["Åsa Berg"]),
        ({"open": "ask"}, ["Eero Cooper"]),
        ({"open": "follow"}, ["Åsa Berg"]),
        ({"q": "e", "path": "networking", "sort": "stage"}, ["Eero Cooper"]),
    ],
)
def test_the_list_holds_who_was_asked_for(signed_in, crowd, query, names):
    assert filtered(signed_in("owner"), **({"all": "1"} | query)) == names


@pytest.mark.parametrize(
    "query",
    [
        {"q": "x\x00"},
        {"q": "x" * 300},
        {"after": "soon"},
        {"owner": "nobody"},
        {"company": "9" * 30},
        {"stage": "nowhere"},
        {"field.seats": "many"},
        {"field.unheard": "1"},
        {"open": "sesame"},
    ],
)
def test_a_filter_that_makes_no_sense_is_answered_with_a_sentence(signed_in, crowd, query):
    answer = get(signed_in("owner"), "contacts", **query)
    assert answer.status_code == 422
    assert "Traceback" not in answer.content.decode()


@pytest.mark.parametrize("cursor", ["x", "bnVsbA==", "WyJhIiwgMV0=", "W251bGwsIG51bGxd", "é", "WzFlOTksMV0="])
@pytest.mark.parametrize("sort", ["last", "name", "stage"])
def test_a_cursor_that_nobody_wrote_is_no_error(signed_in, crowd, cursor, sort):
    assert get(signed_in("owner"), "contacts", cursor=cursor, sort=sort).status_code == 200


@pytest.mark.parametrize("sort", ["last", "name", "stage"])
def test_the_pages_of_a_list_hold_everybody_once(signed_in, crowd, actor, sort):
    people = Contact.objects.bulk_create(
        [Contact(name=f"P{n % 7}", last_touch_at=NOW - n % 5 if n % 3 else None) for n in range(160)]
    )
    for one in people[:60]:
        touches.record(actor, one, "met", NOW - DAY)
    seen, cursor = [], ""
    while True:
        page = get(signed_in("owner"), "contacts", all="1", sort=sort, cursor=cursor)
        seen += [contact.pk for contact, _ in page.context["rows"]]
        cursor = page.context["next"]
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == (63 if sort == "stage" else 164)


@pytest.mark.parametrize("name", ["contacts", "companies"])
def test_a_list_asks_the_database_no_more_for_many(
    signed_in, crowd, crew, django_assert_max_num_queries, name
):
    everything = [*"company job_title stage since last path owner team tags email phone".split()]
    company = Company.objects.create(name="Big")
    for n in range(60):
        one = Contact.objects.create(name=f"P{n}", owner=crew.member, company=company)
        one.addresses.create(sort="email", value=f"p{n}@example.org")
    client = signed_in("owner")
    with django_assert_max_num_queries(19):
        get(client, name, all="1", col=everything)


def test_views_are_kept_shared_and_shown_first(signed_in, crowd, crew):
    client = signed_in("owner")
    saved = post(
        client, "view-save", name="Fair", query="tag=fair&sort=name&col=email&evil=1", shared="1", default="1"
    )
    view = SavedView.objects.get()
    assert (view.query, view.columns, view.shared) == ({"tag": "fair", "sort": "name"}, ["email"], True)
    assert saved["Location"].endswith(f"?view={view.pk}")
    assert filtered(client) == ["Åsa Berg"]
    assert len(filtered(client, all="1")) == 4
    assert filtered(signed_in("manager"), view=view.pk) == ["Åsa Berg"]
    assert post(signed_in("member"), "view-remove", view.pk).status_code == 403
    assert post(signed_in("reader"), "view-save", name="Mine", query="", shared="1").status_code == 403
    assert post(signed_in("reader"), "view-save", name="Mine", query="").status_code == 303
    mine = SavedView.objects.get(name="Mine")
    assert get(signed_in("owner"), "contacts", view=mine.pk).status_code == 404
    assert post(signed_in("owner"), "view-remove", view.pk).status_code == 303


@pytest.mark.parametrize("few", [2000, 0])
def test_the_tags_of_another_team_are_offered_to_nobody_else(signed_in, crew, lively, monkeypatch, few):
    monkeypatch.setattr("leadline.web.access.FEW", few)
    lively.tags.add(Tag.objects.create(name="theirs"))
    hidden = Contact.objects.create(name="Hal", owner=crew.stranger, team=crew.stranger.team)
    hidden.tags.add(Tag.objects.create(name="hush"))
    merged = Contact.objects.create(
        name="Was Hal", owner=crew.member, team=crew.member.team, merged_into=hidden
    )
    merged.tags.add(Tag.objects.create(name="gone"))
    expected = {"stranger": {"hush"}, "owner": {"theirs", "hush", "gone"}}
    for role in ROLES:
        client = signed_in(role)
        for room in ("contacts", "funnel"):
            offered = set(get(client, room).context["tags"])
            assert offered == expected.get(role, {"theirs"}), (role, room)
