"""The pages of contacts and companies: who sees them, and what they say."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from leadline.engine.explain import why, why_not
from leadline.engine.history import derive
from leadline.engine.instants import DAY, to_datetime
from leadline.web import warehouse
from leadline.web.actions import merging, touches
from leadline.web.actions.acting import Actor
from leadline.web.models import Company, Contact, Field, Note, SavedView, Tag, Touch
from leadline.web.pages import frame
from tests.web.conftest import NOW
from tests.web.contacts.conftest import ROLES

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr(frame, "now", lambda: NOW)
    for room in ("contacts", "contact_page", "timeline", "contact_changes", "companies"):
        monkeypatch.setattr(f"leadline.web.pages.{room}.now", lambda: NOW, raising=False)


SEEN = [role for role in ROLES if role != "stranger"]
CHANGE = ["owner", "manager", "member"]


def get(client, page, /, *given, **query):
    return client.get(reverse(page, args=given), query)


def post(client, page, /, *given, **form):
    return client.post(reverse(page, args=given), form)


@pytest.mark.parametrize("role", ROLES)
def test_everybody_sees_the_list_and_in_it_what_is_theirs(signed_in, lively, role):
    page = get(signed_in(role), "contacts")
    assert page.status_code == 200
    assert ("Eero Cooper" in page.content.decode()) == (role in SEEN)


def test_nobody_sees_anything_without_signing_in(client, lively):
    for name, given in (("contacts", []), ("contact", [lively.pk]), ("companies", []), ("contact-new", [])):
        answer = get(client, name, *given)
        assert answer.status_code == 302
        assert "/accounts/login" in answer["Location"]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", ["contact", "contact-timeline"])
def test_a_contact_is_there_for_those_who_see_them(signed_in, lively, role, name):
    assert get(signed_in(role), name, lively.pk).status_code == (200 if role in SEEN else 404)


@pytest.mark.parametrize("role", ROLES)
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


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", POSTS)
def test_changes_are_for_those_who_may_change(signed_in, lively, role, name):
    answer = post(signed_in(role), name, lively.pk, **POSTS[name])
    expected = 303 if role in CHANGE else 403 if role == "reader" else 404
    if name == "contact-erase" and role in {"member", "stranger"}:
        expected = 403
    assert answer.status_code == expected


@pytest.mark.parametrize("role", ROLES)
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


@pytest.mark.parametrize("role", ROLES)
def test_the_list_is_exported_by_those_who_may(signed_in, lively, role):
    Contact.objects.filter(pk=lively.pk).update(name='=HYPERLINK("x")')
    answer = get(signed_in(role), "contacts-export", col="email")
    if role not in {"owner", "manager"}:
        assert answer.status_code == 403
        return
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert rows == [["Number", "Name", "E-mail"], [str(lively.pk), '\'=HYPERLINK("x")', ""]]


@pytest.mark.parametrize("role", ROLES)
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
    assert answer.status_code == (403 if role == "reader" else 422 if role == "stranger" else 303)
    tagged = set(Contact.objects.filter(tags__name="warm"))
    assert tagged == ({lively, foreign} if role == "owner" else {lively} if role in CHANGE else set())


def test_all_that_are_filtered_are_given_to_somebody(signed_in, lively, crew):
    Contact.objects.create(name="Zed", owner=crew.owner)
    post(signed_in("owner"), "contacts-change", every="1", query="q=eero", do="owner", owner=crew.manager.pk)
    assert Contact.objects.get(owner=crew.manager) == lively


@pytest.mark.parametrize("role", ROLES)
def test_a_new_contact_is_recorded_by_those_who_may(signed_in, role, crew):
    client = signed_in(role)
    allowed = role != "reader"
    assert get(client, "contact-new").status_code == (200 if allowed else 403)
    answer = post(client, "contact-new", name="Ida Moe", email="ida@example.org", company="Moe Ltd")
    assert answer.status_code == (303 if allowed else 403)
    assert Contact.objects.filter(name="Ida Moe", owner=crew[role]).exists() == allowed


def filtered(client, **query) -> list[str]:
    page = get(client, "contacts", **query)
    assert page.status_code == 200, page.content.decode()[:500]
    return [contact.name for contact, _ in page.context["rows"]]


@pytest.fixture
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
    with django_assert_max_num_queries(26):
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


def test_the_page_says_what_the_engine_says(signed_in, lively):
    page = get(signed_in("member"), "contact", lively.pk)
    text = page.content.decode()
    log, funnels = warehouse.touches_of([lively.pk]), warehouse.funnels()
    assert [place.slug for place in page.context["places"]] == list(funnels)
    for place in page.context["places"]:
        funnel = funnels[place.slug]
        assert place.reason.stage_name == derive(log, funnel, NOW).of_contact(lively.pk)[-1]["stage"]
        reason = why(log, funnel, lively.pk, NOW)
        assert [
            f"{'✓' if one['holds'] else '✗'} {one['text']}" for one in place.phrases
        ] == reason.sentences()[2:]
        gaps = why_not(log, funnel, lively.pk, NOW)
        assert [one["said"] for one in place.missing] == [gap.sentences()[0] for gap in gaps]
        assert f'data-stage="{place.slug}">{place.reason.stage_name}<' in text


def test_the_facts_are_those_of_the_engine_with_who_said_them(signed_in, lively, member):
    page = get(signed_in("member"), "contact", lively.pk)
    facts = {fact.name: fact for fact in page.context["facts"]}
    assert (facts["need"].holds, facts["need"].said["actor"]) == (True, "Ada")
    assert facts["need"].until == "20 Feb 2027"  # 365 days after 20 February 2026
    assert not facts["budget"].holds
    assert facts["reachable"].holds == bool(facts["reachable"].said)
    post(signed_in("member"), "fact-state", lively.pk, fact="need", holds="no", said_by="Ida")
    page = get(signed_in("member"), "contact", lively.pk)
    need = next(fact for fact in page.context["facts"] if fact.name == "need")
    assert (need.holds, need.denied, need.said["actor"]) == (False, True, "Ida")


def test_somebody_without_a_touch_is_a_stranger_with_what_would_do(signed_in, funnels, crew):
    one = Contact.objects.create(name="Zoe")
    page = get(signed_in("owner"), "contact", one.pk)
    assert [place.reason.stage_name for place in page.context["places"]] == ["stranger", "stranger"]
    assert page.context["places"][0].missing


def test_a_touch_by_htmx_swaps_the_timeline_and_the_stage(signed_in, lively):
    answer = signed_in("member").post(
        reverse("contact-touch", args=[lively.pk]),
        {"kind": "bought", "amount": "1200.50", "currency": "eur", "note": "At last", "path": "referral"},
        HTTP_HX_REQUEST="true",
    )
    text = answer.content.decode()
    assert answer.status_code == 200
    for part in (
        'id="timeline" hx-swap-oob',
        'id="places" class="stack" hx-swap-oob',
        ">client<",
        "1,200.50 EUR",
    ):
        assert part in text
    touch = Touch.objects.get(kind="bought")
    assert (touch.value, touch.currency, touch.happened_at, touch.path) == (120_050, "EUR", NOW, "referral")


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"kind": "mett"},
        {"kind": "met", "day": "2027-01-01T10:00"},
        {"kind": "met", "day": "0001-01-01T00:00"},
        {"kind": "met", "day": "9999-12-31T23:59"},
        {"kind": "met", "day": "then"},
        {"kind": "met", "amount": "much"},
        {"kind": "met", "amount": "NaN"},
        {"kind": "met", "amount": "1e99"},
        {"kind": "met", "amount": "1.001"},
        {"kind": "met", "amount": "1", "currency": "XXX"},
        {"kind": "met", "note": "a\x00b"},
        {"kind": "met", "path": "x" * 81},
        {"kind": "x\x00"},
    ],
)
def test_a_touch_that_cannot_be_is_refused_with_a_sentence(signed_in, lively, form):
    assert post(signed_in("member"), "contact-touch", lively.pk, **form).status_code == 422
    assert Touch.objects.count() == 4


def test_a_day_is_of_the_zone_of_whoever_types_it(signed_in, lively, member):
    member.zone = "America/New_York"
    member.save()
    post(signed_in("member"), "contact-touch", lively.pk, kind="called", day="2026-02-20T10:00")
    assert to_datetime(Touch.objects.get(kind="called").happened_at) == datetime(2026, 2, 20, 15, tzinfo=UTC)


def test_what_was_taken_back_is_struck_through_and_can_be_put_back(signed_in, lively):
    client, touch = signed_in("member"), Touch.objects.get(kind="replied")
    post(client, "touch-back", lively.pk, touch.pk)
    text = get(client, "contact", lively.pk).content.decode()
    assert "<del><strong" in text
    assert "taken back by Ben" in text
    post(client, "touch-back", lively.pk, touch.pk)
    touch.refresh_from_db()
    assert touch.in_force
    assert "<del><strong" not in get(client, "contact", lively.pk).content.decode()


def test_a_correction_of_the_form_as_it_stands_keeps_the_very_instant(signed_in, lively):
    touch = Touch.objects.get(kind="met")
    form = get(signed_in("member"), "touch-edit", lively.pk, touch.pk)
    post(signed_in("member"), "touch-correct", lively.pk, touch.pk, kind="called", day=form.context["day"])
    assert Touch.objects.get(kind="called").happened_at == touch.happened_at


def test_the_touch_of_another_contact_is_not_reached_through_ones_own(signed_in, lively, crew, actor):
    other = Contact.objects.create(name="Foreign", owner=crew.owner)
    foreign = touches.record(actor, other, "met", NOW)
    assert post(signed_in("member"), "touch-back", lively.pk, foreign.pk).status_code == 404


def test_the_touch_of_an_ask_is_not_taken_back_behind_its_back(signed_in, lively, actor):
    asked = touches.record(actor, lively, "asked", NOW, origin="ask:7")
    assert post(signed_in("member"), "touch-back", lively.pk, asked.pk).status_code == 422


def test_a_long_timeline_comes_in_pages_and_each_line_once(signed_in, lively, django_assert_max_num_queries):
    Touch.objects.bulk_create(
        [
            Touch(
                contact=lively, kind="called", happened_at=NOW - n // 3 * DAY, recorded_at=NOW, note=f"n{n}"
            )
            for n in range(100)
        ]
    )
    Touch.objects.bulk_create(
        [Touch(contact=lively, kind="called", happened_at=NOW - 50 * DAY, recorded_at=NOW) for _ in range(90)]
    )
    Note.objects.create(contact=lively, text="A note")
    client = signed_in("member")
    with django_assert_max_num_queries(45):
        page = get(client, "contact", lively.pk)
    seen = [(bool(one.touch), one.number) for one in page.context["entries"]]
    while page.context["cursor"]:
        page = get(client, "contact-timeline", lively.pk, before=page.context["cursor"])
        seen += [(bool(one.touch), one.number) for one in page.context["entries"]]
    assert len(seen) == len(set(seen)) == 195


def test_merged_contacts_show_as_one_and_lead_to_the_one_that_is_kept(signed_in, lively, actor, member):
    twin = Contact.objects.create(name="E. Cooper", owner=member, team=member.team)
    touches.record(actor, twin, "bought", NOW - DAY)
    client = signed_in("member")
    found = get(client, "contact-merge", lively.pk, q="e. coo").context["found"]
    assert list(found) == [twin]
    assert post(client, "contact-merge", lively.pk, other=twin.pk).status_code == 303
    assert get(client, "contact", twin.pk)["Location"] == reverse("contact", args=[lively.pk])
    text = get(client, "contact", lively.pk).content.decode()
    assert "Bought" in text
    assert "E. Cooper was merged in" in text
    touch = Touch.objects.get(kind="bought")
    assert post(client, "touch-back", lively.pk, touch.pk).status_code == 303
    assert post(client, "contact-part", lively.pk, twin=twin.pk).status_code == 303
    assert get(client, "contact", twin.pk).status_code == 200


def test_nobody_merges_into_what_they_see_what_they_do_not_see(signed_in, lively, crew):
    hidden = Contact.objects.create(name="Hidden", owner=crew.owner)
    assert post(signed_in("member"), "contact-merge", lively.pk, other=hidden.pk).status_code == 404


def test_erasing_takes_the_name_typed_again(signed_in, lively):
    client = signed_in("manager")
    assert post(client, "contact-erase", lively.pk, name="eero").status_code == 422
    assert post(client, "contact-erase", lively.pk, name="Eero Cooper").status_code == 303
    assert get(client, "contact", lively.pk).status_code == 404
    assert filtered(client) == []


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=1>\u202etxt"


def test_what_is_hostile_is_shown_as_text(signed_in, lively, actor, member):
    client = signed_in("member")
    Field.objects.create(of="contact", name="hobby", label=HOSTILE[:80])
    post(client, "contact-edit", lively.pk, **{
        "name": HOSTILE, "job_title": HOSTILE, "company": HOSTILE, "tags": HOSTILE[:60],
        "field.hobby": HOSTILE,
    })  # fmt: skip
    post(client, "note-write", lively.pk, text=HOSTILE)
    post(client, "task-add", lively.pk, title=HOSTILE)
    post(client, "address-add", lively.pk, sort="social", value=HOSTILE, label=HOSTILE[:40])
    post(client, "contact-touch", lively.pk, kind="met", path=HOSTILE, note=HOSTILE)
    post(client, "fact-state", lively.pk, fact="budget", said_by=HOSTILE)
    post(client, "view-save", name=HOSTILE, query="")
    company = Company.objects.get()
    every = [*"company job_title stage path tags".split(), "field.hobby"]
    for page in (
        get(client, "contact", lively.pk),
        get(client, "contacts", q="<script>", col=every, all="1"),
        get(client, "contact-edit", lively.pk),
        get(client, "contact-merge", lively.pk, q=HOSTILE[:50]),
        get(client, "company", company.pk),
        get(client, "companies", q="<script>"),
        get(client, "contacts-find", q="<script>"),
    ):
        assert page.status_code == 200
        text = page.content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "&lt;script&gt;" in text


@pytest.mark.parametrize("role", ROLES)
def test_a_company_shows_its_people_to_those_who_see_them(signed_in, lively, role, crew):
    company = Company.objects.create(name="Moe Ltd", owner=crew.owner)
    Contact.objects.filter(pk=lively.pk).update(company=company)
    Contact.objects.create(name="Hidden", owner=crew.owner, company=company)
    client = signed_in(role)
    page = get(client, "company", company.pk)
    assert page.status_code == (200 if role in SEEN else 404)
    assert ("Moe Ltd" in get(client, "companies").content.decode()) == (role in SEEN)
    expected = 200 if role in CHANGE else 403 if role == "reader" else 404
    assert get(client, "company-edit", company.pk).status_code == expected
    assert get(client, "company-new").status_code == (403 if role == "reader" else 200)
    assert post(client, "company-new", name="New Ltd").status_code == (403 if role == "reader" else 303)
    if role in SEEN:
        text = page.content.decode()
        assert "Eero Cooper" in text
        assert ("Hidden" in text) == (role == "owner")


def test_the_stage_of_a_company_is_that_of_all_its_peoples_touches(signed_in, lively, crew, actor):
    company = Company.objects.create(name="Moe Ltd")
    Contact.objects.filter(pk=lively.pk).update(company=company)
    other = Contact.objects.create(name="Ida", company=company)
    touches.record(actor, other, "bought", NOW - DAY)
    page = get(signed_in("owner"), "company", company.pk)
    assert [place.reason.stage_name for place in page.context["places"]] == ["client", "client"]


def test_companies_come_in_pages(signed_in, crew):
    Company.objects.bulk_create([Company(name=f"C{n % 9}") for n in range(120)])
    seen, after = [], ""
    while True:
        page = get(signed_in("owner"), "companies", after=after)
        seen += [company.pk for company, _ in page.context["rows"]]
        after = page.context["next"]
        if not after:
            break
    assert len(seen) == len(set(seen)) == 120


def test_merging_asks_for_no_more_rights_than_changing(crew, lively):
    twin = Contact.objects.create(name="Twin", owner=crew.member)
    merging.merge_contacts(Actor.of(crew.member, NOW), lively, twin)
    assert lively.merged.get() == twin
