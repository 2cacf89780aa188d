"""Reports as they are kept: what the engine says, for those who may see it, as of a stated instant."""

from __future__ import annotations

import json

import pytest

from leadline.audit.report_sheets import report_sheets
from leadline.engine.cycle.cycles import trace_cycles
from leadline.engine.funnel import dump_funnel, load_funnel
from leadline.engine.history import derive
from leadline.engine.instants import DAY, to_datetime, to_instant
from leadline.engine.plan.goals import Goal as Aim
from leadline.engine.process import estimate_process
from leadline.engine.reports.asks import asks
from leadline.engine.reports.attribution import attribution
from leadline.engine.reports.balance import balance
from leadline.engine.reports.compare import compare
from leadline.engine.reports.forecast import forecast
from leadline.engine.reports.leaks import leaks
from leadline.engine.reports.paths import paths
from leadline.engine.touches import Column
from leadline.web import warehouse
from leadline.web.actions import reports, touches
from leadline.web.actions.mirrors import JOB
from leadline.web.jobs import reports as jobs
from leadline.web.jobs.worker import Worker
from leadline.web.models import Capacity, Contact, FunnelVersion, Goal, Job, Materialised, PathCost
from leadline.web.warehouse.reports import NOTHING, REPORTS
from tests.web.conftest import NOW
from tests.web.reports.conftest import write

EACH = [name if name == "leaks" else pytest.param(name, marks=pytest.mark.one_database) for name in REPORTS]
"""What a report says of touches hangs on no database; that they come whole out of either, one tells."""


def of_the_engine(name: str):
    """The report made by the engine alone, from the touches of the database."""
    log = warehouse.every_touch()
    history = derive(log, warehouse.funnels()["sales-cycle"], NOW)
    cycles = trace_cycles(log, history)
    return {
        "leaks": lambda: leaks(cycles),
        "asks": lambda: asks(cycles),
        "balance": lambda: balance(history, cycles, estimate_process(history, log)),
        "forecast": lambda: forecast(history, log),
        "attribution": lambda: attribution(history, log),
        "paths": lambda: paths(cycles),
        "compare": lambda: compare(
            history.by_stage(), log.first("path", until=cycles.client_at), first_touch=log.first_at()
        ),
    }[name]()


@pytest.mark.django_db
@pytest.mark.parametrize("name", EACH)
def test_each_report_says_what_the_engine_says(business, owner, name):
    kept = reports.report_for(owner, name, "sales-cycle", NOW, {})
    wanted = of_the_engine(name)
    said = [sentence.replace("contact:", "") for sentence in kept.result["sentences"]]
    assert said == wanted.sentences()
    tables = {one["title"]: one["rows"] for one in kept.result["tables"]}
    for sheet in report_sheets(wanted, lambda subject: f"contact:{subject}"):
        if name != "compare":  # there costs stand beside
            assert tables[sheet.title] == [list(cells) for cells in sheet.cells]
        rows = json.loads(json.dumps(wanted.rows()))
        assert name == "compare" or kept.result["figures"] == rows
    assert kept.as_of == NOW
    kept = reports.with_pictures(kept, owner)
    assert len(kept.pictures) == kept.result["charts"] > 0
    assert kept.pictures == Materialised.objects.get(pk=kept.pk).pictures
    for picture in kept.pictures:
        assert set(picture) == {"desk", "phone"}
        assert picture["desk"].startswith("<svg")
        assert " style=" not in picture["desk"]


@pytest.mark.django_db
def test_nothing_is_worked_out_twice_unless_that_is_asked_for(business, owner):
    kept = reports.report_for(owner, "leaks", "sales-cycle", NOW, {})
    again = reports.report_for(owner, "leaks", "sales-cycle", NOW + DAY // 2, {})
    assert (again.pk, again.as_of) == (kept.pk, NOW)
    anew = reports.report_for(owner, "leaks", "sales-cycle", NOW + DAY // 2, {}, anew=True)
    assert (anew.pk, anew.as_of) == (kept.pk, NOW + DAY // 2)


@pytest.mark.django_db
@pytest.mark.one_database
def test_what_is_kept_names_nobody(business, owner):
    for name in REPORTS:
        kept = reports.report_for(owner, name, "sales-cycle", NOW, {})
        assert "Person" not in str(kept.result) + str(kept.pictures)


@pytest.mark.django_db
def test_who_sees_some_contacts_has_reports_over_those(business, owner, member):
    Contact.objects.filter(pk__in=[one.pk for one in business[:20]]).update(owner=member)
    whole = reports.report_for(owner, "paths", "sales-cycle", NOW, {})
    own = reports.report_for(member, "paths", "sales-cycle", NOW, {})
    assert (whole.scope, own.scope[:5]) == ("", "user:")
    log = warehouse.touches_of([one.pk for one in business[:20]])
    history = derive(log, warehouse.funnels()["sales-cycle"], NOW)
    assert own.result["sentences"] == paths(trace_cycles(log, history)).sentences()
    Contact.objects.filter(pk=business[0].pk).update(owner=owner)
    less = reports.report_for(member, "paths", "sales-cycle", NOW, {})
    assert less.result["sentences"] != own.result["sentences"]
    assert Materialised.objects.filter(name="paths").exclude(scope="").count() == 1


@pytest.mark.django_db
def test_a_change_leaves_one_job_that_brings_everything_up_to_date(business, owner, actor):
    touches.record(actor, business[0], "called", NOW, path="content")
    touches.record(actor, business[2], "called", NOW, path="content")
    assert Job.objects.filter(kind=JOB).count() == 1
    assert Worker(lambda: NOW).run_dry() == 0  # some seconds are left for further changes
    assert Worker(lambda: NOW + 10_000_000).run_dry() == 1
    kept = {one.name: one for one in Materialised.objects.all()}
    assert set(kept) == set(REPORTS)
    assert all(len(one.pictures) == one.result["charts"] for one in kept.values())
    assert reports.materialise_all(NOW + 60_000_000) == 0  # nothing has changed since
    write(business[4], "called", 0, path="content")
    assert reports.materialise_all(NOW + 61_000_000) == len(REPORTS)


@pytest.mark.django_db
def test_while_changes_keep_coming_other_work_has_its_time(business, owner, actor):
    touches.record(actor, business[0], "called", NOW, path="content")
    Worker(lambda: NOW + 10_000_000).run_dry()
    touches.record(actor, business[2], "called", NOW, path="content")
    Worker(lambda: NOW + 10_000_001).run_dry()  # just after it has worked on them
    assert {one.as_of for one in Materialised.objects.all()} == {NOW + 10_000_000}
    waiting = Job.objects.get(kind=JOB, done_at=None)
    later = to_instant(waiting.due_at)
    assert later > NOW + 10_000_001
    Worker(lambda: later).run_dry()
    assert {one.as_of for one in Materialised.objects.all()} == {later}
    assert not Job.objects.filter(kind=JOB, done_at=None).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("seconds", "importing", "due"),
    [(39, False, 40), (41, False, None), (41, True, 56), (199, True, 200), (201, True, None)],
)
def test_reports_that_took_ten_seconds_rest_longer_while_an_import_goes_on(
    business, actor, monkeypatch, seconds, importing, due
):
    for name, told in (("ended", NOW), ("took", 10_000_000)):
        monkeypatch.setitem(jobs.LAST, name, told)
    if importing:
        claimed = to_datetime(NOW + (seconds + 30) * 1_000_000)
        Job.objects.create(kind="import.run", due_at=to_datetime(NOW), claimed_until=claimed)
    touches.record(actor, business[0], "called", NOW, path="content")
    Worker(lambda: NOW + seconds * 1_000_000).run_dry()
    assert Materialised.objects.exists() is (due is None)
    waiting = [to_instant(one.due_at) for one in Job.objects.filter(kind=JOB, done_at=None)]
    assert waiting == ([] if due is None else [NOW + due * 1_000_000])


@pytest.mark.django_db
def test_a_day_later_reports_are_brought_up_to_date_though_nothing_changed(business, owner):
    reports.report_for(owner, "leaks", "sales-cycle", NOW, {})
    for days, told in ((0.9, 0), (1, 1)):
        worker = Worker(lambda days=days: NOW + int(days * DAY))
        worker.call_round()
        assert worker.run_dry() == told
    assert {one.as_of for one in Materialised.objects.all()} == {NOW + DAY}
    worker.call_round()
    assert worker.run_dry() == 0


@pytest.mark.django_db
def test_what_members_look_at_is_brought_up_to_date_for_the_contacts_that_each_sees(business, owner, member):
    Contact.objects.filter(pk__in=[one.pk for one in business[:20]]).update(owner=member)
    reports.report_for(member, "paths", "sales-cycle", NOW, {})
    later = NOW + DAY // 2
    write(business[0], "called", 0, path="content")
    assert reports.materialise_all(later) == len(REPORTS) + 1
    kept = Materialised.objects.exclude(scope="").get()
    assert (kept.as_of, kept.asked_for_at, bool(kept.pictures)) == (later, NOW, True)
    assert reports.materialise_all(later + 1) == 0
    Contact.objects.filter(pk=business[0].pk).update(owner=owner)  # and so other contacts are seen
    assert reports.kept_report(member, "paths", "sales-cycle", later, {}) is None
    assert reports.materialise_all(later + 2) == 1
    assert reports.kept_report(member, "paths", "sales-cycle", later + 2, {}).asked_for_at == NOW
    assert reports.materialise_all(NOW + 15 * DAY) == len(REPORTS)  # nobody has looked at it for so long


@pytest.mark.django_db
def test_channels_are_compared_by_any_field_of_ones_own(business, owner):
    for number, one in enumerate(business):
        Contact.objects.filter(pk=one.pk).update(fields={"industry": "design" if number % 2 else "law"})
    kept = reports.report_for(owner, "compare", "sales-cycle", NOW, {"by": "field.industry"})
    log = warehouse.every_touch()
    history = derive(log, warehouse.funnels()["sales-cycle"], NOW)
    values = {one.pk: "design" if number % 2 else "law" for number, one in enumerate(business)}
    by = Column.of(values[number] for number in history.subjects)
    wanted = compare(history.by_stage(), by, first_touch=log.first_at()).sentences()
    assert kept.result["sentences"][:2] == wanted[:2]
    assert "Design" in wanted[0]


@pytest.mark.django_db
def test_what_is_stale_is_shown_and_brought_up_to_date_by_the_worker(business, member):
    Contact.objects.filter(pk__in=[one.pk for one in business[:20]]).update(owner=member)
    reports.report_for(member, "paths", "sales-cycle", NOW, {})
    later = NOW + reports.STALE + 1
    assert reports.report_for(member, "paths", "sales-cycle", later, {}).as_of == NOW
    assert Job.objects.filter(kind=JOB, due_at__lte=to_datetime(later)).count() == 1


@pytest.mark.django_db
def test_the_latest_goal_is_planned_for_less_what_has_come(business, owner):
    goal = Goal.objects.create(by="2026-12-31", clients=10)
    Goal.objects.filter(pk=goal.pk).update(set_at="2025-10-01T00:00:00Z")
    kept = reports.report_for(owner, "asks", "sales-cycle", NOW, {})
    log = warehouse.every_touch()
    history = derive(log, warehouse.funnels()["sales-cycle"], NOW)
    came = sum(1 for row in log.happened_at[log.kind == log.kinds.code("bought")] if row > 1759276800_000000)
    assert came > 0
    plan = asks(trace_cycles(log, history), goal=Aim.of(clients=10 - came, by="2026-12-31"))
    assert kept.result["sentences"][0].startswith("Of the goal of 10 new clients")
    assert kept.result["sentences"][1:] == plan.sentences()


@pytest.mark.django_db
def test_what_everybody_aims_at_and_spends_is_no_measure_of_some_contacts(business, owner, member):
    Goal.objects.create(by="2026-12-31", clients=10)
    Capacity.objects.create(since="2026-01-01", clients_a_month="2.5")
    PathCost.objects.create(
        path="content", since="2026-01-01", until="2026-01-31", amount=100_000, currency="EUR"
    )
    Contact.objects.update(owner=member)  # the same touches, and yet they might be some
    for name in ("asks", "balance", "compare"):
        theirs = reports.report_for(member, name, "sales-cycle", NOW, {}).result["sentences"]
        said = [one.replace("contact:", "") for one in theirs]
        assert said == of_the_engine(name).sentences(), name
    asked = reports.report_for(member, "asks", "sales-cycle", NOW, {"clients": "3", "by": "2026-12-31"})
    assert "3 new clients" in asked.result["sentences"][0]


@pytest.mark.django_db
def test_what_is_declared_anew_makes_reports_stale_at_once(business, owner):
    before = reports.report_for(owner, "asks", "sales-cycle", NOW, {})
    assert reports.materialise_all(NOW) == len(REPORTS)  # the first had no charts
    assert reports.materialise_all(NOW) == 0
    Job.objects.all().delete()
    reports.report_for(owner, "asks", "sales-cycle", NOW, {})
    assert not Job.objects.exists()
    Goal.objects.create(by="2026-12-31", clients=10)
    reports.report_for(owner, "asks", "sales-cycle", NOW, {})
    assert Worker(lambda: NOW).run_dry() == 1
    after = reports.report_for(owner, "asks", "sales-cycle", NOW, {})
    assert "10 new clients" in after.result["sentences"][0]
    assert after.result != before.result
    toml = dump_funnel(load_funnel("sales-cycle")).replace("knows of you", "has heard of you")
    FunnelVersion.objects.filter(slug="sales-cycle").update(toml=toml)
    assert reports.materialise_all(NOW) == len(REPORTS)


@pytest.mark.django_db
def test_a_goal_in_a_question_goes_before_the_latest(business, owner):
    kept = reports.report_for(owner, "asks", "sales-cycle", NOW, {"clients": "3", "by": "2026-12-31"})
    log = warehouse.every_touch()
    cycles = trace_cycles(log, derive(log, warehouse.funnels()["sales-cycle"], NOW))
    assert kept.result["sentences"] == asks(cycles, goal=Aim.of(clients=3, by="2026-12-31")).sentences()


@pytest.mark.django_db
def test_capacity_weighs_in_the_balance(business, owner):
    Capacity.objects.create(since="2026-01-01", clients_a_month="2.5")
    kept = reports.report_for(owner, "balance", "sales-cycle", NOW, {})
    log = warehouse.every_touch()
    history = derive(log, warehouse.funnels()["sales-cycle"], NOW)
    cycles, process = trace_cycles(log, history), estimate_process(history, log)
    wanted = balance(history, cycles, process, monthly_capacity=2.5).sentences()
    assert [said.replace("contact:", "") for said in kept.result["sentences"]] == wanted


@pytest.mark.django_db
@pytest.mark.parametrize("name", EACH)
def test_of_an_empty_database_each_report_says_so(funnels, owner, name):
    kept = reports.report_for(owner, name, "sales-cycle", NOW, {})
    assert kept.result["sentences"] == [NOTHING]


@pytest.mark.django_db
@pytest.mark.parametrize("name", EACH)
def test_one_touch_alone_is_no_crash(funnels, owner, contact, name):
    write(contact, "met", 1)
    assert reports.report_for(owner, name, "sales-cycle", NOW, {}).result["sentences"]
