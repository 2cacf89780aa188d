"""Reports by the API: as they were worked out last, and anew where that is asked for."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace

import pytest

from leadline.engine.clocks import last_of
from leadline.engine.cycle.cycles import trace_cycles
from leadline.engine.history import derive
from leadline.engine.instants import DAY, to_datetime, to_instant
from leadline.engine.process import estimate_process
from leadline.engine.reports.asks import asks
from leadline.engine.reports.attribution import attribution
from leadline.engine.reports.balance import balance
from leadline.engine.reports.conversion import conversions
from leadline.engine.reports.forecast import forecast
from leadline.engine.reports.leaks import leaks
from leadline.engine.reports.paths import paths
from leadline.engine.reports.standing import standing
from leadline.engine.reports.velocity import velocity
from leadline.web import warehouse
from leadline.web.api import door
from leadline.web.models import Contact, Field, Materialised, Touch
from leadline.web.warehouse import cases
from tests.rows import kept
from tests.web.conftest import NOW

pytestmark = pytest.mark.django_db
NAMES = ("asks", "attribution", "balance", "conversion", "forecast", "leaks", "paths", "standing", "velocity")


def write(contact, kind, days_ago, **more):
    at = NOW - int(days_ago * DAY)
    return Touch.objects.create(contact=contact, kind=kind, happened_at=at, recorded_at=at, **more)


@pytest.fixture(autouse=True)
def home(tmp_path, settings, clock):
    """A mirror of its own."""
    settings.HOME, settings.API_RATE = tmp_path, 10**6
    cases.forget()


@kept
def business(funnels, owner):
    """Forty people of networking, of whom some talk, are asked and buy."""
    people = [Contact.objects.create(name=f"Person {number}", owner=owner) for number in range(40)]
    for number, one in enumerate(people):
        start = 250 - 5 * number
        write(one, "met", start, path="networking")
        if number % 3:
            write(one, "called", start - 5, path="networking")
        if number % 2:
            write(one, "asked", start - 10, path="networking", value=90_000, currency="EUR")
        if number % 4 == 1:
            write(one, "bought", start - 12, path="networking", value=90_000, currency="EUR")
    return people


def of_the_engine(name, at=NOW):
    """The report made by the engine alone, from the touches of the database."""
    log = warehouse.every_touch()
    history = derive(log, warehouse.funnels()["sales-cycle"], at)
    if name in {"conversion", "velocity", "standing"}:
        made = {"conversion": conversions, "velocity": velocity}
        return standing(history) if name == "standing" else made[name](history.by_stage())
    cycles = trace_cycles(log, history)
    return {
        "asks": lambda: asks(cycles),
        "attribution": lambda: attribution(history, log),
        "balance": lambda: balance(history, cycles, estimate_process(history, log)),
        "forecast": lambda: forecast(history, log),
        "leaks": lambda: leaks(cycles),
        "paths": lambda: paths(cycles),
    }[name]()


@pytest.mark.parametrize(
    "name",
    [name if name == "leaks" else pytest.param(name, marks=pytest.mark.one_database) for name in NAMES],
)
def test_what_is_kept_and_what_is_asked_of_an_instant_are_the_engines(program, business, name):
    wanted = of_the_engine(name)
    rows = json.loads(json.dumps(wanted.rows()))
    assert rows
    day = to_datetime(NOW).isoformat().replace("+00:00", "Z")
    for asked in ("", "&anew=true", f"&as_of={day}"):
        told = program.get(f"/reports/{name}?funnel=sales-cycle{asked}").json()
        assert [one.replace("contact:", "") for one in told["sentences"]] == wanted.sentences()
        assert (told["rows"], told["more"]) == (rows, 0)
        assert to_instant(told["as_of"]) == NOW


def test_a_report_is_worked_out_once_and_anew_where_that_is_asked_for(program, business, monkeypatch):
    first = program.get("/reports/standing?funnel=sales-cycle").json()
    write(Contact.objects.create(name="New"), "met", 1, path="networking")
    later = NOW + DAY // 24
    monkeypatch.setattr(door, "time", SimpleNamespace(time_ns=lambda: later * 1000, monotonic=time.monotonic))
    kept = program.get("/reports/standing?funnel=sales-cycle").json()
    assert kept == first
    anew = program.get("/reports/standing?funnel=sales-cycle&anew=true").json()
    assert to_instant(anew["as_of"]) == later
    assert [sum(row["count"] for row in told["rows"]) for told in (kept, anew)] == [40, 41]
    assert program.get("/reports/standing?funnel=sales-cycle").json() == anew
    assert Materialised.objects.filter(name="standing").count() == 1


def test_what_was_is_worked_out_as_of_then_and_kept_by_nobody(program, business):
    then = NOW - 100 * DAY
    day = to_datetime(then).isoformat().replace("+00:00", "Z")
    told = program.get(f"/reports/standing?funnel=sales-cycle&as_of={day}").json()
    assert told["rows"] == json.loads(json.dumps(of_the_engine("standing", then).rows()))
    assert not Materialised.objects.exists()


def test_a_report_that_is_kept_is_of_those_whom_somebody_sees(program, program_of, business, member):
    assert sum(row["count"] for row in program.get("/reports/standing").json()["rows"]) == 40
    theirs = program_of(member)
    assert sum(row["count"] for row in theirs.get("/reports/standing").json()["rows"]) == 0
    Contact.objects.filter(pk__in=[one.pk for one in business[:3]]).update(owner=member)
    assert sum(row["count"] for row in theirs.get("/reports/standing").json()["rows"]) == 3


def test_what_is_kept_takes_few_queries(program, business, django_assert_max_num_queries):
    program.get("/reports/leaks")
    with django_assert_max_num_queries(12):
        assert program.get("/reports/leaks").status_code == 200


@pytest.mark.parametrize("figure", ["people", "before", "reached", "went", "left", "waiting"])
def test_each_figure_names_as_many_people_as_it_counts(program, business, figure):
    told = program.get("/funnels/sales-cycle/figures").json()
    steps = {one["begins"]: one for one in told["steps"]}
    counts = {"reached": "entered", "went": "went_on", "left": "left", "waiting": "in_play"}
    checked = 0
    for stage in told["stages"]:
        if figure in counts and stage["name"] not in steps:
            continue
        asked = f"stage={stage['name'].replace(' ', '%20')}&figure={figure}"
        found = program.get(f"/funnels/sales-cycle/figures/people?{asked}&limit=200").json()
        wanted = steps[stage["name"]][counts[figure]] if figure in counts else stage[figure]
        wanted = wanted["people"] if isinstance(wanted, dict) else wanted
        assert found["count"] == len(found["items"]) == wanted, stage["name"]
        assert {one["name"] for one in found["items"]} <= {str(one) for one in business}
        checked += wanted
    assert checked or figure in {"before", "left"}


def test_the_people_of_a_figure_come_in_parts_on_any_day_and_the_erased_have_no_name(program, business):
    then = to_datetime(NOW - 100 * DAY).date()
    address = f"/funnels/voltage/figures/people?stage=lead&on={then}"
    whole = program.get(f"{address}&limit=200").json()
    log = warehouse.every_touch()
    end = last_of(then)
    history = derive(log, warehouse.funnels()["voltage"], end)
    counts = {row["stage"]: row["count"] for row in standing(history).rows()}
    assert whole["count"] == counts["lead"] > 5
    pages = [program.get(f"{address}&limit=4&first={first}").json()["items"] for first in range(0, 40, 4)]
    assert [one for items in pages for one in items] == whole["items"]
    gone = whole["items"][0]["contact"]
    Contact.objects.filter(pk=gone).update(erased_at=to_datetime(NOW))
    again = program.get(f"{address}&limit=1").json()
    assert (again["count"], again["items"][0]["contact"], again["items"][0]["name"]) == (
        whole["count"],
        None,
        "",
    )
    assert program.get("/funnels/voltage/figures/people?stage=leed").json()["suggestion"] == "lead"
    assert program.get("/funnels/voltage/figures/people?stage=client&figure=went").status_code == 422


def test_contacts_are_compared_by_a_field_of_ones_own_as_on_the_page(program, business):
    Field.objects.create(name="trade", label="Trade", of="contact", type="text")
    Field.objects.create(name="size", label="Size", of="contact", type="number")
    for number, one in enumerate(business):
        one.fields = {"trade": "bakery" if number % 2 else "joinery", "size": number}
        one.save()
    rows = program.get("/reports/compare?by=field.trade").json()["rows"]
    counts = {row["group"]: row["entered"] for row in rows if "entered" in row and "group" in row}
    assert {"bakery", "joinery"} <= {str(value) for row in rows for value in row.values()}, rows
    assert not counts or counts["bakery"] == 20
    for wrong in ("field.size", "field.nothing", "traid"):
        refused = program.get(f"/reports/compare?by={wrong}")
        assert (refused.status_code, "field.trade" in refused.json()["detail"]) == (422, True)
    assert program.get("/reports/attribution?by=field.trade").status_code == 422


def test_a_day_of_the_figures_and_of_a_report_is_the_first_owners(program, funnels, owner):
    at = to_instant("2026-01-31T23:30Z")  # half past midnight on 1 February in Berlin
    contact = Contact.objects.create(name="Late", owner=owner)
    write(contact, "met", (NOW - at) / DAY, path="networking")
    for zone, known, begins in (("UTC", 1, "2026-01"), ("Europe/Berlin", 0, "2026-02")):
        owner.zone = zone
        owner.save()
        told = program.get("/funnels/sales-cycle/figures?on=2026-01-31").json()
        assert told["known"] == known
        told = program.get("/reports/standing?as_of=2026-01-31&funnel=sales-cycle").json()
        assert sum(row["count"] for row in told["rows"] if row["stage"] != "stranger") == known
        (told,) = program.get(f"/contacts/{contact.pk}/stages?as_of=2026-01-31&funnel=sales-cycle").json()
        assert (told["stage"] != "stranger") == known
        now = program.get("/funnels/sales-cycle/figures").json()
        assert now["months"][0]["on"][:7] == begins
        told = program.get("/reports/standing?as_of=2026-02-01T10:00:00Z&funnel=sales-cycle").json()
        assert "1 February 2026" in told["sentences"][0]
        told = program.get("/reports/standing?as_of=2026-01-31T23:30:00Z&funnel=sales-cycle").json()
        assert f"by {'1 February' if zone == 'Europe/Berlin' else '31 January'} 2026" in told["sentences"][0]
