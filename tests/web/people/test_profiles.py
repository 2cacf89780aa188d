"""The ideal customer: rules over fields that write the fact by a touch when they begin to hold."""

from __future__ import annotations

import pytest

from leadline.engine.instants import DAY
from leadline.web.actions import profiles, touches
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
        {"field": "contact.password", "test": "is", "value": "x"},
        {"field": "contact.job_title", "test": "like", "value": "x"},
        {"field": "contact.job_title", "test": "is", "value": ""},
    ):
        with pytest.raises(Invalid):
            profiles.declare(actor, None, "x", [rule])
    with pytest.raises(Invalid):
        profiles.declare(actor, None, "x", [])
    profiles.declare(actor, None, "x", RULES)
    with pytest.raises(Conflict):
        profiles.declare(actor, None, "X", RULES)
