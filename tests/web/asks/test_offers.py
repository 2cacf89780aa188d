"""Offers: declared, changed, sold no more; what they brought in; plans that are typed and taken back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from leadline.web.actions import asks, purchases
from leadline.web.actions.asks import Terms
from leadline.web.actions.purchases import Sale
from leadline.web.models import Ask, Audience, Capacity, Contact, Goal, Offer, PathCost, Touch
from leadline.web.pages.offers import often_words
from tests.web.asks.test_day import BACKEND, undo_of

pytestmark = pytest.mark.django_db
HOSTILE = {
    "script": "<script>alert(1)</script>",
    "formula": "=HYPERLINK(“http://elsewhere”)",
    "long": "x" * 5000,
    "rtl": "\u202eمرحبا\u202c",
    "nul": "a\0b",
    "quotes": "\"'><img src=x onerror=alert(1)>",
}


@pytest.fixture
def ada(client, owner):
    client.force_login(owner, backend=BACKEND)
    return client


def sent(**more: str) -> dict[str, str]:
    return {"name": "Coaching", "amount": "2400", "currency": "EUR", "takes": "1.5", "active": "on"} | more


def test_an_offer_is_declared_changed_and_sold_no_more(ada):
    assert "Nothing is on the list yet" in ada.get("/offers/").content.decode()
    assert ada.post("/offers/new/", sent(bought="365")).status_code == 303
    offer = Offer.objects.get()
    assert (offer.price, offer.currency, offer.term_days, offer.takes) == (
        240_000,
        "EUR",
        365,
        Decimal("1.5"),
    )
    where = reverse("offer_change", args=[offer.pk])
    assert 'value="2400.00"' in ada.get(where).content.decode()
    assert ada.post(where, sent(bought="other", term_days="45", amount="")).status_code == 303
    offer.refresh_from_db()
    assert (offer.price, offer.currency, offer.term_days) == (None, "", 45)
    page = ada.post(reverse("offer_switch", args=[offer.pk]), follow=True)
    assert "sold no more" in page.content.decode()
    ada.post(undo_of(page))
    offer.refresh_from_db()
    assert offer.active


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"name": ""}, "This field is required"),
        ({"name": "Taken"}, "there is one called “Taken”"),
        ({"amount": "5", "currency": ""}, "Which currency"),
        ({"amount": "5.5", "currency": "JPY"}, "JPY has 0 decimals"),
        ({"amount": "-5"}, "An amount can’t be below 0."),
        ({"bought": "other"}, "Every how many days?"),
        ({"bought": "other", "term_days": "999999"}, "less than or equal to 3660"),
        ({"takes": "-1"}, "greater than or equal to 0"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_stays(ada, more, words):
    Offer.objects.create(name="Taken")
    answer = ada.post("/offers/new/", sent(means="A year together") | more)
    assert answer.status_code in (409, 422)
    text = answer.content.decode()
    assert words in text
    assert "A year together" in text
    assert Offer.objects.count() == 1


@pytest.mark.parametrize(
    ("days", "words"), [(None, "once"), (365, "every year"), (91, "every quarter"), (45, "every 45 days")]
)
def test_how_often_something_is_bought_is_said_in_words(days, words):
    assert often_words(days) == words


def test_what_an_offer_brought_in_is_less_what_was_given_back(ada, actor, funnels, contact, workshop):
    ask = asks.make(actor, contact, Terms(workshop, amount=90_000, currency="EUR"))
    asks.answer(actor, ask, "yes", sale=Sale(workshop, 90_000, "EUR"))
    other = Contact.objects.create(name="Maud")
    asks.make(actor, other, Terms(workshop))
    bought = purchases.record(actor, Contact.objects.create(name="Noor"), Sale(workshop, 50_000, "USD"))
    purchases.refund(actor, ask.purchases.get(), 20_000)
    text = ada.get("/offers/").content.decode()
    for words in ("700\u00a0EUR", "500\u00a0USD", "1 of 1 said yes"):
        assert words in text
    assert bought.value == 50_000


def test_asking_for_an_offer_has_its_price_filled_in(ada, funnels, contact, workshop):
    form = ada.get(reverse("ask_new") + f"?contact={contact.pk}").content.decode()
    assert 'data-amount="900.00"' in form
    assert 'data-currency="EUR"' in form
    ada.post(reverse("ask_new"), {"contact": contact.pk, "offer": workshop.pk})
    assert (Ask.objects.get().amount, Ask.objects.get().currency) == (90_000, "EUR")
    ada.post(reverse("purchase_new"), {"contact": contact.pk, "offer": workshop.pk})
    assert contact.purchases.get().value == 90_000


def test_an_offer_that_is_sold_no_more_stays_where_it_was_asked_for(ada, actor, funnels, contact, workshop):
    ask = asks.make(actor, contact, Terms(workshop, amount=90_000, currency="EUR"))
    Offer.objects.update(active=False)
    assert (
        "Workshop"
        not in ada.get(reverse("ask_new") + f"?contact={contact.pk}").content.decode().split("<form")[-1]
    )
    told = {"offer": workshop.pk, "title": "Two days", "amount": "800", "currency": "EUR"}
    assert ada.post(reverse("ask_change", args=[ask.pk]), told).status_code == 303
    ask.refresh_from_db()
    assert (ask.offer, ask.amount) == (workshop, 80_000)


def test_a_cost_is_typed_by_its_month_or_by_its_days(ada, funnels):
    cost = {"cost-path": "advertising", "cost-amount": "500", "cost-currency": "EUR"}
    month = f"{date.today():%Y}-01" if date.today().month > 1 else f"{date.today():%Y-%m}"  # noqa: DTZ011
    assert ada.post("/plans/add/cost/", cost | {"cost-month": month}).status_code == 303
    one = PathCost.objects.get()
    assert (one.since.isoformat(), one.until.isoformat(), one.amount) == (
        f"{month}-01",
        f"{month}-31",
        50_000,
    )
    days = {"cost-since": "2026-02-05", "cost-until": "2026-02-03"}
    answer = ada.post("/plans/add/cost/", cost | days)
    assert answer.status_code == 422
    assert "before the first day" in answer.content.decode()
    days["cost-until"] = "2026-02-09"
    assert ada.post("/plans/add/cost/", cost | days).status_code == 303
    assert "5 Feb 2026 – 9 Feb 2026" in ada.get("/plans/").content.decode()


def test_what_is_taken_back_from_the_plan_comes_back_as_it_was(ada, funnels):
    ada.post("/plans/add/goal/", {"goal-by": "2030-01-01", "goal-clients": "6"})
    ada.post("/plans/add/capacity/", {"capacity-since": "2026-01-01", "capacity-a_month": "2.5"})
    ada.post("/plans/add/cost/", {"cost-path": "content", "cost-amount": "5", "cost-currency": "EUR",
                                  "cost-since": "2026-01-01", "cost-until": "2026-01-31"})  # fmt: skip
    ada.post("/plans/add/audience/", {"audience-path": "content", "audience-kind": "visited",
                                      "audience-day": "2026-01-05", "audience-n": "9"})  # fmt: skip
    for model, what in ((Goal, "goal"), (Capacity, "capacity"), (PathCost, "cost"), (Audience, "audience")):
        before = model.objects.values().get()
        page = ada.post(f"/plans/drop/{what}/{before['id']}/", follow=True)
        assert not model.objects.exists()
        address = undo_of(page)
        assert ada.post(address, {"next": "/plans/"}).status_code == 303
        after = model.objects.values().get()
        if what in ("capacity", "audience"):
            after["id"] = before["id"]
        assert after == before
    assert Touch.objects.filter(kind="visited", in_force=True, retracts=None).count() == 1
    assert ada.post("/plans/back/?row=forged").status_code == 422


def test_a_goal_is_one_of_the_two(ada, funnels):
    for told in ({}, {"goal-clients": "6", "goal-amount": "5", "goal-currency": "EUR"}):
        answer = ada.post("/plans/add/goal/", {"goal-by": "2030-01-01", **told})
        assert answer.status_code == 422
        assert "one of the two" in answer.content.decode()
    answer = ada.post("/plans/add/capacity/", {"capacity-since": "2026-01-01", "capacity-a_month": "0"})
    assert answer.status_code == 422


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_hostile_is_shown_or_breaks_a_form(ada, actor, funnels, contact, workshop, name):
    text, ask = HOSTILE[name], asks.make(actor, contact, Terms(workshop))
    forms = [
        ("/offers/new/", sent(name=text)),
        ("/offers/new/", sent(name="Other", means=text, currency=text)),
        (reverse("ask_new"), {"contact": contact.pk, "title": text}),
        (reverse("ask_new"), {"contact": contact.pk, "path": text, "channel": text, "kind": text}),
        (reverse("ask_new"), {"contact": text}),
        (reverse("ask_answer", args=[ask.pk]), {"said": "not_now", "reason": text, "on": text}),
        (reverse("ask_answer", args=[ask.pk]), {"said": "no", "reason": text}),
        (reverse("purchase_new"), {"contact": contact.pk, "amount": text, "currency": "EUR"}),
        (reverse("board_move", args=[contact.pk]), {"kind": text, "funnel": text, "to": text, "day": text}),
        ("/plans/add/goal/", {"goal-by": text, "goal-clients": text, "goal-amount": text}),
        ("/plans/add/cost/", {"cost-path": text, "cost-amount": "5", "cost-currency": "EUR",
                              "cost-since": "2026-01-01", "cost-until": "2026-01-31"}),
        ("/plans/add/audience/", {"audience-path": text, "audience-kind": "visited", "audience-n": "5",
                                  "audience-day": "2026-01-05", "audience-content": text}),
        (reverse("put_back", args=["ask", ask.pk]) + f"?on={'x' * 50}", {"next": text}),
    ]  # fmt: skip
    for address, told in forms:
        answer = ada.post(address, told)
        assert answer.status_code in (200, 303, 409, 422), (address, answer.status_code)
    for address in (
        "/",
        "/asks/?which=all",
        "/offers/",
        "/plans/",
        "/board/",
        "/board/?by=answer",
        "/clients/",
    ):
        shown = ada.get(address).content.decode()
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown


def was(page) -> str:
    return page.content.decode().split('name="was" value="', 1)[1].split('"', 1)[0]


def test_whoever_changes_an_offer_that_somebody_else_changed_meanwhile_is_told(ada, workshop):
    there = reverse("offer_change", args=[workshop.pk])
    mine, theirs = was(ada.get(there)), was(ada.get(there))
    assert ada.post(there, sent(name="Theirs", was=theirs)).status_code == 303
    refused = ada.post(there, sent(name="Mine", was=mine))
    assert refused.status_code == 409
    assert "somebody else changed it meanwhile" in refused.content.decode()
    assert Offer.objects.get(pk=workshop.pk).name == "Theirs"
    assert ada.post(there, sent(name="Mine", was=was(refused))).status_code == 303
    assert Offer.objects.get(pk=workshop.pk).name == "Mine"


def test_whoever_changes_an_ask_that_somebody_else_changed_meanwhile_is_told(
    ada, actor, funnels, contact, workshop
):
    ask = asks.make(actor, contact, Terms(amount=100, currency="EUR", title="Talk"))
    there = reverse("ask_change", args=[ask.pk])
    mine = was(ada.get(there))
    asks.change(actor, ask, Terms(amount=200, currency="EUR", title="Talk"))
    told = {"title": "Talk", "amount": "300", "currency": "EUR", "was": mine}
    assert ada.post(there, told).status_code == 409
    assert Ask.objects.get(pk=ask.pk).amount == 200
    assert ada.post(there, told | {"was": was(ada.get(there))}).status_code == 303
    assert Ask.objects.get(pk=ask.pk).amount == 30000


def test_a_form_for_money_begins_in_the_currency_that_most_is_in(ada, actor, owner, funnels, contact):
    def begins_in():
        form = ada.get(reverse("purchase_new") + f"?contact={contact.pk}").content.decode()
        return [code for code in ("EUR", "CHF", "USD") if f'value="{code}" selected' in form]

    assert begins_in() == []
    for currency in ("CHF", "EUR", "EUR"):
        purchases.record(actor, contact, Sale(value=5_000, currency=currency))
    assert begins_in() == ["EUR"]
    owner.currency = "USD"
    owner.save()
    assert begins_in() == ["USD"]


def test_a_purchase_is_paid_back_or_taken_back_where_it_stands(ada, actor, funnels, contact, workshop):
    bought = purchases.record(actor, contact, Sale(workshop, 90_000, "EUR"))
    here = reverse("contact", args=[contact.pk])
    refund, undo = (reverse(name, args=[bought.pk]) for name in ("purchase_refund", "purchase_undo"))
    page = ada.get(here).content.decode()
    assert f"{refund}?next={here}" in page
    assert undo in page
    answer = ada.post(f"{refund}?next={here}", {"amount": "100", "currency": "EUR"})
    assert (answer.status_code, answer["Location"]) == (303, here)
    repaid = Touch.objects.get(kind="partly_refunded")
    unrefund = reverse("refund_undo", args=[repaid.pk])
    assert unrefund in ada.get(here).content.decode()
    ada.post(unrefund, {"next": here})
    assert unrefund not in ada.get(here).content.decode()
    assert ada.post(undo, {"next": here})["Location"] == here
    page = ada.get(here).content.decode()
    assert undo not in page
    assert reverse("purchase_restore", args=[bought.pk]) in page


def test_what_was_bought_by_a_yes_is_taken_back_with_the_answer(ada, actor, funnels, contact, workshop):
    ask = asks.make(actor, contact, Terms(workshop, amount=90_000, currency="EUR"))
    asks.answer(actor, ask, "yes", sale=Sale(workshop, 90_000, "EUR"))
    bought = ask.purchases.get()
    page = ada.get(reverse("contact", args=[contact.pk])).content.decode()
    assert reverse("purchase_refund", args=[bought.pk]) in page
    assert reverse("purchase_undo", args=[bought.pk]) not in page


def test_clients_show_contracts_in_force_where_no_renewal_is_due(ada, actor, funnels, contact):
    purchases.record(actor, contact, Sale(None, 90_000, "EUR", date(2099, 1, 1)))
    page = ada.get(reverse("clients")).content.decode()
    assert 'href="?view=running" aria-current="page"' in page
    due = ada.get(reverse("clients") + "?view=due").content.decode()
    assert "No renewal is due" in due
