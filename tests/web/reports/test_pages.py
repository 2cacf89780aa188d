"""The pages of the funnel and of the reports, for every role."""

from __future__ import annotations

import re

import pytest

from leadline.engine.instants import DAY, to_datetime
from leadline.web import access
from leadline.web.actions import reports as acts
from leadline.web.models import Contact, FunnelVersion, Materialised, Tag, User
from leadline.web.pages import leaks as room
from leadline.web.warehouse.reports import NOTHING, REPORTS
from tests.web.conftest import NOW
from tests.web.reports.conftest import write

ADDRESSES = [
    "/funnel/",
    "/funnel/?on=2025-12-01",
    "/leaks/?wait=1",
    *(f"/leaks/{name}/?wait=1" for name in REPORTS),
    "/leaks/leaks/pictures/",
    "/funnel/people/?stage=asked",
    "/leaks/people/?path=content&link=ask",
]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_stranger_is_asked_to_sign_in(client, business, address):
    answer = client.get(address)
    assert answer.status_code == 302
    assert "login" in answer["Location"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "role",
    [
        "owner",
        "member",
        *(pytest.param(one, marks=pytest.mark.one_database) for one in ("manager", "reader")),
    ],
)
def test_every_role_sees_the_pages_over_the_contacts_it_sees(enter, business, team, role):
    user = User.objects.create_user(f"{role}@example.org", role=role, team=team)
    Contact.objects.filter(pk__in=[one.pk for one in business[:12]]).update(owner=user)
    client = enter(user)
    for address in (
        ADDRESSES
        if role == "owner"
        else ("/funnel/", "/leaks/?wait=1", "/leaks/paths/?wait=1", *ADDRESSES[-3:])
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
    seen = access.contacts(user).count()
    found = client.get("/funnel/").context["found"]
    assert found.known == seen == (60 if role == "owner" else 12)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/funnel/", "/leaks/", "/leaks/asks/", "/leaks/people/?path=x&link=ask"])
def test_without_a_funnel_or_a_touch_pages_say_what_to_do(enter, owner, address):
    answer = enter(owner).get(address)
    assert answer.status_code in {200, 404}


@pytest.mark.django_db
def test_an_empty_database_is_no_crash(enter, owner, funnels):
    client = enter(owner)
    assert "import what you have, and the funnel fills by itself" in client.get("/funnel/").content.decode()
    for name in REPORTS:
        assert NOTHING in client.get(f"/leaks/{name}/?wait=1").content.decode()


@pytest.mark.django_db
def test_each_number_of_the_funnel_opens_its_people(enter, owner, business):
    text = enter(owner).get("/funnel/?funnel=voltage&on=2026-01-05&path=content").content.decode()
    assert "funnel=voltage&amp;on=2026-01-05&amp;path=content&amp;stage=lead" in text


@pytest.mark.django_db
def test_filters_leave_those_who_are_meant(enter, owner, member, business):
    client = enter(owner)
    assert client.get("/funnel/?path=networking").context["found"].known == 30
    assert client.get("/funnel/?path=nowhere").context["found"].known == 0
    Contact.objects.filter(pk=business[0].pk).update(owner=member)
    assert client.get(f"/funnel/?owner={member.pk}").context["found"].known == 1
    business[1].tags.add(Tag.objects.create(name="agency"))
    assert client.get("/funnel/?tag=agency").context["found"].known == 1
    assert client.get("/funnel/?tag=agency&path=content").context["found"].known == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/funnel/?on=tomorrow", "/funnel/?on=2031-01-01", "/leaks/people/?link=x"]
)
def test_what_makes_no_sense_is_refused_with_a_sentence(enter, owner, business, address):
    assert enter(owner).get(address).status_code == 422


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    ["/leaks/compare/?by=x&wait=1", "/leaks/attribution/?model=x", "/leaks/asks/?clients=-1&by=2027-01-01"],
)
def test_parameters_that_there_are_none_of_are_refused(enter, owner, business, address):
    assert enter(owner).get(address).status_code == 422
    assert not Materialised.objects.exists()


@pytest.mark.django_db
def test_a_report_that_there_is_none_of_is_not_found(enter, owner, business):
    assert enter(owner).get("/leaks/astrology/").status_code == 404


@pytest.mark.django_db
def test_the_slider_gets_the_figures_alone(enter, owner, business):
    client = enter(owner)
    part = client.get("/funnel/?on=2026-01-01", headers={"HX-Request": "true", "HX-Target": "funnel-figures"})
    text = part.content.decode()
    assert "<html" not in text
    assert 'id="funnel-figures"' in text
    assert "on=2026-01-01" in text


@pytest.mark.django_db
def test_a_report_is_worked_out_anew_by_refreshing(enter, owner, business, monkeypatch):
    client = enter(owner)
    assert "just now" in client.get("/leaks/?wait=1").content.decode()
    monkeypatch.setattr(room, "now", lambda: NOW + DAY)
    assert "24 hours ago" in client.get("/leaks/?wait=1").content.decode().replace(
        "1 day ago", "24 hours ago"
    )
    answer = client.post("/leaks/leaks/refresh/", {"funnel": "sales-cycle"})
    assert answer.status_code == 303
    assert "just now" in client.get(answer["Location"]).content.decode()
    assert client.get("/leaks/leaks/refresh/").status_code == 405


@pytest.mark.django_db
def test_each_value_of_a_table_has_its_heading_where_a_phone_has_no_room_for_columns(enter, owner, business):
    page = enter(owner).get("/leaks/asks/?wait=1").content.decode()
    tables = re.findall(r'<table class="table table-stack">(.*?)</table>', page, re.DOTALL)
    assert tables
    for table in tables:
        headings = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', table)
        for row in re.findall(r"<tr>(<th scope=.row.*?)</tr>", table):
            assert re.findall(r'<td data-label="(.*?)"', row) == headings[1:]


@pytest.mark.django_db
def test_a_cell_of_the_matrix_opens_those_who_wait_there(enter, owner, business):
    client = enter(owner)
    page = client.get("/leaks/?wait=1").context
    row = next(row for row in page["matrix"] if row["path"] == "content")
    ask = next(cell for cell in row["cells"] if cell["link"] == "ask")
    assert ask["status"] == "missing"  # of those who came by content nobody was asked
    people = client.get(ask["address"]).context
    assert people["waiting"] == ask["stood"] - ask["through"] - people["left"]
    assert {one["name"] for one in people["people"]} <= {f"Person {number}" for number in range(0, 60, 2)}
    reached = next(cell for cell in row["cells"] if cell["link"] == "generate")
    assert (reached["unnamed"], ask["unnamed"]) == (True, False)  # 900 read: nobody knows who they are
    assert "only counted, as readers" in client.get(reached["address"]).content.decode()


@pytest.mark.django_db
def test_names_are_put_in_for_those_who_may_see_them_and_escaped(enter, owner, business):
    Contact.objects.filter(pk=business[2].pk).update(name="<script>x</script>")
    text = enter(owner).get("/leaks/asks/?wait=1").content.decode()
    assert "<script>x" not in text
    assert "&lt;script&gt;x" in text
    assert "contact:" not in text
    Contact.objects.filter(pk=business[2].pk).update(erased_at="2026-03-01T00:00:00Z")
    assert "&lt;script" not in enter(owner).get("/leaks/asks/?wait=1").content.decode()


@pytest.mark.django_db
def test_the_name_of_an_empty_stage_is_escaped_once(enter, owner, contact):
    stages = "".join(
        f'[[stages]]\nname = "{name}"\nmeans = "Theirs."\nrole = "{role}"\nwhen = "{when}"\n'
        for name, role, when in (("R&D <new>", "open", "met"), ("buyer", "client", "customer"))
    )
    toml = f'name = "ours"\nmeans = "Ours."\n{stages}'
    FunnelVersion.objects.create(
        slug="ours", number=1, toml=toml, in_force=True, published_at=to_datetime(NOW)
    )
    write(contact, "bought", 3)
    text = enter(owner).get("/funnel/").content.decode()
    assert "Nobody stands in “R&amp;D &lt;new&gt;”." in text


@pytest.mark.django_db
def test_a_hostile_path_stays_text(enter, owner, contact, funnels):
    for days in range(40, 0, -1):
        write(contact, "replied", days, path='"><img src=x onerror=alert(1)>')
    for address in ("/funnel/", *(f"/leaks/{name}/?wait=1" for name in REPORTS)):
        assert "<img src=x" not in enter(owner).get(address).content.decode(), address


@pytest.mark.django_db
def test_a_page_that_is_kept_asks_the_database_a_few_times(
    enter, owner, business, django_assert_max_num_queries
):
    client = enter(owner)
    for address in ("/funnel/", "/leaks/", "/leaks/asks/"):
        client.get(f"{address}?wait=1")
        with django_assert_max_num_queries(20):
            client.get(address)


@pytest.mark.django_db
def test_a_report_that_is_not_kept_yet_is_fetched_by_a_page_that_is_there_at_once(
    enter, owner, business, monkeypatch
):
    client = enter(owner)
    with monkeypatch.context() as patched:
        patched.setattr("leadline.web.actions.reports.build", None)  # nothing is worked out for the page
        text = client.get("/leaks/balance/").content.decode()
    assert "being worked out" in text
    assert 'hx-get="?funnel=sales-cycle&amp;wait=1"' in text
    whole = client.get("/leaks/balance/?wait=1").content.decode()
    assert 'hx-get="/leaks/balance/pictures/?funnel=sales-cycle"' in whole
    drawn = client.get("/leaks/balance/pictures/?funnel=sales-cycle").content.decode()
    assert drawn.count("<svg") == 4  # two charts, each for desk and phone
    again = client.get("/leaks/balance/").content.decode()
    assert again.count("<svg") >= 4
    assert 'hx-get="/leaks/balance/pictures/' not in again


@pytest.mark.django_db
def test_pictures_that_another_process_is_asked_for_are_drawn_all_the_same(enter, owner, business):
    client = enter(owner)
    client.get("/leaks/paths/?wait=1")
    acts.MADE.clear()
    assert "<svg" in client.get("/leaks/paths/pictures/").content.decode()


@pytest.mark.django_db
def test_a_funnel_of_very_many_touches_is_fetched_by_a_page_that_is_there_at_once(
    enter, owner, business, monkeypatch
):
    monkeypatch.setattr(acts, "FEW", 10)
    client = enter(owner)
    answer = client.get("/funnel/?path=content")
    assert 'hx-get="?funnel=sales-cycle&amp;path=content&amp;wait=1"' in answer.content.decode()
    assert "found" not in answer.context
    people = client.get("/funnel/people/?stage=asked").content.decode()
    assert 'hx-get="?stage=asked&amp;wait=1"' in people
    waits = client.get("/leaks/people/?path=content&link=ask")
    assert 'hx-get="?path=content&amp;link=ask&amp;wait=1"' in waits.content.decode()
    assert "people" not in waits.context
    assert client.get("/funnel/?path=content&wait=1").context["found"].known == 30
    assert client.get("/leaks/people/?path=content&link=ask").context["waiting"] > 0
    assert client.get("/funnel/?path=content").context["found"].known == 30  # it is held from then on
