"""Contacts by the API: made, changed, listed, and where they stand."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from leadline.engine.explain import why
from leadline.engine.instants import DAY
from leadline.web import warehouse
from leadline.web.actions import touches
from leadline.web.models import AuditEntry, Company, Contact, Field
from tests.web.conftest import NOW

pytestmark = pytest.mark.django_db

EERO = {
    "key": "crm-1",
    "name": "Eero Cooper",
    "company": "Cooper Bikes",
    "addresses": [{"sort": "email", "value": "Eero@Example.org"}],
    "tags": ["workshop"],
}


def test_a_contact_is_made_and_read_again(program, owner, funnels):
    made = program.post("/contacts", EERO)
    assert made.status_code == 201
    told = program.get(f"/contacts/{made.json()['id']}").json()
    assert told == made.json()
    assert (told["name"], told["company_name"], told["tags"]) == ("Eero Cooper", "Cooper Bikes", ["workshop"])
    assert [(one["sort"], one["value"]) for one in told["addresses"]] == [("email", "eero@example.org")]
    assert told["owner"] == owner.email
    assert told["stages"] == {"sales-cycle": "stranger", "voltage": "stranger"}
    entry = AuditEntry.objects.get(action="contact.made")
    assert (entry.who, entry.by) == (owner, "Ada by the token “the shop”")


def test_what_is_not_named_stays(program):
    number = program.post("/contacts", EERO).json()["id"]
    told = program.patch(f"/contacts/{number}", {"job_title": "Founder", "company": None}).json()
    assert (told["name"], told["job_title"], told["company"]) == ("Eero Cooper", "Founder", None)
    assert told["addresses"]


def test_a_key_is_had_by_one(program):
    program.post("/contacts", EERO)
    answer = program.post("/contacts", {"key": "crm-1", "name": "Somebody else"})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert Contact.objects.count() == 1


def test_an_upsert_changes_whom_it_knows_and_makes_the_others(program):
    first = program.post("/contacts/bulk", {"contacts": [EERO]}).json()["contacts"]
    by_key = {"key": "crm-1", "job_title": "Founder"}
    by_address = {"name": "E. Cooper", "addresses": [{"sort": "email", "value": "eero@example.org"}]}
    rows = program.post("/contacts/bulk", {"contacts": [by_key, by_address, {"name": "Ida"}]}).json()[
        "contacts"
    ]
    assert [row["made"] for row in first + rows] == [True, False, False, True]
    assert {row["id"] for row in rows[:2]} == {first[0]["id"]}
    eero = Contact.objects.get(pk=first[0]["id"])
    assert (eero.name, eero.job_title, Company.objects.count()) == ("E. Cooper", "Founder", 1)


def test_an_upsert_is_done_whole_or_not_at_all_and_names_the_row(program):
    answer = program.post("/contacts/bulk", {"contacts": [{"name": "Ida"}, {"job_title": "Founder"}]})
    assert answer.status_code == 422
    assert answer.json()["where"] == "row 2"
    assert not Contact.objects.exists()


def test_the_same_request_with_the_same_key_is_done_once(program):
    body = {"contacts": [{"name": "Ida"}]}
    first, again = (program.post("/contacts/bulk", body, **{"Idempotency-Key": "k1"}) for _ in range(2))
    assert first.json() == again.json()
    assert Contact.objects.count() == 1
    other = program.post("/contacts/bulk", {"contacts": [{"name": "Ben"}]}, **{"Idempotency-Key": "k1"})
    assert other.status_code == 409
    program.post("/contacts/bulk", body, **{"Idempotency-Key": "k2"})
    assert Contact.objects.count() == 2


def test_a_key_of_somebody_whom_they_do_not_see_tells_nothing_of_them(program_of, member):
    hidden = Contact.objects.create(name="Hidden", key="crm-1")
    answer = program_of(member).post("/contacts/bulk", {"contacts": [EERO]})
    assert answer.status_code == 409
    assert "Hidden" not in answer.content.decode()
    hidden.refresh_from_db()
    assert hidden.name == "Hidden"


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"size": 12}, {"size": 12}),
        ({"size": "12"}, {"size": 12}),
        ({"size": True}, None),
        ({"size": [12]}, None),
        ({"since": "2026-01-31"}, {"since": "2026-01-31"}),
        ({"since": "31/01/2026"}, None),
        ({"since": 2026}, None),
        ({"colour": "red"}, {"colour": "red"}),
        ({"colour": "blue"}, None),
        ({"vip": True}, {"vip": True}),
        ({"vip": "yes"}, {"vip": True}),
        ({"vip": 1}, None),
        ({"sise": 12}, None),
        ({"size": None}, {}),
    ],
)
def test_own_fields_are_read_as_they_are_typed_and_have_their_types(program, fields, kept):
    Field.objects.create(of="contact", name="size", label="Size", type="number")
    Field.objects.create(of="contact", name="since", label="Since", type="date")
    Field.objects.create(of="contact", name="colour", label="Colour", type="choice", choices=["red"])
    Field.objects.create(of="contact", name="vip", label="VIP", type="flag")
    answer = program.post("/contacts", {"name": "Ida", "fields": fields})
    assert answer.status_code == (422 if kept is None else 201)
    assert kept is None or answer.json()["fields"] == kept


def test_a_list_comes_in_parts_without_gaps_and_without_repeating(program):
    Contact.objects.bulk_create(Contact(name=f"c{number}") for number in range(7))
    seen, cursor, parts = [], "", 0
    while cursor is not None:
        told = program.get(f"/contacts?limit=3{f'&cursor={cursor}' if cursor else ''}").json()
        seen += [one["name"] for one in told["items"]]
        cursor, parts = told["next"], parts + 1
    assert (seen, parts) == ([f"c{number}" for number in range(7)], 3)


def test_a_list_takes_as_many_queries_for_many_as_for_one(program, django_assert_max_num_queries):
    Contact.objects.bulk_create(Contact(name=f"c{number}") for number in range(60))
    program.get("/kinds")
    with django_assert_max_num_queries(8):
        assert len(program.get("/contacts?limit=60").json()["items"]) == 60


def test_a_list_is_asked_for_by_name_tag_address_and_stage(program, actor, funnels):
    program.post("/contacts/bulk", {"contacts": [EERO, {"name": "Ida Roth"}]})
    eero = Contact.objects.get(key="crm-1")
    touches.record(actor, eero, "met", NOW - DAY, path="networking")
    for asked in (
        "q=coop",
        "key=crm-1",
        "email=EERO@example.org",
        "tag=workshop",
        "path=networking",
        "funnel=voltage&stage=lead",
        f"company={eero.company_id}",
    ):
        assert [one["id"] for one in program.get(f"/contacts?{asked}").json()["items"]] == [eero.pk], asked
    strangers = program.get("/contacts?funnel=voltage&stage=stranger").json()["items"]
    assert [one["name"] for one in strangers] == ["Ida Roth"]
    unknown = program.get("/contacts?funnel=voltage&stage=leed")
    assert (unknown.status_code, unknown.json()["suggestion"]) == (422, "lead")
    assert program.get("/contacts?funnel=voltag&stage=lead").status_code == 404
    assert program.get("/contacts?stage=lead").status_code == 422
    assert program.get("/contacts?cursor=nonsense").status_code == 422
    assert program.get("/contacts?sort=name&cursor=nonsense").status_code == 422


@pytest.fixture
def crowd(program, owner, team, actor, funnels):
    """Four people, of whom each filter finds some."""
    Field.objects.create(of="contact", name="size", label="Size", type="number")
    rows = [
        {"name": "Ada Moe", "fields": {"size": 3}},
        {"name": "Bea Moe", "fields": {"size": 12}},
        {"name": "Cem Moe"},
        {"name": "Dan Roe"},
    ]
    program.post("/contacts/bulk", {"contacts": rows})
    ada, bea, cem, dan = Contact.objects.order_by("pk")
    touches.record(actor, ada, "met", NOW - 9 * DAY, path="networking")
    touches.record(actor, bea, "met", NOW - DAY, path="networking")
    touches.record(actor, bea, "told_need", NOW - DAY)
    touches.record(actor, cem, "liked", NOW - 3 * DAY, path="social")
    Contact.objects.filter(pk=dan.pk).update(owner=None, team=team)
    return team


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"owner": "me"}, "Ada Bea Cem"),
        ({"owner": "none"}, "Dan"),
        ({"owner": "ada@example.org", "path": "social"}, "Cem"),
        ({"path": "none"}, "Dan"),
        ({"fact": "need"}, "Bea"),
        ({"fact": "no need"}, "Ada Cem Dan"),
        ({"open": "ask"}, "Ada Bea"),
        ({"after": "2026-02-27", "before": "2026-03-01"}, "Cem"),
        ({"funnel": "voltage", "stage": "opportunity"}, "Bea"),
        ({"q": "moe", "company": "none"}, "Ada Bea Cem"),
    ],
)
def test_what_filters_a_list_is_what_is_changed_by_it(program, crowd, asked, names):
    query = urlencode(asked)
    for sort in ("number", "last", "name"):
        told = program.get(f"/contacts?{query}&sort={sort}").json()["items"]
        assert sorted(one["name"].split()[0] for one in told) == names.split(), sort
    said = program.post("/contacts/tags", {"where": asked, "add": ["found"]})
    assert said.json() == {"changed": len(names.split())}
    found = Contact.objects.filter(tags__name="found").order_by("name").values_list("name", flat=True)
    assert [name.split()[0] for name in found] == names.split()


def test_a_list_and_a_change_go_by_fields_of_ones_own_and_by_team(program, crowd, owner):
    assert [one["name"] for one in program.get("/contacts?field.size=12").json()["items"]] == ["Bea Moe"]
    assert program.get("/contacts?field.sise=12").status_code == 422
    where = {"team": crowd.pk}
    assert program.post("/contacts/owner", {"where": where, "owner": owner.email}).json() == {"changed": 1}
    assert Contact.objects.get(name="Dan Roe").owner == owner
    own = {"where": {"fields": {"size": "3"}}, "add": ["small"]}
    assert program.post("/contacts/tags", own).json() == {"changed": 1}
    assert Contact.objects.get(tags__name="small").name == "Ada Moe"


def test_a_list_in_the_order_of_pages_comes_in_parts(program, crowd):
    orders = {
        "sort=last": ["Bea Moe", "Cem Moe", "Ada Moe", "Dan Roe"],
        "sort=name": ["Ada Moe", "Bea Moe", "Cem Moe", "Dan Roe"],
        "sort=stage&funnel=voltage": ["Bea Moe", "Cem Moe", "Ada Moe"],
    }
    for asked, names in orders.items():
        seen, cursor = [], ""
        while cursor is not None:
            told = program.get(f"/contacts?{asked}&limit=1{f'&cursor={cursor}' if cursor else ''}").json()
            seen += [one["name"] for one in told["items"]]
            cursor = told["next"]
        assert seen == names, asked
    assert program.get("/contacts?sort=stage").status_code == 422


def test_many_are_named_by_their_numbers_or_by_a_filter(program, crowd):
    for both in (
        {},
        {"contacts": [1], "where": {}},
        {"where": {"stage": "lead"}},
        {"where": {"q": "nobody"}},
    ):
        assert program.post("/contacts/tags", {"add": ["x"], **both}).status_code == 422, both
    assert program.post("/contacts/tags", {"where": {}, "add": ["all"]}).json() == {"changed": 4}


def test_a_filter_reaches_only_those_whom_they_see(program_of, program, crowd, member):
    theirs = program_of(member)
    own = theirs.post("/contacts", {"name": "Eve"}).json()["id"]
    assert theirs.post("/contacts/tags", {"where": {}, "add": ["mine"]}).json() == {"changed": 1}
    assert [one.pk for one in Contact.objects.filter(tags__name="mine")] == [own]


def test_the_stages_are_what_the_engine_says(program, actor, contact, funnels):
    touches.record(actor, contact, "met", NOW - 9 * DAY, path="networking")
    touches.record(actor, contact, "told_need", NOW - 8 * DAY)
    told = program.get(f"/contacts/{contact.pk}/stages?as_of=2026-03-02T09:30:00Z").json()
    for one in told:
        said = why(warehouse.touches_of([contact.pk]), warehouse.funnels()[one["funnel"]], contact.pk, NOW)
        assert one["stage"] == said.stage_name
        assert one["why"][0].startswith("Eero Cooper is: ")
        assert one["why"][1:] == said.sentences()[1:]
        assert all(gap["sentences"] for gap in one["why_not"])
    earlier = program.get(f"/contacts/{contact.pk}/stages?funnel=voltage&as_of=2020-01-01T00:00:00Z").json()
    assert [one["stage"] for one in earlier] == ["stranger"]


def test_a_company_is_made_changed_and_found(program):
    made = program.post("/companies", {"name": "Cooper Bikes", "domain": "cooper.example"}).json()
    assert program.post("/companies", {"name": "Cooper Bikes"}).status_code == 409
    assert program.post("/companies", {}).status_code == 422
    program.patch(f"/companies/{made['id']}", {"domain": "bikes.example"})
    told = program.get("/companies?q=bikes").json()["items"]
    assert [one["domain"] for one in told] == ["bikes.example"]


def test_the_number_of_somebody_who_was_merged_stays_theirs(program, program_of, member):
    names = ("Ida", "I.", "J.")
    kept, gone, other = (program.post("/contacts", {"name": name}).json()["id"] for name in names)
    program.post(f"/contacts/{kept}/merge", {"duplicate": gone})
    assert program.get(f"/contacts/{gone}").json()["id"] == kept
    told = program.patch(f"/contacts/{gone}", {"job_title": "Founder"}).json()
    assert (told["id"], told["job_title"]) == (kept, "Founder")
    note = program.post(f"/contacts/{gone}/notes", {"text": "Likes rowing."}).json()
    assert note["contact"] == kept
    program.post("/touches", {"contact": kept, "kind": "met"})
    program.post("/asks", {"contact": gone, "title": "Rowing"})
    program.post("/purchases", {"contact": gone, "value": 100, "currency": "EUR", "renews_on": "2030-01-01"})
    program.post("/tasks", {"contact": gone, "title": "Call"})
    for listed in ("touches", "asks", "purchases", "contracts", "tasks"):
        told = [program.get(f"/{listed}?contact={one}").json()["items"] for one in (kept, gone)]
        assert told[0] == told[1] != [], listed
    again = program.post(f"/contacts/{kept}/merge", {"duplicate": gone})
    assert (again.status_code, again.json()["code"]) == (422, "invalid")
    program.post(f"/contacts/{other}/merge", {"duplicate": kept})
    assert program.get(f"/contacts/{gone}").json()["id"] == other
    hidden = program_of(member, "contacts:read").get(f"/contacts/{gone}")
    assert (hidden.status_code, str(other) in hidden.json()["detail"]) == (404, False)
