"""The list of companies: filtered, kept as views, given away many at once and taken back, exported."""

from __future__ import annotations

import csv
import io

import pytest

from leadline.web.models import AuditEntry, Company, Contact, Delivery, Field, Job, SavedView, Team, Webhook
from tests.rows import kept
from tests.web.contacts.conftest import get, post

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@kept
def companies(crew, shared):
    """Two of the member's, one of the team's, one that another team has, and people."""
    Field.objects.create(of="company", name="sector", label="Sector")
    rows = {
        "Acme": (crew.member, shared, "acme.example", {"sector": "tools"}),
        "Birch": (crew.member, shared, "birch.example", {"sector": "=wood"}),
        "Cora": (None, shared, "", {}),
        "Hush": (crew.stranger, crew.stranger.team, "hush.example", {"sector": "tools"}),
    }
    made = {
        name: Company.objects.create(name=name, owner=owner, team=team, domain=domain, fields=fields)
        for name, (owner, team, domain, fields) in rows.items()
    }
    for name, company in (("Ann", "Acme"), ("Bob", "Acme"), ("Hal", "Hush")):
        of = made[company]
        Contact.objects.create(name=name, company=of, owner=of.owner, team=of.team)
    return made


def listed(client, **query):
    page = get(client, "companies", **query)
    assert page.status_code == 200
    return [one.name for one, _ in page.context["rows"]]


def test_the_list_is_filtered_by_name_owner_team_and_ones_own_fields(signed_in, crew, companies):
    client = signed_in("owner")
    assert listed(client) == ["Acme", "Birch", "Cora", "Hush"]
    assert listed(client, q="bir") == ["Birch"]
    assert listed(client, q="HUSH.ex") == ["Hush"]
    assert listed(client, owner=crew.member.pk) == ["Acme", "Birch"]
    assert listed(client, owner="none") == ["Cora"]
    assert listed(client, team=crew.stranger.team.pk) == ["Hush"]
    assert listed(client, **{"field.sector": "tools"}) == ["Acme", "Hush"]
    assert get(client, "companies", owner="x").status_code == 422
    assert listed(signed_in("member"), **{"field.sector": "tools"}) == ["Acme"]
    assert listed(signed_in("reader")) == ["Acme", "Birch", "Cora"]


def test_a_long_list_goes_on_where_the_page_ended(signed_in, crew, shared, django_assert_max_num_queries):
    Company.objects.bulk_create(Company(name=f"Firm {n:03}", owner=crew.owner) for n in range(120))
    Company.objects.create(name="firm 050", owner=crew.owner)  # one name twice, over the end of a page
    client, found, cursor = signed_in("owner"), [], None
    while cursor != "":
        with django_assert_max_num_queries(16):
            page = get(client, "companies", **({"cursor": cursor} if cursor else {}))
        found += [one.pk for one, _ in page.context["rows"]]
        cursor = page.context["next"]
    assert len(found) == len(set(found)) == 121


def test_columns_are_those_asked_for_and_people_lead_to_their_list(signed_in, companies):
    page = get(signed_in("member"), "companies", col=["people", "field.sector"])
    assert list(page.context["columns"].values()) == ["People", "Sector"]
    cells = {one.name: [cell["text"] for _, cell in cells] for one, cells in page.context["rows"]}
    assert cells == {"Acme": ["2", "tools"], "Birch": ["0", "=wood"], "Cora": ["0", ""]}
    assert f"/contacts/?all=1&amp;company={companies['Acme'].pk}" in page.content.decode()


def test_views_are_kept_shared_shown_first_and_let_go(signed_in, crew, companies):
    client = signed_in("manager")
    query = "owner=none&col=team&company=7&after=2026-01-01"
    kept = post(client, "view-save", of="companies", name="Free", query=query, shared="1", default="1")
    view = SavedView.objects.get()
    assert kept.headers["Location"] == f"/companies/?view={view.pk}"
    assert (view.of, view.columns, view.query["owner"]) == ("companies", ["team"], "none")
    assert listed(client) == ["Cora"]  # it is shown first
    assert listed(client, all=1) == ["Acme", "Birch", "Cora"]
    assert get(client, "contacts").context["view"] is None  # and is none of contacts
    others = signed_in("member")
    assert listed(others) == ["Acme", "Birch", "Cora"]
    assert listed(others, view=view.pk) == ["Cora"]
    assert get(others, "contacts", view=view.pk).status_code == 404
    assert post(others, "view-remove", view.pk).status_code == 403
    gone = post(signed_in("manager"), "view-remove", view.pk)
    assert gone.headers["Location"] == "/companies/?all=1"
    assert post(signed_in("manager"), "view-save", of="asks", name="x", query="").status_code == 422


def test_several_are_given_to_somebody_and_it_is_undone(signed_in, crew, companies):
    client = signed_in("member")
    ids = [companies[name].pk for name in ("Acme", "Cora", "Hush")]
    done = post(client, "companies-change", id=ids, do="owner", owner=crew.manager.pk, query="q=")
    assert done.status_code == 303
    owners = dict(Company.objects.values_list("name", "owner"))
    mia, ben, sam = crew.manager.pk, crew.member.pk, crew.stranger.pk
    assert owners == {"Acme": mia, "Birch": ben, "Cora": mia, "Hush": sam}  # Hush is not theirs to give
    first, last = AuditEntry.objects.order_by("pk").values_list("pk", flat=True)
    assert f"/changes/undo/{first}/{last}" in get(client, "companies").content.decode()
    assert post(client, "changes-undo", first, last).status_code == 303
    assert dict(Company.objects.values_list("name", "owner")) == owners | {"Acme": ben, "Cora": None}
    assert Company.objects.get(name="Cora").team == Team.objects.get(name="North")


def test_all_that_are_filtered_are_given_and_only_who_may_leaves_them_to_nobody(signed_in, crew, companies):
    query = f"owner={crew.member.pk}"
    refused = post(signed_in("member"), "companies-change", every="1", query=query, do="owner", owner="")
    assert refused.status_code == 403
    given = post(signed_in("manager"), "companies-change", every="1", query=query, do="owner", owner="")
    assert given.status_code == 303
    assert set(Company.objects.filter(owner=None).values_list("name", flat=True)) == {"Acme", "Birch", "Cora"}
    none_ticked = post(signed_in("owner"), "companies-change", query="q=a", owner="")
    assert (none_ticked.status_code, none_ticked["Location"]) == (303, "/companies/?all=1&q=a")
    said = list(signed_in("owner").get(none_ticked["Location"]).context["messages"])[-1]
    assert (said.level_tag, str(said)[:31]) == ("error", "Several companies can’t change:")


def test_webhooks_hear_of_each_of_several(signed_in, crew, companies):
    hook = Webhook.objects.create(url="https://example.org/", events=["company.changed"])
    ids = [companies[name].pk for name in ("Acme", "Birch")]
    post(signed_in("owner"), "companies-change", id=ids, do="owner", owner=crew.owner.pk, query="")
    told = Delivery.objects.filter(webhook=hook).order_by("pk")
    assert {one.body["data"]["record"] for one in told} == {f"company:{number}" for number in ids}
    assert told[0].body["data"]["after"]["owner"] == "Ada"
    waiting = Job.objects.filter(kind="webhook.deliver").values_list("payload", flat=True)
    assert {one["delivery"] for one in waiting} == {one.pk for one in told}


@pytest.mark.parametrize("role", ["owner", "manager"])
def test_the_file_has_what_is_filtered_and_no_formulas(signed_in, companies, role):
    answer = get(signed_in(role), "companies-export", q="", col=["people", "field.sector"])
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["Number", "Name", "People", "Sector"]
    expected = [["Acme", "2", "tools"], ["Birch", "0", "'=wood"], ["Cora", "0", ""], ["Hush", "1", "tools"]]
    assert [row[1:] for row in rows[1:]] == (expected if role == "owner" else expected[:3])


@pytest.mark.parametrize("role", ["member", "reader", "stranger"])
def test_who_may_not_carry_records_out_gets_no_file(signed_in, companies, role):
    assert get(signed_in(role), "companies-export").status_code == 403
