"""Wrong input: the form keeps what was typed, and says what is wrong at the field that it is about."""

from __future__ import annotations

import re

import pytest

from leadline.web.models import Address, Company, Contact, Field
from tests.web.contacts.conftest import get, post

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def size(db: None) -> Field:
    return Field.objects.create(of="contact", name="size", label="Size", type="number")


def wrong_field(page) -> str:
    """The one field that a page says is wrong, whose sentence stands below it."""
    said = page.content.decode()
    [field] = re.findall(r'name="([^"]+)"[^>]* aria-invalid="true"', said)
    name = field.replace(".", "-")
    assert re.search(rf'aria-describedby="[^"]*{name}[\w-]*-wrong"', said)
    assert re.search(rf'<p class="error" id="{name}[\w-]*-wrong" role="alert">[^<]+</p>', said)
    return field


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": "", "email": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "Nul\0"}, "name"),
        ({"email": "not an address"}, "email"),
        ({"phone": "call me"}, "phone"),
        ({"company": "x" * 201}, "company"),
        ({"job_title": "\0"}, "job_title"),
        ({"field.size": "many"}, "field.size"),
    ],
)
@pytest.mark.usefixtures("size")
def test_a_new_contact_that_is_refused_keeps_what_was_typed(signed_in, typed, field):
    form = {"name": SCRIPT, "email": "eero@example.org", "job_title": "“Chief” & cook", **typed}
    page = post(signed_in("member"), "contact-new", **form)
    assert page.status_code == 422
    assert wrong_field(page) == field
    said = page.content.decode()
    assert SCRIPT not in said
    kept = {name: value for name, value in form.items() if value and "\0" not in value}
    for name, value in kept.items():
        assert page.context["typed"][name] == value
    if "job_title" not in typed:
        assert 'value="“Chief” &amp; cook"' in said
    assert not Contact.objects.exists()


def test_a_contact_that_is_refused_stays_and_the_form_has_what_was_typed(signed_in, lively, size):
    page = post(signed_in("member"), "contact-edit", lively.pk, **{"name": "Åsa عمر", "field.size": "x"})
    assert (page.status_code, wrong_field(page)) == (422, "field.size")
    assert 'value="Åsa عمر"' in page.content.decode()
    lively.refresh_from_db()
    assert lively.name == "Eero Cooper"


def test_a_touch_that_is_refused_is_corrected_in_the_same_form(signed_in, lively):
    touch = lively.touches.first()
    form = {"kind": "met", "amount": "many", "note": "=1+1"}
    page = post(signed_in("member"), "touch-correct", lively.pk, touch.pk, **form)
    assert (page.status_code, wrong_field(page)) == (422, "amount")
    assert "=1+1</textarea>" in page.content.decode()
    assert lively.touches.count() == 4


def test_who_types_another_name_erases_nobody_and_is_told_at_the_field(signed_in, lively):
    page = post(signed_in("manager"), "contact-erase", lively.pk, name="Eero")
    assert (page.status_code, wrong_field(page)) == (422, "name")


@pytest.mark.parametrize("typed", [{"name": ""}, {"name": "Acme"}, {"name": "x" * 201}])
def test_a_company_that_is_refused_keeps_what_was_typed(signed_in, crew, typed):
    Company.objects.create(name="acme", owner=crew.member)
    page = post(signed_in("member"), "company-new", domain="acme.example", **typed)
    assert page.status_code in {409, 422}
    assert wrong_field(page) == "name"
    assert 'value="acme.example"' in page.content.decode()


def test_a_company_that_somebody_does_not_see_is_not_learned_of_by_its_name(signed_in, crew):
    """Neither by recording one of that name, nor by typing it for a contact, nor by joining it."""
    hidden = Company.objects.create(name="Secret Works", owner=crew.stranger, team=crew.stranger.team)
    client = signed_in("member")
    assert post(client, "company-new", name="Secret Works").status_code == 303
    post(client, "contact-new", name="Eero", company="secret works")
    own = Contact.objects.get(name="Eero").company
    assert own is not None
    assert (own.pk != hidden.pk, own.owner) == (True, crew.member)
    assert Company.objects.filter(name="Secret Works").count() == 2
    assert get(client, "company", hidden.pk).status_code == 404
    assert post(client, "company-new", name="Secret works").status_code == 409


def test_hostile_texts_come_out_as_they_were_typed(signed_in, crew):
    for name in (SCRIPT, "=cmd|' /C calc'!A0", "\u202eevil", "👩‍🚀" * 20, "ا" * 200, "' OR 1=1 --"):
        client = signed_in("member")
        post(client, "contact-new", name=name, company=name)
        made = Contact.objects.latest("pk")
        assert (made.name, str(made.company)) == (name, name)
        for page in (get(client, "contact", made.pk), get(client, "contacts"), get(client, "companies")):
            assert page.status_code == 200
            assert SCRIPT not in page.content.decode()
    assert not Address.objects.exists()


def opened(client, page, number):
    """A form as somebody has it before them: what it would send, and what it showed."""
    said = get(client, page, number).content.decode()
    hidden = re.findall(r'name="was\.([^"]+)" value="([^"]*)"', said)
    assert hidden
    return {f"was.{name}": value for name, value in hidden} | dict(hidden)


def test_two_who_edit_one_contact_at_the_same_time_keep_what_both_wrote(signed_in, lively, size):
    hers = opened(signed_in("manager"), "contact-edit", lively.pk)
    his = opened(signed_in("member"), "contact-edit", lively.pk)
    assert his["name"] == "Eero Cooper"
    answers = [
        post(
            signed_in("manager"), "contact-edit", lively.pk, **hers | {"job_title": "Buyer", "tags": "warm"}
        ),
        post(signed_in("member"), "contact-edit", lively.pk, **his | {"name": "Eero J.", "field.size": "7"}),
    ]
    assert [one.status_code for one in answers] == [303, 303]
    lively.refresh_from_db()
    assert (lively.name, lively.job_title, lively.fields) == ("Eero J.", "Buyer", {"size": 7})
    assert [tag.name for tag in lively.tags.all()] == ["warm"]


@pytest.mark.parametrize(
    ("field", "first", "second"),
    [("name", "Eero A.", "Eero B."), ("tags", "warm", "cold"), ("field.size", "7", "8")],
)
def test_what_two_change_at_the_same_time_is_said_and_the_second_may_still_have_it(
    signed_in, lively, size, field, first, second
):
    hers = opened(signed_in("manager"), "contact-edit", lively.pk)
    his = opened(signed_in("member"), "contact-edit", lively.pk)
    post(signed_in("manager"), "contact-edit", lively.pk, **hers | {field: first})
    page = post(signed_in("member"), "contact-edit", lively.pk, **his | {field: second})
    assert page.status_code == 409
    assert wrong_field(page) == field
    said = page.content.decode()
    assert f"“{first}”" in said
    assert f'name="{field}" value="{second}"' in said  # what he typed is there still
    assert f'name="was.{field}" value="{first}"' in said
    again = his | {field: second, f"was.{field}": first}
    assert post(signed_in("member"), "contact-edit", lively.pk, **again).status_code == 303
    assert opened(signed_in("member"), "contact-edit", lively.pk)[field] == second


def test_who_gave_a_contact_away_meanwhile_is_not_undone_by_an_old_form(signed_in, crew, lively):
    old = opened(signed_in("member"), "contact-edit", lively.pk)
    new = opened(signed_in("manager"), "contact-edit", lively.pk)
    mia = str(crew.manager.pk)
    post(signed_in("manager"), "contact-edit", lively.pk, **new | {"owner": mia})
    assert post(signed_in("member"), "contact-edit", lively.pk, **old | {"name": "E."}).status_code == 303
    lively.refresh_from_db()
    assert (lively.owner, lively.name) == (crew.manager, "E.")
    page = post(signed_in("member"), "contact-edit", lively.pk, **old | {"owner": str(crew.owner.pk)})
    assert page.status_code == 409
    assert "“Mia”" in page.content.decode()


def test_two_who_edit_one_company_at_the_same_time_keep_what_both_wrote(signed_in, crew, team):
    acme = Company.objects.create(name="Acme", owner=crew.member, team=team)
    hers = opened(signed_in("manager"), "company-edit", acme.pk)
    post(signed_in("owner"), "company-edit", acme.pk, **hers | {"domain": "acme.example"})
    assert (
        post(signed_in("manager"), "company-edit", acme.pk, **hers | {"name": "Acme SE"}).status_code == 303
    )
    acme.refresh_from_db()
    assert (acme.name, acme.domain) == ("Acme SE", "acme.example")
    assert (
        post(signed_in("manager"), "company-edit", acme.pk, **hers | {"domain": "x.example"}).status_code
        == 409
    )


@pytest.mark.parametrize(
    ("page", "form", "kept"),
    [
        ("note-write", {"text": "x" * 20_001}, ["x" * 20_001]),
        ("task-add", {"title": "Ring “Bo”", "due": "31.12."}, ['value="Ring “Bo”"', 'value="31.12."']),
        (
            "address-add",
            {"sort": "phone", "value": "<call me>", "label": "home"},
            ['value="&lt;call me&gt;"', 'value="home"', '<option value="phone" selected>', 'adding" open>'],
        ),
        (
            "fact-state",
            {"fact": "budget", "said_by": "Bo", "day": "2099-01-01", "note": "40k"},
            ['value="Bo"', 'value="2099-01-01"', "\n40k</textarea>", "<details open>"],
        ),
    ],
)
def test_without_scripts_what_is_refused_is_said_on_the_page_which_keeps_what_was_typed(
    signed_in, lively, page, form, kept
):
    answer = post(signed_in("member"), page, lively.pk, **form)
    assert answer.status_code == 422
    said = answer.content.decode()
    assert said.count('<p class="notice bad" role="alert">') == 1
    assert "Eero Cooper</h1>" in said
    for words in kept:
        assert words in said, words
    htmx = signed_in("member").post(answer.request["PATH_INFO"], form, headers={"HX-Request": "true"})
    assert (htmx.status_code, "Eero Cooper</h1>" in htmx.content.decode()) == (422, False)
