"""The ideal customer: rules over fields that write the fact by a touch when they begin to hold."""

from __future__ import annotations

import pytest

from leadline.engine.instants import DAY
from leadline.web.actions import companies, contacts, merging, profiles, touches, upserts
from leadline.web.actions.acting import Actor
from leadline.web.errors import Conflict, Invalid
from leadline.web.jobs.profiles import refit
from leadline.web.models import Company, Contact, Field, Job, Profile, Standing, Touch
from tests.web.conftest import NOW


@pytest.fixture
def industry(db: None) -> Field:
    return Field.objects.create(of="contact", name="industry", label="Industry")


RULES = [{"field": "contact.fields.industry", "test": "is", "value": "design, Architecture"}]


@pytest.mark.django_db
def test_a_profile_writes_the_fact_when_it_begins_to_hold_and_clears_it_when_it_ends(
    funnels, industry, actor, owner
):
    contact = Contact.objects.create(name="x", owner=owner, fields={"industry": "architecture"})
    profile = profiles.declare(actor, None, "Studios", RULES)
    assert Job.objects.filter(kind="profile.refit").count() == 1
    refit({}, NOW)
    touch = Touch.objects.get()
    assert (touch.kind, touch.origin, touch.contact) == ("matched_profile", f"profile:{profile.pk}", contact)
    assert Standing.objects.filter(contact=contact, cause=touch).exists()  # settled in the same action
    refit({}, NOW + DAY)
    assert Touch.objects.count() == 1
    Contact.objects.filter(pk=contact.pk).update(fields={"industry": "mining"})
    refit({}, NOW + 2 * DAY)
    refit({}, NOW + 3 * DAY)
    assert [one.kind for one in Touch.objects.order_by("id")] == ["matched_profile", "mismatched_profile"]


@pytest.mark.django_db
def test_what_people_say_in_between_stands(funnels, industry, actor, owner):
    contact = Contact.objects.create(name="x", owner=owner, fields={"industry": "design"})
    profiles.declare(actor, None, "Studios", RULES)
    refit({}, NOW)
    touches.record(Actor.of(owner, NOW + DAY), contact, "mismatched_profile")
    refit({}, NOW + 2 * DAY)
    assert Touch.objects.order_by("-id").first().kind == "mismatched_profile"


@pytest.mark.django_db
def test_of_two_profiles_one_is_enough_and_one_that_is_gone_or_off_is_none(funnels, industry, actor, owner):
    Contact.objects.create(name="x", owner=owner, fields={"industry": "design"})
    Contact.objects.create(name="y", owner=owner, job_title="Head of Design")
    first = profiles.declare(actor, None, "Studios", RULES)
    title = [{"field": "contact.job_title", "test": "contains", "value": "design"}]
    second = profiles.declare(actor, None, "Heads", title)
    refit({}, NOW)
    assert Touch.objects.filter(kind="matched_profile").count() == 2
    profiles.drop(actor, first)
    refit({}, NOW + DAY)
    assert [one.contact.name for one in Touch.objects.filter(kind="mismatched_profile")] == ["x"]
    profiles.declare(actor, second, "Heads", title, active=False)
    refit({}, NOW + 2 * DAY)
    assert Touch.objects.filter(kind="mismatched_profile").count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("test", "value", "has", "holds"),
    [
        ("is", "design, mining", "Design", True),
        ("is", "design", "designs", False),
        ("is", "design", None, False),
        ("is", "yes", True, True),
        ("is not", "mining", "design", True),
        ("is not", "mining", None, True),
        ("is not", "mining", " Mining ", False),
        ("contains", "sig", "Design", True),
        ("contains", "x", "Design", False),
        ("at least", "10", 10, True),
        ("at least", "10", 9.5, False),
        ("at least", "10", "9", False),
        ("at most", "10", 9, True),
        ("at most", "10", None, False),
        ("at least", "2026-01-01", "2026-03-01", True),
        ("at most", "2026-01-01", "2026-03-01", False),
        ("known", "", "x", True),
        ("known", "", 0, True),
        ("known", "", "", False),
        ("known", "", None, False),
    ],
)
def test_a_rule_holds_as_it_reads(test, value, has, holds):
    rules = [{"field": "company.fields.size", "test": test, "value": value}]
    contact = Contact(company=Company(name="Acme", fields={} if has is None else {"size": has}))
    assert profiles.holds(rules, contact) is holds


def test_of_somebody_without_a_company_nothing_is_known_of_it():
    assert not profiles.holds([{"field": "company.name", "test": "known", "value": ""}], Contact())


@pytest.mark.django_db
def test_rules_are_checked_and_the_form_keeps_them(industry, actor, owner, enter):
    look = enter(owner)
    sent = {
        "do": "keep", "name": "Studios", "active": "on",
        "field": ["contact.fields.industry", ""], "test": ["is", "is"], "value": ["design", ""],
    }  # fmt: skip
    assert look.post("/settings/profiles/", sent).status_code == 303
    profile = Profile.objects.get()
    assert profile.rules == [{"field": "contact.fields.industry", "test": "is", "value": "design"}]
    assert look.post("/settings/profiles/", sent).status_code == 409
    assert look.post("/settings/profiles/", {"do": "drop", "record": profile.pk}).status_code == 303
    for rule in (
        {"field": "contact.fields.industri", "test": "is", "value": "x"},
        {"field": "contact.job_title", "test": "like", "value": "x"},
        {"field": "contact.job_title", "test": "is", "value": ""},
    ):
        with pytest.raises(Invalid):
            profiles.declare(actor, None, "x", [rule])
    with pytest.raises(
        Invalid, match=r"Allowed: contact.job_title, contact.path, .* or contact.fields.industry"
    ):
        profiles.declare(actor, None, "x", [{"field": "contact.password", "test": "is", "value": "x"}])
    with pytest.raises(Invalid):
        profiles.declare(actor, None, "x", [])
    profiles.declare(actor, None, "x", RULES)
    with pytest.raises(Conflict):
        profiles.declare(actor, None, "X", RULES)


def said(contact) -> list[str]:
    """What profiles said of somebody, in order."""
    told = Touch.objects.filter(contact=contact, origin__startswith="profile:").order_by("id")
    return list(told.values_list("kind", flat=True))


@pytest.mark.django_db
def test_the_fact_follows_every_action_that_changes_fields(funnels, industry, actor, owner):
    profiles.declare(actor, None, "Studios", RULES)
    one = contacts.create_contact(actor, "x", fields={"industry": "design"})
    assert said(one) == ["matched_profile"]
    assert Standing.objects.filter(contact=one).exists()  # settled in the same action
    contacts.edit_contact(actor, one, fields={"industry": "mining"})
    assert said(one) == ["matched_profile", "mismatched_profile"]
    [made, _] = upserts.upsert_contacts(
        actor, [{"key": "k", "fields": {"industry": "design"}}, {"key": "l", "name": "L"}]
    )
    assert said(made["id"]) == ["matched_profile"]
    upserts.upsert_contacts(actor, [{"key": "l", "fields": {"industry": "architecture"}}])
    assert said(Contact.objects.get(key="l")) == ["matched_profile"]
    twin = contacts.create_contact(actor, "y")
    merging.merge_contacts(actor, twin, Contact.objects.get(key="l"))  # who brings the field along
    assert said(twin) == []  # what was said of the other counts for both
    merging.part_contacts(actor, Contact.objects.get(key="l"))
    assert said(twin) == []


@pytest.mark.django_db
def test_the_fact_follows_the_fields_of_the_company(funnels, actor, owner):
    Field.objects.create(of="company", name="size", label="Size", type="number")
    rule = {"field": "company.fields.size", "test": "at least", "value": "50"}
    profiles.declare(actor, None, "Big", [rule])
    company = companies.create_company(actor, "Acme")
    people = [contacts.create_contact(actor, f"p{n}", company="Acme") for n in range(3)]
    companies.edit_company(actor, company, fields={"size": "80"})
    assert [said(one) for one in people] == [["matched_profile"]] * 3
    companies.edit_company(actor, company, fields={"size": "10"})
    assert [said(one)[-1] for one in people] == ["mismatched_profile"] * 3
    contacts.edit_contact(actor, people[0], company="")
    assert said(people[0]) == ["matched_profile", "mismatched_profile"]


@pytest.mark.django_db
def test_of_a_great_many_people_of_a_company_the_worker_sees_to_it(funnels, actor, owner, monkeypatch):
    monkeypatch.setattr(profiles, "MOST_AT_ONCE", 2)
    profiles.declare(actor, None, "Acme", [{"field": "company.name", "test": "is", "value": "Acme Ltd"}])
    Job.objects.all().delete()
    company = companies.create_company(actor, "Acme")
    people = [contacts.create_contact(actor, f"p{n}", company="Acme") for n in range(3)]
    companies.edit_company(actor, company, name="Acme Ltd")
    waiting = Job.objects.filter(kind="profile.refit").order_by("id")
    assert [len(one.payload["contacts"]) for one in waiting] == [2, 1]
    for one in waiting:
        refit(one.payload, NOW)
    assert [said(one) for one in people] == [["matched_profile"]] * 3


@pytest.mark.django_db
def test_the_fact_follows_the_path_by_which_somebody_came(funnels, actor, contact):
    rule = {"field": "contact.path", "test": "is", "value": "referral"}
    profiles.declare(actor, None, "By referral", [rule])
    Job.objects.all().delete()
    touches.record(actor, contact, "met", path="referral")
    waiting = Job.objects.get(kind="profile.refit")
    assert waiting.payload == {"contacts": [contact.pk]}
    refit(waiting.payload, NOW)
    assert said(contact) == ["matched_profile"]
