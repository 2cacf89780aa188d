"""Touches by the API: recorded once, taken back, listed; and what reports say of them."""

from __future__ import annotations

import pytest

from leadline.engine.history import derive
from leadline.engine.instants import DAY
from leadline.engine.reports.standing import standing
from leadline.web import warehouse
from leadline.web.actions import touches
from leadline.web.models import Contact, Standing, Touch
from tests.web.conftest import NOW

pytestmark = pytest.mark.django_db


def test_a_touch_moves_somebody_in_the_same_breath(program, contact, funnels):
    made = program.post("/touches", {"contact": contact.pk, "kind": "met", "path": "networking"})
    assert made.status_code == 201
    assert made.json()["path"] == "networking"
    told = program.get(f"/contacts/{contact.pk}").json()
    assert told["stages"] == {"sales-cycle": "knows of you", "voltage": "lead"}
    assert told["path"] == "networking"
    assert Standing.objects.filter(contact=contact).count() == 2


def test_a_touch_with_a_key_is_recorded_once(program, contact):
    body = {"contact": contact.pk, "kind": "met", "key": "form-7"}
    first, again = program.post("/touches", body), program.post("/touches", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert Touch.objects.count() == 1


def test_keys_of_different_people_do_not_meet(program_of, owner, member):
    numbers = [Contact.objects.create(name=user.name, owner=user).pk for user in (owner, member)]
    for user, number in zip((owner, member), numbers, strict=True):
        body = {"contact": number, "kind": "met", "key": "k"}
        assert program_of(user).post("/touches", body).status_code == 201


def test_many_are_recorded_whole_or_not_at_all(program, contact, funnels):
    good = {"contact": contact.pk, "kind": "met"}
    answer = program.post("/touches/bulk", {"touches": [good, {"contact": contact.pk, "kind": "mett"}]})
    assert answer.status_code == 422
    assert (answer.json()["where"], answer.json()["suggestion"]) == ("row 2", "met")
    assert not Touch.objects.exists()
    keyed = [good | {"key": f"k{number}"} for number in range(3)]
    assert [one["known"] for one in program.post("/touches/bulk", {"touches": keyed}).json()["touches"]] == [
        False,
        False,
        False,
    ]
    more = program.post("/touches/bulk", {"touches": [*keyed, good | {"key": "k3"}]}).json()["touches"]
    assert [one["known"] for one in more] == [True, True, True, False]
    assert Touch.objects.count() == 4


@pytest.mark.parametrize("path", ["/touches", "/touches/bulk", "/purchases"])
def test_nobody_buys_for_less_than_nothing(program, contact, funnels, path):
    """Money that was given back is a touch of its own kind, or a refund of a purchase."""
    paid = {"contact": contact.pk, "value": -5000, "currency": "EUR"}
    if path != "/purchases":
        paid |= {"kind": "bought"}
    answer = program.post(path, {"touches": [paid]} if path.endswith("bulk") else paid)
    assert answer.status_code == 422
    assert "-5000" in answer.json()["found"]
    assert "0" in answer.json()["allowed"]
    assert not Touch.objects.exists()


def test_one_touch_by_itself_has_no_row(program, contact, funnels):
    told = program.post("/touches", {"contact": contact.pk, "kind": "mett"}).json()
    assert told["detail"].startswith("A touch needs its kind. Found: “mett”.")
    assert "where" not in told


def test_an_address_nobody_has_makes_a_contact_only_where_the_token_may(program_of, owner):
    body = {"email": "ida@example.org", "name": "Ida", "kind": "downloaded"}
    assert program_of(owner, "touches:write").post("/touches", body).status_code == 404
    made = program_of(owner).post("/touches", body)
    assert made.status_code == 201
    assert Contact.objects.get().name == "Ida"
    again = program_of(owner, "touches:write").post("/touches", body)
    assert again.json()["contact"] == made.json()["contact"]


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "met"},
        {"contact": 1, "kind": "met", "happened_at": "2999-01-01T00:00:00Z"},
        {"contact": 1, "kind": "met", "happened_at": "0001-01-01T00:00:00+14:00"},
        {"contact": 1, "kind": "met", "happened_at": "2190-01-01T00:00:00Z"},
        {"contact": 1, "kind": "bought", "value": 9950},
        {"contact": 1, "kind": "bought", "value": 2**63, "currency": "EUR"},
        {"contact": 1, "kind": "bought", "value": 9950, "currency": "euro"},
        {"contact": 2**63, "kind": "met"},
        {"contact": 1, "kind": "met", "path": "x" * 81},
        {"contact": 1, "kind": "met", "stage": "client"},
    ],
)
def test_what_is_no_touch_is_refused(program, body):
    Contact.objects.create(pk=1, name="Ida")
    answer = program.post("/touches", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert not Touch.objects.exists()


def test_somebody_new_gets_the_key_and_the_address_of_their_touch(program, funnels):
    row = {"contact_key": "crm-1", "email": "Ida@example.org", "name": "Ida", "kind": "met"}
    ida = program.post("/touches", row).json()["contact"]
    told = program.get(f"/contacts/{ida}").json()
    assert (told["key"], [one["value"] for one in told["addresses"]]) == ("crm-1", ["ida@example.org"])
    assert program.post("/touches", row | {"email": "other@example.org"}).json()["contact"] == ida
    assert program.post("/touches", {"email": "ida@example.org", "kind": "met"}).json()["contact"] == ida


def test_a_touch_is_taken_back_once_and_both_stay(program, contact, funnels):
    number = program.post("/touches", {"contact": contact.pk, "kind": "met"}).json()["id"]
    back = program.post(f"/touches/{number}/retract")
    assert (back.status_code, back.json()["retracts"]) == (201, number)
    assert program.post(f"/touches/{number}/retract").status_code == 409
    assert program.get(f"/touches/{number}").json()["in_force"] is False
    assert len(program.get(f"/touches?contact={contact.pk}").json()["items"]) == 2
    assert program.get(f"/contacts/{contact.pk}").json()["stages"]["voltage"] == "stranger"


def test_touches_are_listed_by_kind_and_time(program, actor, contact):
    touches.record(actor, contact, "met", NOW - 9 * DAY)
    touches.record(actor, contact, "liked", NOW - DAY, path="social")
    for asked in ("kind=liked", "path=social", "since=2026-02-25T00:00:00Z"):
        assert [one["kind"] for one in program.get(f"/touches?{asked}").json()["items"]] == ["liked"]
    assert [one["kind"] for one in program.get("/touches?until=2026-02-25T00:00:00Z").json()["items"]] == [
        "met"
    ]


@pytest.mark.parametrize(
    ("zone", "since"),
    [("Europe/Berlin", "2026-02-23T23:00:00Z"), ("America/New_York", "2026-02-24T05:00:00Z")],
)
def test_a_touch_of_a_day_counts_from_its_midnight_where_the_team_is(program, owner, contact, zone, since):
    owner.zone = zone
    owner.save()
    for day in ("2026-02-23", "2026-02-24", "2026-02-25"):
        program.post("/touches", {"contact": contact.pk, "kind": "met", "happened_at": day})

    def days(asked):
        told = program.get(f"/touches?{asked}").json()["items"]
        return [one["happened_at"][8:10] for one in told]

    later = since.replace("00:00Z", "00:01Z")
    assert (days(f"since={since}"), days(f"until={since}")) == (["24", "25"], ["23"])
    assert (days(f"since={later}"), days(f"until={later}")) == (["25"], ["23", "24"])
    assert (days("since=2026-02-24"), days("until=2026-02-24")) == (["24", "25"], ["23"])
    assert days("since=2026-02-24&until=2026-02-25") == ["24"]


def test_a_report_is_the_engines_over_whom_they_see(program, program_of, member, actor, contact, funnels):
    touches.record(actor, contact, "met", NOW - DAY)
    told = program.get("/reports/standing?funnel=voltage&as_of=2026-03-02T09:30:00Z").json()
    found = standing(derive(warehouse.every_touch(), warehouse.funnels()["voltage"], NOW))
    assert told["sentences"] == found.sentences()
    assert [row["count"] for row in told["rows"]] == [row["count"] for row in found.rows()]
    theirs = program_of(member).get("/reports/standing?funnel=voltage").json()
    assert sum(row["count"] for row in theirs["rows"]) == 0


@pytest.mark.parametrize(
    "report",
    ["asks", "attribution", "balance", "conversion", "forecast", "leaks", "paths", "standing", "velocity"],
)
def test_every_report_says_something_even_of_nothing(program, funnels, report):
    answer = program.get(f"/reports/{report}")
    assert answer.status_code == 200
    assert program.get("/reports/horoscope").status_code == 422


def test_funnels_and_kinds_are_told(program, funnels):
    assert [one["slug"] for one in program.get("/funnels").json()] == funnels
    told = program.get("/kinds").json()[0]
    assert {"name", "means", "link", "direction", "groups", "own"} == set(told)
