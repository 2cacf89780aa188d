"""Lists by spans of days and amounts: recorded, in a stage since, asked for so much; and by job title."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from leadline.engine.instants import DAY
from leadline.web import warehouse
from leadline.web.actions import asks
from leadline.web.actions.asks import Terms
from leadline.web.actions.touch_batches import record_touches
from leadline.web.errors import Invalid
from leadline.web.filters import Filters
from leadline.web.models import Ask, Company, Contact, SavedView, Standing
from tests.rows import kept
from tests.web.conftest import NOW
from tests.web.contacts.conftest import get
from tests.web.contacts.test_looked_up import check, stages

pytestmark = [pytest.mark.django_db, pytest.mark.both]
WAYS = {"listed": (20_000, 2000), "among numbers": (20_000, 0), "asked": (0, 0)}
TITLES = ("", "Head of Sales", "sales clerk", "Baker", "50% owner", "under_taker")
MOMENTS = (
    datetime(2026, 1, 9, 22, 59, 59, tzinfo=UTC),  # in Helsinki it is the tenth already
    datetime(2026, 1, 10, 12, tzinfo=UTC),
    datetime(2026, 1, 10, 22, tzinfo=UTC),
    datetime(2026, 2, 1, tzinfo=UTC),
)


@kept
def people(funnels, actor, crew, shared) -> list[Contact]:
    """Forty contacts of anybody, some asked for an amount, in one of two currencies."""
    chance, made, happened, asked = random.Random(11), [], [], []
    whose = [(None, None), (crew.member, shared), (crew.stranger, crew.stranger.team), (crew.owner, None)]
    for n in range(30):
        owner, team = chance.choice(whose)
        title = chance.choice(TITLES)
        one = Contact.objects.create(
            name=f"{chance.choice('ABC')} {n}", owner=owner, team=team, job_title=title
        )
        made.append(one.pk)
        Contact.objects.filter(pk=one.pk).update(created_at=chance.choice(MOMENTS))
        for kind in chance.sample(("met", "mailed", "downloaded", "told_need"), chance.randrange(4)):
            at = NOW - chance.randrange(300) * DAY
            happened.append({"contact": one.pk, "kind": kind, "happened_at": at})
        if chance.random() < 0.5:
            currency = chance.choice(("EUR", "USD"))
            terms = Terms(amount=chance.choice((99_50, 100_000)), currency=currency)
            asked.append((one, terms, chance.random() < 0.3))
    record_touches(actor, happened)
    for one, terms, refused in asked:
        ask = asks.make(actor, one, terms, NOW)
        if refused:
            asks.answer(actor, ask, "no", NOW)
    return list(Contact.objects.filter(pk__in=made).order_by("pk"))


@pytest.fixture(params=WAYS)
def way(request, monkeypatch) -> str:
    few, listed = WAYS[request.param]
    monkeypatch.setattr("leadline.web.filters.FEW", few)
    monkeypatch.setattr("leadline.web.filters.LISTED", listed)
    return request.param


@pytest.mark.parametrize("role", ["owner", "member"])
def test_by_job_title_a_list_has_whoever_has_the_text_in_it(people, crew, way, role):
    for text, titles in {
        "SALES": {"Head of Sales", "sales clerk"}, "bak": {"Baker"}, "%": {"50% owner"},
        "r_t": {"under_taker"}, "cook": set(),
    }.items():  # fmt: skip
        check(people, crew[role], {"title": text}, lambda one: one.job_title in titles)  # noqa: B023
    assert check(people, crew["owner"], {"title": "sales"}, lambda one: "sales" in one.job_title.lower()) > 5


@pytest.mark.parametrize("zone", ["UTC", "Europe/Helsinki"])
def test_by_the_day_of_recording_both_days_count_where_the_reader_is(people, crew, way, zone):
    user = crew.owner
    user.zone = zone
    tenth = {"UTC": MOMENTS[1:3], "Europe/Helsinki": MOMENTS[:2]}[zone]
    before = {"UTC": MOMENTS[:1], "Europe/Helsinki": ()}[zone]
    on_it = {"made_from": "2026-01-10", "made_to": "2026-01-10"}
    assert check(people, user, on_it, lambda one: one.created_at in tenth) > 5
    check(people, user, {"made_to": "2026-01-09"}, lambda one: one.created_at in before)
    check(people, user, {"made_from": "2026-02-02"}, lambda _: False)


@pytest.mark.parametrize("role", ["owner", "member"])
def test_by_when_they_came_to_their_stage(people, crew, way, role):
    placed, user = stages(), crew[role]

    def between(first, last, stage=None):
        def means(one):
            number, since = placed[one.pk]
            there = number > 0 if stage is None else number == stage
            return there and since is not None and first <= since <= last

        return means

    assert check(people, user, {"since_days": "100"}, between(0, NOW - 100 * DAY)) > 1
    check(people, user, {"since_days": "0"}, between(0, NOW))
    january = {"since_from": "2026-01-01", "since_to": "2026-01-31"}
    first = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1e6)
    check(people, user, january, between(first, first + 31 * DAY - 1))
    for number, name in list(enumerate(warehouse.funnels()["sales-cycle"].stage_names))[:3]:
        check(people, user, {"since_days": "30", "stage": name}, between(0, NOW - 30 * DAY, number))


@pytest.mark.parametrize("role", ["owner", "member"])
def test_by_the_amount_of_the_open_ask_in_one_currency(people, crew, way, role):
    waiting = Ask.objects.filter(answer="").values_list("contact", "amount", "currency")
    open_asks = {contact: (amount, currency) for contact, amount, currency in waiting}
    assert len(open_asks) == len(waiting) > 10

    def means(least, most, code):
        def holds(one):
            amount, currency = open_asks.get(one.pk, (-1, ""))
            return currency == code and least <= amount <= most

        return holds

    user = crew[role]
    everything = {"amount_from": "0", "currency": "EUR"}
    check(people, user, everything, means(0, 10**9, "EUR"))
    check(people, user, {"amount_from": "99.51", "currency": "USD"}, means(9951, 10**9, "USD"))
    check(people, user, {"amount_to": "99,50", "currency": "USD"}, means(0, 9950, "USD"))
    user.currency = "EUR"
    check(people, user, {"amount_from": "1,000", "amount_to": "1000.00"}, means(100_000, 100_000, "EUR"))


def test_what_makes_no_sense_is_refused_in_a_sentence(people, crew):
    for given in (
        {"amount_from": "much", "currency": "EUR"}, {"amount_from": "1"},
        {"amount_from": "-1", "currency": "EUR"}, {"amount_from": "1.5", "currency": "JPY"},
        {"amount_to": "9" * 30, "currency": "EUR"}, {"amount_to": "NaN", "currency": "EUR"},
        {"amount_to": "1", "currency": "eur"}, {"made_from": "soon"}, {"made_to": "9999-12-31"},
        {"since_days": "-1"}, {"since_days": "many"}, {"since_days": "1000000"}, {"since_to": "2026-13-01"},
    ):  # fmt: skip
        with pytest.raises(Invalid):
            Filters.of(given).sought(crew.owner, NOW)


def test_the_form_the_chips_the_kept_view_and_the_export_know_them(signed_in, people, crew):
    client = signed_in("owner")
    asked = {"title": "sales", "made_from": "2026-01-01", "since_days": "1", "funnel": "sales-cycle"}
    asked |= {"amount_from": "10", "currency": "EUR", "since_to": "2026-03-01"}
    page = get(client, "contacts", **asked)
    said = [chip["text"] for chip in page.context["chips"]]
    assert said == [
        "job title has: sales", "recorded from: 2026-01-01", "in their stage for at least: 1 day",
        "open ask from: 10 EUR", "came to their stage up to: 2026-03-01",
    ]  # fmt: skip
    assert "since_days" not in page.context["chips"][2]["without"]
    there = {one.name for one, _ in page.context["rows"]}
    client.post(reverse("view-save"), {"of": "contacts", "name": "Ours", "query": page.context["query"]})
    kept = get(client, "contacts", view=SavedView.objects.get().pk)
    assert {one.name for one, _ in kept.context["rows"]} == there
    text = b"".join(get(client, "contacts-export", **asked).streaming_content).decode("utf-8-sig")
    assert {line.split(",")[1] for line in text.splitlines()[1:]} == there


def test_companies_by_their_people_and_the_day_of_recording(signed_in, crew, shared):
    for name, number in (("Acme", 0), ("Birch", 1), ("Cora", 3), ("Dune", 4)):
        made = Company.objects.create(name=name, owner=crew.member, team=shared)
        Company.objects.filter(pk=made.pk).update(created_at=MOMENTS[number % 4])
        for n in range(number):
            one = Contact.objects.create(
                name=f"{name} {n}", company=made, owner=crew.member if n else crew.stranger
            )
        if name == "Dune":
            Contact.objects.filter(pk=one.pk).update(erased_at=MOMENTS[0])

    def listed(role, **query):
        return [one.name for one, _ in get(signed_in(role), "companies", **query).context["rows"]]

    assert listed("owner", people_from=1) == ["Birch", "Cora", "Dune"]
    assert listed("owner", people_from=3) == ["Cora", "Dune"]
    assert listed("owner", people_from=4) == []  # one of the four is erased
    assert listed("owner", people_to=0) == ["Acme"]
    assert listed("owner", people_from=1, people_to=2) == ["Birch"]
    assert listed("member", people_from=1) == ["Cora", "Dune"]  # the first of each is somebody else's
    assert listed("member", people_to=0) == ["Acme", "Birch"]
    assert listed("owner", made_from="2026-01-10", made_to="2026-01-10") == ["Birch"]
    page = get(signed_in("owner"), "companies", people_from=2, made_to="2026-01-09")
    said = ["people at least: 2", "recorded up to: 2026-01-09"]
    assert [chip["text"] for chip in page.context["chips"]] == said
    assert [one.name for one, _ in page.context["rows"]] == ["Dune"]
    assert get(signed_in("owner"), "companies", people_from="x").status_code == 422
    assert Standing.objects.count() == 0


def test_a_filter_by_somebody_who_is_gone_says_so_and_can_be_taken_off(signed_in):
    page = get(signed_in("owner"), "contacts", owner="998", team="997")
    said = ["owner: somebody who is gone (number 998)", "team: a team that is gone (number 997)"]
    assert [chip["text"] for chip in page.context["chips"]] == said
    assert "owner" not in page.context["chips"][0]["without"]
