"""Fields of one's own in lists: filtered by what they say, also from and up to; many filled in at once."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from leadline.web.actions import contacts as actions
from leadline.web.errors import Invalid
from leadline.web.models import AuditEntry, Company, Contact, Field, User
from tests.rows import kept
from tests.web.contacts.conftest import filtered, get, post

pytestmark = pytest.mark.django_db
SIZES = {"Ann": 9, "Bob": 10, "Cem": 10.5, "Dan": 100, "Eve": None}
DAYS = {"Ann": "2025-12-31", "Bob": "2026-01-01", "Cem": "2026-01-31", "Dan": None, "Eve": "2026-02-01"}


@kept
def known(crew, funnels):
    """Five contacts with a number and a day each, some of them not known."""
    rows = (("size", "Size", "number"), ("met_on", "Met on", "date"), ("trade", "Trade", "text"))
    for name, label, kind in rows:
        Field.objects.create(of="contact", name=name, label=label, type=kind)
    for name, size in SIZES.items():
        fields = {"size": size, "met_on": DAYS[name], "trade": f"{name}’s trade"}
        there = {n: value for n, value in fields.items() if value is not None}
        Contact.objects.create(name=name, owner=crew.owner, fields=there)


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"field.size.from": "10"}, "Bob Cem Dan"),
        ({"field.size.to": "10"}, "Ann Bob"),
        ({"field.size.from": "9.5", "field.size.to": "50"}, "Bob Cem"),
        ({"field.size": "10"}, "Bob"),
        ({"field.size": "10,5"}, "Cem"),
        ({"field.size.from": "9,5", "field.size.to": "1.000,5"}, "Bob Cem Dan"),
        ({"field.met_on.from": "2026-01-01", "field.met_on.to": "2026-01-31"}, "Bob Cem"),
        ({"field.met_on.to": "2025-12-31"}, "Ann"),
        ({"field.met_on.from": "2026-01-31", "field.size.to": "99"}, "Cem"),
        ({"field.trade": "EVE"}, "Eve"),
    ],
)
def test_numbers_and_days_are_asked_from_and_up_to_and_both_count(signed_in, known, asked, names):
    assert sorted(filtered(signed_in("owner"), **asked)) == names.split()


def test_each_filter_is_named_and_can_be_taken_away(signed_in, known):
    page = get(signed_in("owner"), "contacts", **{"field.size.from": "10", "field.met_on.to": "2026-01-31"})
    assert [one["text"] for one in page.context["chips"]] == ["Size from: 10", "Met on up to: 2026-01-31"]
    assert "field.size.from" not in page.context["chips"][0]["without"]
    shown = {one["field"].name: (one["from"], one["to"]) for one in page.context["own_fields"]}
    assert shown == {"size": ("10", ""), "met_on": ("", "2026-01-31"), "trade": ("", "")}


@pytest.mark.parametrize(
    "asked",
    [
        "field.size.from=many",
        "field.met_on.to=soon",
        "field.trade.from=a",
        "field.size.past=1",
        "field.x.to=1",
    ],
)
def test_what_can_not_be_compared_so_is_refused(signed_in, known, asked):
    name, _, value = asked.partition("=")
    assert get(signed_in("owner"), "contacts", **{name: value}).status_code == 422


def test_companies_are_asked_so_too(signed_in, crew, funnels):
    Field.objects.create(of="company", name="staff", label="Staff", type="number")
    for name, staff in {"Acme": 4, "Birch": 40}.items():
        Company.objects.create(name=name, owner=crew.owner, fields={"staff": staff})
    page = get(signed_in("owner"), "companies", **{"field.staff.from": "5"})
    assert [one.name for one, _ in page.context["rows"]] == ["Birch"]


def test_a_field_is_filled_in_for_many_and_that_is_undone(signed_in, crew, known):
    client = signed_in("owner")
    numbers = list(Contact.objects.filter(name__in=["Ann", "Eve"]).values_list("pk", flat=True))
    post(client, "contacts-change", id=numbers, do="field", field="size", value="12")
    said = dict(Contact.objects.values_list("name", "fields"))
    assert {name: fields.get("size") for name, fields in said.items()} == SIZES | {"Ann": 12, "Eve": 12}
    assert said["Ann"]["trade"] == "Ann’s trade"
    assert AuditEntry.objects.get(record=f"contact:{numbers[0]}").before == {"field size": 9}
    undo = next(str(one.extra_tags) for one in client.get("/contacts/").context["messages"])
    client.post(undo)
    assert {n: f.get("size") for n, f in Contact.objects.values_list("name", "fields")} == SIZES


def test_an_empty_value_takes_it_away_and_one_of_another_type_changes_nobody(actor, known):
    everybody = list(Contact.objects.values_list("pk", flat=True))
    with pytest.raises(Invalid):
        actions.change_contacts(actor, everybody, {"do": "field", "field": "size", "value": "large"})
    assert actions.change_contacts(actor, everybody, {"do": "field", "field": "size", "value": ""}) == 4
    assert not [1 for fields in Contact.objects.values_list("fields", flat=True) if "size" in fields]


def test_whoever_may_not_change_fills_in_nothing(signed_in, known):
    number = Contact.objects.get(name="Ann").pk
    assert (
        post(
            signed_in("reader"), "contacts-change", id=number, do="field", field="size", value="1"
        ).status_code
        == 403
    )
    post(signed_in("stranger"), "contacts-change", id=number, do="field", field="size", value="1")
    assert Contact.objects.get(name="Ann").fields["size"] == 9


def test_what_many_can_not_be_given_is_said_on_the_list_where_one_was(signed_in, known):
    client, ann = signed_in("owner"), Contact.objects.get(name="Ann").pk
    for told in (
        {"id": ann, "do": "field", "field": "size", "value": "large"},
        {"do": "tags", "add": "warm"},
    ):
        answer = post(client, "contacts-change", query="q=a", **told)
        assert (answer.status_code, answer["Location"]) == (303, "/contacts/?all=1&q=a")
        [said] = client.get(answer["Location"]).context["messages"]
        assert said.level_tag == "error"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("12,5", 12.5), ("1.200,5", 1200.5), ("-3,25", -3.25), ("1,200.5", 1200.5), ("1.234", 1.234)],
)
def test_a_number_is_typed_with_a_comma_too_as_some_phones_have_no_point(actor, known, typed, kept):
    ann = Contact.objects.get(name="Ann")
    actions.change_contact(actor, ann, fields={"size": typed})
    ann.refresh_from_db()
    assert ann.fields["size"] == kept


def test_a_link_that_a_field_holds_can_be_followed_and_is_nothing_else(signed_in, crew, known):
    ann = Contact.objects.get(name="Ann")
    Contact.objects.filter(pk=ann.pk).update(fields={"trade": "https://ann.example/a?b=1 <i>"})

    def look():
        return signed_in("owner").get(f"/contacts/{ann.pk}/").content.decode()

    link = '<a href="https://ann.example/a?b=1" rel="nofollow">https://ann.example/a?b=1</a> &lt;i&gt;'
    assert f"<dd>{link}</dd>" in look()
    Contact.objects.filter(pk=ann.pk).update(fields={"trade": "javascript:alert(1)"})
    assert "<dd>javascript:alert(1)</dd>" in look()


@pytest.mark.parametrize(
    ("locale", "typed", "kept", "shown"),
    [
        ("de", "1.200", 1200, "1200"),
        ("de", "1,234", 1.234, "1,234"),
        ("pt-BR", "1.200,75", 1200.75, "1200,75"),
        ("fr", "2,5", 2.5, "2,5"),
        ("en-GB", "1,200", 1200, "1200"),
        ("en-GB", "1.234", 1.234, "1.234"),
        ("de-CH", "1.5", 1.5, "1.5"),
    ],
)
def test_a_number_is_read_and_shown_as_it_is_written_where_one_is(
    signed_in, crew, known, locale, typed, kept, shown
):
    User.objects.filter(pk=crew["owner"].pk).update(locale=locale)
    look, ann = signed_in("owner"), Contact.objects.get(name="Ann")
    edit = f"/contacts/{ann.pk}/edit/"
    look.post(edit, {"name": "Ann", "field.size": typed})
    ann.refresh_from_db()
    assert ann.fields["size"] == kept
    assert f'value="{shown}"' in look.get(edit).content.decode()
    look.post(edit, {"name": "Anna", "field.size": shown})
    ann.refresh_from_db()
    assert (ann.name, ann.fields["size"]) == ("Anna", kept)
    look.post("/contacts/change/", {"id": ann.pk, "do": "field", "field": "size", "value": typed})
    ann.refresh_from_db()
    assert ann.fields["size"] == kept


@pytest.mark.parametrize(
    ("locale", "typed", "asked", "shown"),
    [
        ("de", "1.200", "1200", "1200"),
        ("de", "1,234", "1.234", "1,234"),
        ("en-GB", "1.234", "1.234", "1.234"),
        ("en-GB", "1,200", "1200", "1200"),
        ("de", "two", "two", ""),
    ],
)
def test_a_filter_is_typed_as_it_is_written_where_one_is_and_its_address_is_everybodys(
    signed_in, crew, known, locale, typed, asked, shown
):
    User.objects.filter(pk=crew["owner"].pk).update(locale=locale)
    look = signed_in("owner")
    answer = look.get("/contacts/", {"typed": "1", "field.size.from": typed, "field.size.to": ""})
    assert answer.status_code == 302
    assert QueryDict(answer.url.partition("?")[2]).dict() == {"field.size.from": asked, "field.size.to": ""}
    page = look.get(answer.url).content.decode()
    assert f'name="field.size.from" value="{shown}"' in page
    assert 'name="typed" value="1"' in page
