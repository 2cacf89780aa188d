"""Every number of the funnel opens the people it counts, on the day that is looked at."""

from __future__ import annotations

import re
from html import unescape

import pytest

from leadline.engine.clocks import last_of
from leadline.engine.cycle.cycles import trace_cycles
from leadline.engine.history import derive
from leadline.engine.instants import DAY
from leadline.engine.reports.asks import asks
from leadline.web import warehouse
from leadline.web.actions.reports import case_for
from leadline.web.models import Contact, Field, Tag
from leadline.web.warehouse.days import funnel_on
from leadline.web.warehouse.whom import FIGURES
from tests.web.conftest import NOW
from tests.web.reports.conftest import write

pytestmark = pytest.mark.django_db
ON = "2026-01-05"


def links(text: str) -> list[tuple[str, str]]:
    """Each link to people, and the figure that it stands on."""
    found = re.findall(r'<td class="num"><a href="(/funnel/people[^"]*)">([^<]*)</a>', text)
    return [(unescape(address), figure) for address, figure in found]


@pytest.mark.parametrize("query", ["", f"&on={ON}", "&path=networking", f"&on={ON}&path=content"])
def test_each_figure_of_people_opens_as_many_as_it_says(enter, owner, business, query):
    client = enter(owner)
    told = links(client.get(f"/funnel/?funnel=sales-cycle{query}").content.decode())
    assert len(told) > 12
    for address, figure in told:
        answer = client.get(address).context
        if "EUR" in figure:
            amounts = sum(row["amount"] for row in answer["rows"])
            assert figure == f"{amounts // 100:,}\u00a0EUR", address
        else:
            assert figure == f"{answer['count']:,}", address
            assert len(answer["rows"]) == min(answer["count"], 50), address


def test_the_people_of_a_stage_on_a_day_are_those_of_the_engine(enter, owner, business):
    client, at = enter(owner), last_of("2026-01-05")
    history = derive(warehouse.every_touch(), warehouse.funnels()["sales-cycle"], at).by_stage()
    for number, stage in enumerate(history.stages):
        if number == 0:
            continue
        wanted = {
            history.subjects[history.contact[row]]: int(history.entered_at[row])
            for row in range(len(history))
            if history.stage[row] == number and history.left_at[row] > at
        }
        rows = client.get(f"/funnel/people/?funnel=sales-cycle&on={ON}&stage={stage}").context["rows"]
        assert {row["contact"].pk: row["since"] for row in rows} == wanted
        assert [row["since"] for row in rows] == sorted(wanted.values(), reverse=True)


def test_open_and_overdue_asks_are_the_reports(business):
    log = warehouse.every_touch()
    cycles = trace_cycles(log, derive(log, warehouse.funnels()["sales-cycle"], NOW))
    waiting = asks(cycles).waiting
    case, _ = case_for(None, "sales-cycle", NOW)
    found = funnel_on(case, NOW)
    stages = (*found.path, *found.others)
    assert sum(one.asked for one in stages) == sum(90_000 for one in waiting if not one.overdue)
    assert sum(one.overdue for one in stages) == sum(90_000 for one in waiting if one.overdue)
    assert waiting


def test_an_ask_is_over_when_its_person_left_and_was_open_on_the_days_before(funnels, owner):
    one = Contact.objects.create(name="x", owner=owner)
    write(one, "met", 30)
    write(one, "asked", 20, value=50_000, currency="EUR")
    write(one, "unsubscribed", 5)
    case, _ = case_for(None, "sales-cycle", NOW)

    def asked(at):
        day = funnel_on(case, at)
        return sum(stage.asked for stage in (*day.path, *day.others))

    assert [asked(NOW - days * DAY) for days in (25, 19, 6, 4, 0)] == [0, 50_000, 50_000, 0, 0]
    assert funnel_on(case, NOW).currency == "EUR"  # nothing was bought yet


def test_what_was_given_back_later_was_still_paid_on_the_days_before(funnels, owner):
    one = Contact.objects.create(name="x", owner=owner)
    write(one, "met", 30)
    write(one, "bought", 20, value=50_000, currency="EUR")
    write(one, "refunded", 5, value=20_000, currency="EUR")
    case, _ = case_for(None, "sales-cycle", NOW)

    def paid(at):
        day = funnel_on(case, at)
        return sum(stage.paid for stage in (*day.path, *day.others))

    assert [paid(NOW - days * DAY) for days in (25, 10, 0)] == [0, 50_000, 30_000]


def test_any_field_of_ones_own_is_a_segment(enter, owner, business):
    Field.objects.create(of="contact", name="industry", label="Industry", type="choice", choices=["design"])
    Field.objects.create(of="contact", name="city", label="City")
    Contact.objects.filter(pk=business[0].pk).update(fields={"industry": "design", "city": "Rome"})
    Contact.objects.filter(pk=business[1].pk).update(fields={"industry": "design", "city": "Oslo"})
    business[1].tags.add(Tag.objects.create(name="vip"))
    client = enter(owner)
    for query, known in (
        ("field.industry=design", 2),
        ("field.city=rom", 1),
        ("field.industry=design&tag=vip", 1),
        ("field.city=Rome&tag=vip", 0),
    ):
        page = client.get(f"/funnel/?{query}")
        assert page.context["found"].known == known, query
        for address, figure in links(page.content.decode()):
            if "EUR" not in figure:
                assert client.get(address).context["count"] == int(figure)
    assert "Industry" in client.get("/funnel/").content.decode()
    assert client.get("/funnel/?field.shoe=44").status_code == 422


def test_nobody_sees_others_by_a_figure_and_the_erased_are_named_by_nobody(enter, owner, member, business):
    Contact.objects.filter(pk__in=[one.pk for one in business[:6]]).update(owner=member)
    Contact.objects.filter(pk=business[0].pk).update(erased_at="2026-03-01T00:00:00Z", name="")
    client = enter(member)
    rows = [
        row
        for stage in warehouse.funnels()["sales-cycle"].stage_names
        for row in client.get(f"/funnel/people/?funnel=sales-cycle&stage={stage}").context["rows"]
    ]
    assert len(rows) == 6
    assert {row["contact"].pk for row in rows if row["contact"]} == {one.pk for one in business[1:6]}


@pytest.mark.parametrize(
    "query",
    ["stage=nowhere", "stage=asked&figure=x", "stage=moved%20on&figure=went", "stage=", "stage=asked&on=x"],
)
def test_what_no_number_stands_for_is_refused(enter, owner, business, query):
    assert enter(owner).get(f"/funnel/people/?funnel=sales-cycle&{query}").status_code in {404, 422}


def test_every_figure_can_be_opened(business):
    case, _ = case_for(None, "voltage", NOW)
    assert all(len(one.find(case, NOW, None, 1)) >= 0 for one in FIGURES.values())
