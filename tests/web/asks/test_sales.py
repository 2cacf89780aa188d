"""What is bought, renewed, ended and given back; what is wanted, what it costs, whom it reached."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from leadline.engine.errors import BadKinds, LeadlineError
from leadline.engine.instants import DAY, to_instant
from leadline.engine.kinds import Kind, Kinds
from leadline.engine.payments import payments_of
from leadline.web import warehouse
from leadline.web.actions import asks, contracts, meanings, moves, offers, plans, purchases, purchases_back
from leadline.web.actions.acting import Actor
from leadline.web.actions.purchases import Sale
from leadline.web.errors import Conflict, Invalid, NotFound
from leadline.web.models import Audience, Capacity, Contract, Goal, PathCost, Purchase, Standing, Touch
from tests.web.conftest import NOW

pytestmark = pytest.mark.django_db


def in_force(contact) -> list[str]:
    rows = Touch.objects.filter(contact=contact, in_force=True, retracts=None)
    return list(rows.order_by("happened_at", "id").values_list("kind", flat=True))


def kept(contact) -> dict[str, int]:
    log = warehouse.touches_of([contact.pk])
    return payments_of(log, log.contact, NOW + DAY).left


def stage(contact) -> int:
    return Standing.objects.get(contact=contact, funnel="sales-cycle").stage


CLIENT, PAST = 4, 5


def test_a_second_purchase_of_what_recurs_renews_the_contract(funnels, actor, contact, coaching):
    purchases.record(actor, contact, Sale(coaching, 100, "EUR"), to_instant("2025-03-10"))
    again = purchases.record(actor, contact, Sale(coaching, 120, "EUR"), to_instant("2026-03-01"))
    contract = Contract.objects.get()
    assert (contract.starts_on, contract.renews_on) == (date(2025, 3, 10), date(2027, 3, 10))
    assert (contract.value, again.renewed_from) == (120, date(2026, 3, 10))
    assert in_force(contact) == ["bought", "renewed"]
    purchases.undo(actor, again)
    contract.refresh_from_db()
    assert contract.renews_on == date(2026, 3, 10)
    assert kept(contact) == {"EUR": 100}


def test_a_contract_is_renewed_for_what_it_was_worth(funnels, actor, contact, coaching):
    purchases.record(actor, contact, Sale(coaching, 100, "EUR"), to_instant("2025-03-10"))
    contract = Contract.objects.get()
    contracts.renew(actor, contract)
    contract.refresh_from_db()
    assert (contract.renews_on, Purchase.objects.count()) == (date(2027, 3, 10), 2)
    assert kept(contact) == {"EUR": 200}


def test_a_late_renewal_begins_on_its_own_day(funnels, actor, contact, coaching):
    purchases.record(actor, contact, Sale(coaching, 100, "EUR"), to_instant("2024-12-01"))
    contracts.renew(actor, Contract.objects.get(), at=to_instant("2026-02-01"))
    assert Contract.objects.get().renews_on == date(2027, 2, 1)


def test_a_renewal_that_would_shorten_the_contract_is_refused(funnels, actor, contact, coaching):
    purchases.record(actor, contact, Sale(coaching, 100, "EUR"), to_instant("2025-03-10"))
    for day in (date(2026, 3, 9), date(2026, 3, 10)):
        with pytest.raises(Invalid, match="a day after 10 March 2026") as refused:
            contracts.renew(actor, Contract.objects.get(), renews_on=day)
        assert refused.value.field == "renews_on"
    assert Purchase.objects.count() == 1


@pytest.mark.parametrize(("on", "kind"), [(date(2026, 3, 1), "churned"), (date(2026, 3, 2), "lapsed")])
def test_who_ends_early_churned_and_who_lets_it_run_out_lapsed(funnels, actor, contact, coaching, on, kind):
    sale = Sale(coaching, 100, "EUR", renews_on=date(2026, 3, 2))
    purchases.record(actor, contact, sale, to_instant("2025-03-02"))
    assert stage(contact) == CLIENT
    contract = contracts.end(actor, Contract.objects.get(), "Moved abroad", on)
    assert (contract.ended_on, contract.ended_why) == (on, "Moved abroad")
    assert in_force(contact) == ["bought", kind]
    assert stage(contact) == PAST
    with pytest.raises(Conflict, match="ended on"):
        contracts.end(actor, contract, "again")
    with pytest.raises(Conflict, match="ended on"):
        contracts.renew(actor, contract)
    contracts.reopen(actor, contract)
    assert in_force(contact) == ["bought"]
    assert stage(contact) == CLIENT
    with pytest.raises(Conflict):
        contracts.reopen(actor, contract)


def test_who_has_another_contract_stays_a_client(funnels, actor, contact, coaching, workshop):
    purchases.record(actor, contact, Sale(coaching, 100, "EUR"), NOW - 30 * DAY)
    purchases.record(actor, contact, Sale(workshop, 50, "EUR", date(2027, 1, 1)), NOW - 20 * DAY)
    contracts.end(actor, Contract.objects.get(offer=workshop), "Too little time")
    assert in_force(contact) == ["bought", "renewed"]
    assert stage(contact) == CLIENT


def test_a_contract_ends_for_a_reason_on_a_day_of_its_life(funnels, actor, contact, coaching):
    purchases.record(actor, contact, Sale(coaching, 100, "EUR"), NOW - 30 * DAY)
    contract = Contract.objects.get()
    for why, on in [("", None), ("x", date(2026, 3, 3)), ("x", date(2020, 1, 1))]:
        with pytest.raises(Invalid):
            contracts.end(actor, contract, why, on)


def test_a_part_given_back_leaves_a_client_and_the_rest_of_the_money(funnels, actor, contact, coaching):
    bought = purchases.record(actor, contact, Sale(coaching, 100, "EUR"), NOW - 30 * DAY)
    touch = purchases.refund(actor, bought, 40, NOW, "A session fell out")
    assert (touch.kind, touch.value, touch.origin) == ("partly_refunded", 40, f"purchase:{bought.pk}")
    assert kept(contact) == {"EUR": 60}
    assert stage(contact) == CLIENT


def test_all_given_back_ends_the_custom_and_the_contract(funnels, actor, contact, coaching):
    bought = purchases.record(actor, contact, Sale(coaching, 100, "EUR"), NOW - 30 * DAY)
    touch = purchases.refund(actor, bought)
    assert (touch.kind, touch.value) == ("refunded", 100)
    assert kept(contact).get("EUR", 0) == 0
    assert Contract.objects.get().ended_on == date(2026, 3, 2)
    with pytest.raises(Invalid, match="up to 0 EUR"):
        purchases.refund(actor, bought, 1)


def test_all_of_one_of_two_purchases_is_a_part_of_what_they_paid(funnels, actor, contact, workshop):
    purchases.record(actor, contact, Sale(workshop, 70, "EUR"), NOW - 40 * DAY)
    second = purchases.record(actor, contact, Sale(workshop, 30, "EUR"), NOW - 30 * DAY)
    assert purchases.refund(actor, second).kind == "partly_refunded"
    assert kept(contact) == {"EUR": 70}


def test_more_than_was_paid_is_not_given_back(funnels, actor, contact, workshop):
    bought = purchases.record(actor, contact, Sale(workshop, 70, "EUR"), NOW - 40 * DAY)
    for amount, at in [(71, NOW), (0, NOW), (10, NOW - 50 * DAY)]:
        with pytest.raises(Invalid):
            purchases.refund(actor, bought, amount, at)


def test_what_happened_is_recorded_at_once_and_a_purchase_has_its_record(funnels, actor, contact):
    moves.happened(actor, contact, ["called", "told_need", "asked", "bought"])
    assert in_force(contact) == ["called", "told_need", "asked", "bought"]
    assert Purchase.objects.get().contact == contact
    assert contact.asks.get().answer == "yes"
    assert stage(contact) == CLIENT
    for wrong in ([], ["called"] * 21):
        with pytest.raises(Invalid, match="Allowed: 1 to 20 things"):
            moves.happened(actor, contact, wrong)
    with pytest.raises(Invalid, match="kind"):
        moves.happened(actor, contact, ["called", "mett"])
    assert Touch.objects.count() == 4


def test_offers_have_a_name_of_their_own_and_can_be_changed(actor, coaching):
    with pytest.raises(Conflict):
        offers.declare(actor, offers.Terms("Coaching"))
    made = offers.declare(actor, offers.Terms(" Retreat ", price=500, currency="EUR", takes=Decimal(2)))
    assert (made.name, made.price) == ("Retreat", 500)
    changed = offers.change(actor, made, offers.Terms("Retreat", term_days=30, active=False))
    assert (changed.term_days, changed.price, changed.active) == (30, None, False)
    with pytest.raises(Conflict):
        offers.change(actor, made, offers.Terms("Coaching"))


@pytest.mark.parametrize(
    "wrong",
    [
        offers.Terms(""),
        offers.Terms("x" * 121),
        offers.Terms("a", term_days=0),
        offers.Terms("a", price=5),
        offers.Terms("a", takes=Decimal(-1)),
    ],
)
def test_offers_that_are_none_are_refused(actor, wrong):
    with pytest.raises(Invalid):
        offers.declare(actor, wrong)


def test_an_audience_is_a_touch_of_people_without_names(funnels, actor):
    audience = plans.count_audience(actor, "content", "visited", date(2026, 3, 1), 1200, "Pricing guide")
    touch = Touch.objects.get()
    assert (touch.contact, touch.n, touch.kind, touch.path) == (None, 1200, "visited", "content")
    assert (touch.content, touch.origin) == ("Pricing guide", f"audience:{audience.pk}")
    log = warehouse.every_touch()
    assert (log.n.tolist(), log.contact.codes.tolist()) == ([1200], [-1])
    plans.drop_audience(actor, audience)
    assert len(warehouse.every_touch()) == 0
    assert not Audience.objects.exists()


@pytest.mark.parametrize(
    ("kind", "day", "n"),
    [("bought", date(2026, 3, 1), 5), ("scanned", date(2026, 3, 1), 5), ("nothing", date(2026, 3, 1), 5),
     ("visited", date(2026, 3, 3), 5), ("visited", date(2026, 3, 1), 0)],
)  # fmt: skip
def test_audiences_that_are_none_are_refused(actor, kind, day, n):
    with pytest.raises(Invalid):
        plans.count_audience(actor, "content", kind, day, n)


def test_goals_capacity_and_costs_are_kept(actor):
    goal = plans.set_goal(actor, date(2026, 6, 30), clients=6)
    plans.set_capacity(actor, date(2026, 3, 1), Decimal("2.5"))
    plans.set_capacity(actor, date(2026, 3, 1), Decimal(3))
    cost = plans.record_cost(actor, "advertising", date(2026, 2, 1), date(2026, 2, 28), 50_000, "EUR")
    assert (Goal.objects.get(), Capacity.objects.get().clients_a_month) == (goal, 3)
    plans.drop_goal(actor, goal)
    plans.drop_cost(actor, cost)
    assert not Goal.objects.exists()
    assert not PathCost.objects.exists()
    for by, clients in [(date(2026, 3, 1), 6), (date(2026, 6, 1), 0), (date(2046, 6, 1), 5)]:
        with pytest.raises(LeadlineError):
            plans.set_goal(actor, by, clients=clients)
    with pytest.raises(Invalid):
        plans.record_cost(actor, "advertising", date(2026, 3, 2), date(2026, 3, 1), 5, "EUR")
    with pytest.raises(Invalid):
        plans.record_cost(actor, "", date(2026, 3, 1), date(2026, 3, 1), 5, "EUR")


def test_kinds_that_sales_write_are_checked_by_what_they_mean():
    shipped = Kinds.shipped()
    meanings.check(shipped)
    without = Kinds(
        tuple(kind for kind in shipped.kinds if kind.name != "said_no"),
        tuple(shipped.groups.values()),
        tuple(shipped.facts.values()),
    )
    with pytest.raises(BadKinds, match="said_no"):
        meanings.check(without)
    turned = Kind(name="said_no", means="No.", link="answer", direction="in", groups=("answered",))
    with pytest.raises(BadKinds, match="refused"):
        meanings.check(without.with_kinds((turned,)))


def test_a_sale_can_follow_the_ask_of_an_offer_with_its_own_day_of_renewal(funnels, actor, contact, workshop):
    ask = asks.make(actor, contact, asks.Terms(workshop), NOW - DAY)
    with pytest.raises(Invalid, match="renewed later than it begins"):
        asks.answer(actor, ask, "yes", sale=Sale(value=1, currency="EUR", renews_on=date(2026, 3, 1)))
    assert not Purchase.objects.exists()
    asks.answer(actor, ask, "yes", sale=Sale(value=1, currency="EUR", renews_on=date(2026, 9, 1)))
    assert Contract.objects.get().renews_on == date(2026, 9, 1)


def said(contact):
    contract = Contract.objects.filter(contact=contact).values(
        "pk", "offer", "value", "starts_on", "renews_on"
    )
    purchase = Purchase.objects.filter(contact=contact).order_by("pk")
    columns = ("pk", "value", "currency", "bought_at", "contract", "renewed_from", "ask")
    return list(contract), list(purchase.values(*columns)), in_force(contact), kept(contact), stage(contact)


def test_a_purchase_that_was_taken_back_comes_back_as_it_was(funnels, actor, owner, contact, coaching):
    ask = asks.make(actor, contact, asks.Terms(offer=coaching, amount=100, currency="EUR"), NOW - 9 * DAY)
    bought = purchases.record(actor, contact, Sale(coaching, 100, "EUR"), NOW - 3 * DAY)
    number, before = bought.pk, said(contact)
    assert before[1][0]["ask"] == ask.pk
    purchases.undo(actor, bought)
    assert (Purchase.objects.count(), Contract.objects.count()) == (0, 0)
    purchases_back.restore(actor, purchases_back.entry_of(owner, number))
    assert said(contact) == before
    with pytest.raises(Conflict, match="that it is there"):
        purchases_back.restore(actor, purchases_back.entry_of(owner, number))
    purchases.undo(actor, Purchase.objects.get())
    purchases_back.restore(actor, purchases_back.entry_of(owner, number))
    assert said(contact) == before


def test_a_renewal_that_was_taken_back_comes_back_unless_the_contract_changed(
    funnels, actor, owner, contact, coaching
):
    purchases.record(actor, contact, Sale(coaching, 100, "EUR"), to_instant("2025-03-10"))
    again = purchases.record(actor, contact, Sale(coaching, 120, "EUR"), to_instant("2026-03-01"))
    number, before = again.pk, said(contact)
    purchases.undo(actor, again)
    purchases_back.restore(actor, purchases_back.entry_of(owner, number))
    assert said(contact) == before
    purchases.undo(actor, Purchase.objects.get(pk=number))
    Contract.objects.update(renews_on=date(2028, 1, 1))
    purchases_back.restore(actor, purchases_back.entry_of(owner, number))
    assert Contract.objects.get().renews_on == date(2028, 1, 1)


def test_whoever_does_not_see_the_contact_puts_nothing_back(funnels, actor, contact, coaching, member):
    bought = purchases.record(actor, contact, Sale(coaching, 100, "EUR"), NOW - 3 * DAY)
    number = bought.pk
    purchases.undo(actor, bought)
    with pytest.raises(NotFound):
        purchases_back.entry_of(member, number)
    with pytest.raises(NotFound):
        purchases_back.entry_of(member, number + 1000)


def test_it_is_put_back_from_the_message_the_contact_and_the_changes(
    funnels, client, owner, contact, coaching
):
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    bought = purchases.record(Actor.of(owner, NOW), contact, Sale(coaching, 100, "EUR"), NOW - 3 * DAY)
    there = f"/purchases/{bought.pk}/restore/"
    back = client.post(f"/purchases/{bought.pk}/undo/", follow=True)
    for page in (back, client.get(f"/contacts/{contact.pk}/"), client.get("/changes/?what=purchase")):
        assert there in page.content.decode()
    assert "all_moved" not in client.get("/changes/").content.decode()
    again = client.post(there, follow=True)
    assert f"/purchases/{bought.pk}/undo/" in again.content.decode()
    assert there not in client.get(f"/contacts/{contact.pk}/").content.decode()
    assert there not in client.get("/changes/?what=purchase").content.decode()
