"""The page of a contact, and that of a company: what they say, and what one does there."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from leadline.engine.explain import why, why_not
from leadline.engine.history import derive
from leadline.engine.instants import DAY, to_datetime
from leadline.web import warehouse
from leadline.web.actions import asks, contracts, merging, touches
from leadline.web.actions.acting import Actor
from leadline.web.actions.purchases import Sale
from leadline.web.models import Company, Contact, Contract, Field, Note, Offer, Touch
from tests.web.conftest import NOW
from tests.web.contacts.conftest import CHANGE, EACH_ROLE, SEEN, filtered, get, post

pytestmark = pytest.mark.django_db


def test_the_page_says_what_the_engine_says(signed_in, lively):
    page = get(signed_in("member"), "contact", lively.pk)
    text = page.content.decode()
    log, funnels = warehouse.touches_of([lively.pk]), warehouse.funnels()
    assert [place.slug for place in page.context["places"]] == list(funnels)
    for place in page.context["places"]:
        funnel = funnels[place.slug]
        assert place.reason.stage_name == derive(log, funnel, NOW).of_contact(lively.pk)[-1]["stage"]
        reason = why(log, funnel, lively.pk, NOW)
        told = [text.partition(": ") for text in reason.sentences()[2:]]
        assert [
            (f"{'✓' if one['holds'] else '✗'} {one['phrase']}", f"{one['reason']}.") for one in place.phrases
        ] == [(phrase, said) for phrase, _, said in told]
        gaps = why_not(log, funnel, lively.pk, NOW)
        would_do = [
            sorted(way["kind"] for way in one["would_do"] for _ in range(way["times"]))
            for one in place.missing
        ]
        assert would_do == [sorted(gap.would_do or ()) for gap in gaps]
        assert [one["stage"] for one in place.missing] == [gap.stage for gap in gaps]
        assert f'data-stage="{place.slug}">{place.reason.stage_name}<' in text


def test_each_name_in_a_reason_is_explained(signed_in, lively):
    text = get(signed_in("member"), "contact", lively.pk).content.decode()
    phrases = " ".join(re.findall(r'<ul class="phrases">(.*?)</ul>', text, re.DOTALL))
    told = dict(re.findall(r'<dfn class="means"[^>]*>([^<]+)<span class="means-tip"[^>]*>([^<]+)<', phrases))
    assert told["purchased"] == "They paid, signed, or did so again."
    group = "They were asked directly: an offer to one person, to which yes or no is the answer."
    assert told["asked"] == group  # and not the kind of that name, which is one of several
    assert told["budget"] == "There is money for it."
    assert not any("_" in name for name in told)


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


def test_names_are_told_as_people_say_them(signed_in, lively, actor):
    """No underscore of a kind, a group or a fact is left in what the page says."""
    touches.record(actor, lively, "said_not_now", NOW - DAY)
    text = get(signed_in("reader"), "contact", lively.pk).content.decode()
    shown = re.sub(r"<(script|style|head)\b.*?</\1>|<[^>]*>", " ", text, flags=re.DOTALL)
    assert "Said not now" in shown
    names = [*warehouse.kinds().names_of_kinds, *warehouse.kinds().groups, *warehouse.kinds().facts]
    left = [shown[shown.index(n) - 40 : shown.index(n) + 40] for n in names if "_" in n and n in shown]
    assert left == []


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
        'id="places" class="card flush places" aria-label="Where they stand" hx-swap-oob',
        ">client<",
        "1,200.50\u00a0EUR",
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
        {"kind": "met", "amount": "1.0001"},
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
    assert post(signed_in("member"), "touch-back", lively.pk, asked.pk).status_code == 409


def test_an_ask_that_waits_is_answered_there_and_a_contract_in_force_renewed(signed_in, lively, actor):
    coaching = Offer.objects.create(name="Coaching", price=100, currency="EUR", term_days=90)
    ask = asks.make(actor, lively, asks.Terms(coaching))

    def offered(role: str) -> list[str]:
        text = get(signed_in(role), "contact", lively.pk).content.decode().partition('id="hanging"')[2]
        return re.findall(r'href="(/(?:asks|contracts)/\d+/\w[^"]*)"', text)

    there = f"/asks/{ask.pk}/answer/?to="
    assert offered("member") == [f"{there}yes", f"{there}not_now", f"{there}no"]
    assert offered("reader") == []
    asks.answer(actor, ask, "yes", sale=Sale(coaching, 100, "EUR"))
    there = f"/contracts/{Contract.objects.get().pk}/"
    assert offered("member") == [f"{there}renew/", f"{there}end/"]
    assert offered("reader") == []
    contracts.end(actor, Contract.objects.get(), "moved away")
    assert offered("member") == []


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
    with django_assert_max_num_queries(30):
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
    assert 'Undo<span class="visually-hidden"> the merge of E. Cooper</span>' in text
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


@pytest.mark.parametrize("role", EACH_ROLE)
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
    seen, cursor = [], ""
    for _ in range(3):
        page = get(signed_in("owner"), "companies", cursor=cursor)
        seen += [company.pk for company, _ in page.context["rows"]]
        cursor = page.context["next"]
    assert not cursor
    assert len(seen) == len(set(seen)) == 120


def test_merging_asks_for_no_more_rights_than_changing(crew, lively):
    twin = Contact.objects.create(name="Twin", owner=crew.member)
    merging.merge_contacts(Actor.of(crew.member, NOW), lively, twin)
    assert lively.merged.get() == twin


@pytest.mark.parametrize("lately", [["met", "bought"], ["bought"], ["downloaded", "met"], []])
def test_the_dialog_chooses_nothing_by_itself(signed_in, lively, lately):
    for kind in lately:
        assert signed_in("manager").post(f"/contacts/{lively.pk}/touch/", {"kind": kind}).status_code == 303
    shown = signed_in("manager").get(f"/contacts/{lively.pk}/").content.decode()
    offered = re.findall(r'name="kind" value="(\w+)" required( checked)?', shown)
    assert [kind for kind, _ in offered[: len(lately)]] == lately[::-1]
    assert not any(checked for _, checked in offered)


def test_what_nobody_in_particular_did_is_not_among_what_somebody_records_lately(signed_in, lively, crew):
    signed_in("manager").post(f"/contacts/{lively.pk}/touch/", {"kind": "met"})
    Touch.objects.create(kind="posted", happened_at=NOW, recorded_at=NOW, recorded_by=crew.manager, n=190)
    shown = signed_in("manager").get(f"/contacts/{lively.pk}/").content.decode()
    _, _, lately = shown.partition("Lately")
    assert re.findall(r'name="kind" value="(\w+)"', lately.partition("Lead generation")[0]) == ["met"]


def test_the_usual_kinds_are_recorded_at_one_press_those_of_lately_first(signed_in, lively, crew):
    look = signed_in("member")

    def usual():
        form = re.search(
            r'<form class="usual".*?</form>', get(look, "contact", lively.pk).content.decode(), re.DOTALL
        )
        assert form is not None
        return re.findall(r'<button class="[^"]*" name="kind" value="([^"]*)"', form[0])

    before = usual()
    assert "had_meeting" in before
    assert "referred" not in before
    post(look, "contact-touch", lively.pk, kind="referred")
    assert usual() == ["referred", *before][:6]
    assert Touch.objects.filter(contact=lively, kind="referred", recorded_by=crew.member).count() == 1


def test_a_note_with_quotes_in_it_is_quoted_by_others(signed_in, lively, actor):
    touches.record(actor, lively, "told_need", note="She said: “now”.")
    shown = get(signed_in("member"), "contact", lively.pk).content.decode()
    assert "“She said: ‘now’.”" in shown
