"""What programs read is what the engine says, and what hand-made records are."""

from __future__ import annotations

import pytest

from leadline.engine.cycle.cycles import trace_cycles
from leadline.engine.history import derive
from leadline.engine.instants import DAY, to_datetime
from leadline.engine.reports.leaks import leaks
from leadline.engine.reports.standing import standing
from leadline.web import warehouse
from leadline.web.actions import companies, contacts, touches
from leadline.web.models import AuditEntry, Contact, User
from tests.web.conftest import NOW

pytestmark = pytest.mark.django_db


def test_the_funnel_on_a_day_is_what_the_engine_says_of_that_day(program, actor, funnels, clock):
    for place in range(5):
        one = contacts.create_contact(actor, f"P{place}")
        touches.record(actor, one, "met", NOW - (place + 1) * 10 * DAY, path="networking")
    told = program.get("/funnels/voltage/figures?on=2026-02-05").json()
    end = NOW - 25 * DAY + 14 * 3600 * 10**6  # the 5th of February, at about midnight
    found = standing(derive(warehouse.every_touch(), warehouse.funnels()["voltage"], end))
    said = {row["stage"]: row["count"] for row in found.rows()}
    assert {one["name"]: one["people"] for one in told["stages"]} == {
        name: count for name, count in said.items() if name != "stranger"
    }
    assert (said["lead"], told["known"]) == (3, 3)
    assert program.get("/funnels/voltage/figures?path=speaking").json()["known"] == 0


def test_leaks_are_the_engines_and_name_who_waits(program, actor, funnels, clock):
    for place in range(3):
        one = contacts.create_contact(actor, f"P{place}")
        touches.record(actor, one, "met", NOW - (place + 1) * DAY, path="networking")
    told = program.get("/reports/leaks?funnel=voltage").json()
    every = warehouse.every_touch()
    found = leaks(trace_cycles(every, derive(every, warehouse.funnels()["voltage"], NOW)))
    assert told["sentences"] == found.sentences()
    assert len(told["rows"]) == len(found.rows())
    waiting = program.get("/reports/leaks/people?funnel=voltage&path=networking&link=ask").json()
    assert waiting["waiting"] == len(waiting["items"])


def test_a_fact_stands_until_it_is_denied(program, actor, contact, clock):
    def budget():
        told = program.get(f"/contacts/{contact.pk}/facts").json()
        return next(one for one in told if one["fact"] == "budget")

    assert (budget()["holds"], budget()["touch"]) == (False, None)
    made = program.post(f"/contacts/{contact.pk}/facts", {"fact": "budget", "said_by": "Eero"}).json()
    assert (budget()["holds"], budget()["denied"], budget()["touch"]) == (True, False, made["id"])
    denial = {"fact": "budget", "holds": False, "happened_at": to_datetime(NOW + 1).isoformat()}
    assert program.post(f"/contacts/{contact.pk}/facts", denial).status_code == 201
    later = to_datetime(NOW + 2).isoformat().replace("+00:00", "Z")
    told = program.get(f"/contacts/{contact.pk}/facts?as_of={later}").json()
    assert next(one for one in told if one["fact"] == "budget")["denied"] is True


def test_a_company_stands_where_its_people_took_it(program, actor, funnels, clock):
    company = companies.create_company(actor, "Moe Ltd")
    for name, kind in (("Ida", "met"), ("Jo", "told_need")):
        one = contacts.create_contact(actor, name, company="Moe Ltd")
        touches.record(actor, one, kind, NOW - DAY)
    told = program.get(f"/companies/{company.pk}/stages?funnel=voltage").json()[0]
    every = warehouse.every_touch()
    merged = Contact.objects.first()
    alone = {row["stage"] for row in program.get(f"/contacts/{merged.pk}/stages?funnel=voltage").json()}
    assert len(every) == 2
    assert (told["stage"], alone) == ("opportunity", {"lead"})


def test_members_read_the_changes_of_what_they_see_and_of_themselves(program_of, owner, member, actor):
    hidden = contacts.create_contact(actor, "Hidden")
    program = program_of(member)
    own = program.post("/contacts", {"name": "Ida"}).json()["id"]
    told = program.get("/changes").json()["items"]
    assert {one["record"] for one in told} == {f"contact:{own}"}
    assert program.get(f"/changes?record=contact:{own}").json()["items"]
    assert program.get(f"/changes?record=contact:{hidden.pk}").status_code == 404
    everything = program_of(owner).get("/changes?limit=200").json()["items"]
    assert len(everything) == AuditEntry.objects.count() > len(told)
    numbers = [one["id"] for one in everything]
    assert numbers == sorted(numbers, reverse=True)


def test_many_are_tagged_and_given_away_but_only_those_that_are_seen(program_of, member, actor):
    hidden = contacts.create_contact(actor, "Hidden")
    program = program_of(member)
    mine = [program.post("/contacts", {"name": name}).json()["id"] for name in ("Ida", "Jo")]
    given = {"contacts": [*mine, hidden.pk], "add": ["warm"]}
    assert program.post("/contacts/tags", given).json() == {"changed": 2}
    assert not hidden.tags.exists()
    nobody = program.post("/contacts/owner", {"contacts": mine, "owner": None})
    assert nobody.status_code == 403
    other = User.objects.create_user("lou@example.org", None, role="member")
    given = {"contacts": [*mine, hidden.pk], "owner": "LOU@example.org"}
    assert program.post("/contacts/owner", given).json() == {"changed": 2}
    assert set(Contact.objects.filter(owner=other).values_list("pk", flat=True)) == set(mine)
    assert program.get("/contacts").json()["items"] == []
