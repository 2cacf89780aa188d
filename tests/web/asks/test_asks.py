"""To ask and to note answers: records and touches say the same."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from leadline.engine.instants import DAY
from leadline.web.actions import asks, purchases, touches
from leadline.web.actions.acting import Actor
from leadline.web.actions.asks import Terms
from leadline.web.actions.purchases import Sale
from leadline.web.errors import Conflict, Invalid
from leadline.web.models import Ask, AuditEntry, Contract, Purchase, Standing, Touch, User
from tests.web.asks.conftest import enter
from tests.web.conftest import NOW

pytestmark = pytest.mark.django_db


def kinds_of(contact) -> list[str]:
    """The kinds that are in force, in order of time."""
    rows = Touch.objects.filter(contact=contact, in_force=True, retracts=None)
    return list(rows.order_by("happened_at", "id").values_list("kind", flat=True))


def later(actor: Actor, days: int) -> Actor:
    return Actor(actor.user, actor.by, actor.now + days * DAY)


def test_an_ask_writes_its_touch_which_leads_back_to_it(funnels, actor, contact, coaching):
    terms = Terms(coaching, "A year together", 240_000, "EUR", "networking", "meeting", date(2026, 4, 1))
    ask = asks.make(actor, contact, terms, NOW - DAY)
    touch = Touch.objects.get()
    assert (touch.kind, touch.origin, touch.happened_at) == ("asked", f"ask:{ask.pk}", NOW - DAY)
    assert (touch.value, touch.currency, touch.offer) == (240_000, "EUR", "Coaching")
    assert (touch.path, touch.channel) == ("networking", "meeting")
    assert ask.touch == touch
    assert (ask.answer, ask.expected_on, ask.owner) == ("", date(2026, 4, 1), contact.owner)
    assert Standing.objects.get(contact=contact, funnel="sales-cycle").stage == 3  # asked
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {"ask.made", "touch.recorded"}


def test_a_yes_with_a_purchase_makes_a_client_with_a_contract(funnels, actor, contact, coaching):
    ask = asks.make(actor, contact, Terms(coaching, amount=240_000, currency="EUR"), NOW - 9 * DAY)
    done = asks.answer(actor, ask, "yes", NOW - 2 * DAY, sale=Sale(value=200_000, currency="EUR"))
    assert (done.answer, done.answered_at) == ("yes", NOW - 2 * DAY)
    assert kinds_of(contact) == ["asked", "said_yes", "bought"]
    purchase, contract = Purchase.objects.get(), Contract.objects.get()
    assert (purchase.value, purchase.offer, purchase.ask, purchase.contract) == (
        200_000, coaching, ask, contract,
    )  # fmt: skip
    assert (contract.starts_on, contract.renews_on) == (date(2026, 2, 28), date(2027, 2, 28))
    assert Touch.objects.get(kind="bought").origin == f"purchase:{purchase.pk}"
    assert Standing.objects.get(contact=contact, funnel="sales-cycle").stage == 4  # client


def test_what_is_bought_once_makes_no_contract(funnels, actor, contact, workshop):
    ask = asks.make(actor, contact, Terms(workshop), NOW)
    asks.answer(actor, ask, "yes", sale=Sale(workshop, 90_000, "EUR"))
    assert not Contract.objects.exists()


@pytest.mark.parametrize(("said", "kind"), [("no", "said_no"), ("not_now", "said_not_now")])
def test_a_refusal_keeps_its_reason_and_the_day_to_ask_again(funnels, actor, contact, said, kind):
    ask = asks.make(actor, contact, Terms(), NOW - DAY)
    done = asks.answer(actor, ask, said, NOW, "No money before summer", date(2026, 7, 1))
    assert (done.answer, done.reason, done.ask_again_on) == (said, "No money before summer", date(2026, 7, 1))
    assert kinds_of(contact) == ["asked", kind]
    assert Touch.objects.get(kind=kind).note == "No money before summer"


def test_an_answer_is_noted_once(funnels, actor, contact):
    ask = asks.make(actor, contact, Terms(), NOW - DAY)
    asks.answer(actor, ask, "no")
    for said in ("no", "yes"):
        with pytest.raises(Conflict, match="the ask is: no"):
            asks.answer(actor, ask, said)
    assert Touch.objects.count() == 2


def test_an_answer_taken_back_takes_its_purchase_and_contract_with_it(funnels, actor, contact, coaching):
    ask = asks.make(actor, contact, Terms(coaching), NOW - DAY)
    asks.answer(actor, ask, "yes", sale=Sale(value=1, currency="EUR"))
    undone = asks.undo_answer(actor, ask)
    assert (undone.answer, undone.answered_at) == ("", None)
    assert kinds_of(contact) == ["asked"]
    assert not Purchase.objects.exists()
    assert not Contract.objects.exists()
    assert Touch.objects.filter(contact=contact).count() == 5  # both, and what took them back
    with pytest.raises(Conflict):
        asks.undo_answer(actor, ask)
    assert asks.answer(actor, ask, "no").answer == "no"


def test_who_is_asked_again_waits_for_the_later_ask(funnels, actor, contact):
    first = asks.make(actor, contact, Terms(title="Spring"), NOW - 9 * DAY)
    second = asks.again(actor, first)
    first.refresh_from_db()
    assert (first.answer, second.answer, second.title) == ("again", "", "Spring")
    with pytest.raises(Conflict, match="asked again"):
        asks.answer(actor, first, "yes")
    assert asks.answer(actor, second, "yes").answer == "yes"
    with pytest.raises(Conflict):
        asks.again(actor, second)


def test_an_ask_that_was_never_made_is_taken_back_and_comes_back(funnels, actor, contact):
    first = asks.make(actor, contact, Terms(), NOW - 9 * DAY)
    second = asks.make(actor, contact, Terms(), NOW - DAY)
    assert asks.withdraw(actor, second).answer == "taken"
    first.refresh_from_db()
    assert first.answer == ""  # it waits once more
    with pytest.raises(Conflict):
        asks.withdraw(actor, second)
    assert asks.restore(actor, second).answer == ""
    first.refresh_from_db()
    assert first.answer == "again"
    asks.answer(actor, second, "no")
    with pytest.raises(Conflict, match="take its answer back first"):
        asks.withdraw(actor, second)


def test_an_answer_that_would_be_that_of_another_ask_is_refused_whole(funnels, actor, contact):
    first = asks.make(actor, contact, Terms(), NOW - 9 * DAY)
    asks.answer(actor, first, "no", NOW - 8 * DAY)
    second = asks.make(actor, contact, Terms(), NOW - 20 * DAY)
    assert second.answer == "again"  # the ask of 9 days ago came after it
    with pytest.raises(Conflict):
        asks.answer(actor, second, "yes", NOW)
    first.refresh_from_db()
    assert first.answer == "no"


def test_answers_that_are_logged_as_touches_answer_the_ask(funnels, actor, contact):
    ask = asks.make(actor, contact, Terms(), NOW - DAY)
    touch = touches.record(actor, contact, "said_not_now", NOW)
    ask.refresh_from_db()
    assert (ask.answer, ask.answered_at) == ("not_now", NOW)
    touches.retract(actor, touch)
    ask.refresh_from_db()
    assert (ask.answer, ask.answered_at) == ("", None)


def test_an_ask_that_is_logged_as_a_touch_has_its_record(funnels, actor, contact, coaching):
    touch = touches.record(actor, contact, "proposed", NOW, offer="Coaching", value=5, currency="EUR")
    ask = Ask.objects.get()
    assert (ask.touch, ask.offer, ask.amount, ask.asked_at) == (touch, coaching, 5, NOW)
    assert asks.answer(actor, ask, "no").answer == "no"


def test_a_purchase_that_nobody_noted_an_answer_for_is_the_yes(funnels, actor, contact, coaching):
    ask = asks.make(actor, contact, Terms(coaching), NOW - DAY)
    purchase = purchases.record(actor, contact, Sale(coaching, 100, "EUR"), NOW)
    ask.refresh_from_db()
    assert (ask.answer, purchase.ask) == ("yes", ask)
    purchases.undo(actor, purchase)
    ask.refresh_from_db()
    assert ask.answer == ""


def test_who_has_bought_is_asked_as_a_client(funnels, actor, contact):
    purchases.record(actor, contact, Sale(value=5, currency="EUR"), NOW - 9 * DAY)
    asks.make(actor, contact, Terms(), NOW)
    asks.make(actor, contact, Terms(kind="invited"), NOW - 8 * DAY)
    assert kinds_of(contact) == ["bought", "invited", "asked_renewal"]


def test_other_terms_correct_the_touch_and_keep_the_day(funnels, actor, contact, coaching):
    ask = asks.make(actor, contact, Terms(coaching, amount=5, currency="EUR"), NOW - DAY)
    asks.answer(actor, ask, "no", NOW)
    changed = asks.change(later(actor, 1), ask, Terms(coaching, amount=7, currency="USD", path="content"))
    assert (changed.amount, changed.currency, changed.answer) == (7, "USD", "no")
    touch = Touch.objects.get(kind="asked", in_force=True, retracts=None)
    assert (touch.value, touch.path, touch.happened_at) == (7, "content", NOW - DAY)
    assert changed.touch == touch
    count = Touch.objects.count()
    asks.change(actor, ask, Terms(coaching, "Only a title", 7, "USD", "content"))
    assert Touch.objects.count() == count


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (Terms(amount=-1, currency="EUR"), "sum of money"),
        (Terms(amount=5), "needs its currency"),
        (Terms(amount=5, currency="EURO"), "Did you mean “EUR”"),
        (Terms(kind="met"), "kind of the link ask"),
        (Terms(title="x" * 201), "201 characters"),
        (Terms(path="a\0b"), "NUL"),
    ],
)
def test_terms_that_are_none_are_refused_with_a_sentence(funnels, actor, contact, wrong, sentence):
    with pytest.raises(Invalid, match=sentence):
        asks.make(actor, contact, wrong)
    assert not Ask.objects.exists()
    assert not Touch.objects.exists()


def test_days_that_cannot_be_are_refused(funnels, actor, contact):
    with pytest.raises(Invalid, match="a day to come"):
        asks.make(actor, contact, Terms(), NOW + 2 * DAY)
    ask = asks.make(actor, contact, Terms(), NOW - DAY)
    with pytest.raises(Invalid, match="follows its ask"):
        asks.answer(actor, ask, "no", NOW - 3 * DAY)
    with pytest.raises(Invalid, match="day to ask again"):
        asks.answer(actor, ask, "no", NOW, ask_again_on=date(2026, 3, 2))
    with pytest.raises(Invalid, match="Who buys said yes"):
        asks.answer(actor, ask, "no", NOW, sale=Sale(value=1, currency="EUR"))
    with pytest.raises(Invalid, match="one of three"):
        asks.answer(actor, ask, "maybe", NOW)
    assert Touch.objects.count() == 1


def test_when_an_answer_is_expected_can_be_said_while_it_waits(funnels, actor, contact):
    ask = asks.make(actor, contact, Terms(), NOW)
    day = date(2026, 3, 2) + timedelta(days=30)
    assert asks.expect(actor, ask, day).expected_on == day
    asks.answer(actor, ask, "no")
    with pytest.raises(Conflict):
        asks.expect(actor, ask, None)


def test_whoever_opens_the_form_of_an_ask_that_is_answered_is_told_at_once(client, funnels, owner, contact):
    ask = asks.make(Actor.of(owner, NOW), contact, Terms(), NOW - DAY)
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    where = reverse("ask_answer", args=[ask.pk])
    assert client.get(where).status_code == 200
    asks.answer(Actor.of(owner, NOW), ask, "no")
    told = client.get(where)
    assert (told.status_code, "the ask is: no" in told.content.decode()) == (409, True)
    typed = client.post(where, {"said": "yes", "reason": "They called back"})
    assert (typed.status_code, "They called back" in typed.content.decode()) == (409, True)


@pytest.mark.parametrize(("locale", "typed"), [("en", "450.500"), ("fr", "450,500"), ("de", "450,5")])
def test_an_amount_of_three_decimals_stays_what_it_is_when_an_ask_is_changed(
    client, member, eero, locale, typed
):
    User.objects.filter(pk=member.pk).update(locale=locale)
    enter(client, member)
    sent = {"contact": eero.pk, "title": "Talk", "amount": typed, "currency": "KWD"}
    client.post("/asks/new/", sent)
    ask = Ask.objects.get(title="Talk")
    assert (ask.amount, ask.currency) == (450_500, "KWD")
    page = client.get(f"/asks/{ask.pk}/change/").content.decode()
    shown = re.search(r'name="amount" value="([^"]+)"', page)[1]
    client.post(f"/asks/{ask.pk}/change/", sent | {"amount": shown, "title": "Talk again"})
    ask.refresh_from_db()
    assert (ask.title, ask.amount) == ("Talk again", 450_500)


@pytest.mark.parametrize(("locale", "minor"), [("en", 1_200), ("de", 1_200_000)])
def test_what_is_typed_with_a_touch_is_read_as_it_is_written_where_one_is(
    client, member, eero, locale, minor
):
    User.objects.filter(pk=member.pk).update(locale=locale)
    sent = {"kind": "offered", "amount": "1.200"}
    for currency, value in (("KWD", minor), ("EUR", 120_000)):
        enter(client, member).post(f"/contacts/{eero.pk}/touch/", sent | {"currency": currency})
        assert Touch.objects.latest("pk").value == value
