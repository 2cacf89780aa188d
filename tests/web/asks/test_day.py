"""Today: what is done there can be undone there; asks of the week stand beside what the goal takes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from leadline.engine.instants import DAY, to_datetime
from leadline.web.actions import asks, contracts, erasure, plans, purchases, reports, touches
from leadline.web.actions.acting import Actor
from leadline.web.actions.asks import Terms
from leadline.web.actions.purchases import Sale
from leadline.web.models import Ask, Contact, Contract, Materialised, NextStep, Purchase, Task, Touch
from leadline.web.pages import day_sections, frame

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def acted() -> int:
    return frame.now()


@pytest.fixture
def ada(client, owner):
    client.force_login(owner, backend=BACKEND)
    return client


@pytest.fixture
def talked(funnels, owner, acted) -> Contact:
    made = Contact.objects.create(name="Ines Prado", owner=owner)
    touches.record(Actor.of(owner, acted), made, "called", acted - 2 * DAY)
    return made


def undo_of(answer) -> str:
    """The address behind the Undo of a page."""
    text = answer.content.decode()
    assert "data-undo" in text, text[-3000:]
    begin = text.index('<form method="post" action="', text.index('class="toast')) + 28
    return text[begin : text.index('"', begin)].replace("&amp;", "&")


def state() -> tuple:
    """What a day looks like: steps, asks, contracts, tasks, touches that hold."""
    lived = Touch.objects.filter(in_force=True, retracts=None)
    return (
        sorted(NextStep.objects.values_list("contact", "sort", "since", "quiet_until")),
        sorted(Ask.objects.exclude(answer="taken").values_list("contact", "answer", "reason", "quiet_until")),
        sorted(
            Contract.objects.values_list(
                "contact", "value", "currency", "renews_on", "ended_on", "ended_why"
            ),
            key=str,
        ),
        sorted(Task.objects.values_list("title", "due_on", "done_at"), key=str),
        sorted(Purchase.objects.values_list("contact", "value", "currency")),
        sorted(lived.values_list("contact", "kind", "value")),
    )


def test_each_step_of_the_day_can_be_undone(ada, owner, talked, coaching, acted):
    actor = Actor.of(owner, acted)
    asked = asks.make(actor, Contact.objects.create(name="Eero"), Terms(coaching, amount=5, currency="EUR"),
                      acted - DAY)  # fmt: skip
    client = Contact.objects.create(name="Maud")
    purchases.record(actor, client, Sale(coaching, 200_000, "EUR"), acted - 350 * DAY)
    contract, task = Contract.objects.get(), Task.objects.create(title="Call Noor", owner=owner)
    step = NextStep.objects.get(contact=talked, sort="ask")
    done = [
        (reverse("put_off", args=["step", step.pk]), {}),
        (reverse("put_off", args=["ask", asked.pk]), {}),
        (reverse("put_off", args=["task", task.pk]), {}),
        (reverse("task_done", args=[task.pk]), {}),
        (reverse("today_log", args=[talked.pk]), {"kind": "messaged"}),
        (reverse("ask_new") + f"?contact={talked.pk}", {"amount": "9", "currency": "EUR"}),
        (reverse("ask_answer", args=[asked.pk]), {"said": "no", "reason": "Too dear"}),
        (reverse("ask_answer", args=[asked.pk]),
         {"said": "yes", "bought": "on", "amount": "7", "currency": "EUR"}),
        (reverse("purchase_refund", args=[contract.purchases.get().pk]), {"why": "Sorry"}),
        (reverse("purchase_refund", args=[contract.purchases.get().pk]), {"amount": "5", "currency": "EUR"}),
        (reverse("contract_renew", args=[contract.pk]), {"amount": "2500", "currency": "EUR"}),
        (reverse("contract_end", args=[contract.pk]), {"why": "Moved"}),
        (reverse("board_move", args=[talked.pk]),
         {"kind": ["told_need", "bought"], "funnel": "voltage", "to": "opportunity"}),
    ]  # fmt: skip
    for address, sent in done:
        before = state()
        page = ada.post(address, {"next": "/", **sent}, follow=True)
        assert state() != before, address
        back = ada.post(undo_of(page), {"next": "/"}, follow=True)
        assert back.status_code == 200
        assert state() == before, address


def test_an_undo_of_what_is_undone_is_refused_in_a_sentence(ada, talked):
    page = ada.post(reverse("today_log", args=[talked.pk]), {"kind": "messaged"}, follow=True)
    address = undo_of(page)
    assert ada.post(address).status_code == 303
    assert ada.post(address).status_code == 409
    moved = ada.post(
        reverse("board_move", args=[talked.pk]), {"kind": "told_need", "funnel": "voltage"}, follow=True
    )
    address = undo_of(moved)
    assert ada.post(address).status_code == 303
    assert ada.post(address).status_code == 409
    assert ada.post(reverse("board_move_back", args=[talked.pk]) + "?at=never").status_code == 422
    assert ada.post(reverse("put_back", args=["task", 0]) + "?on=never").status_code == 422


def test_a_renewal_that_is_undone_leaves_the_value_that_was_before(funnels, actor, contact, coaching):
    purchases.record(actor, contact, Sale(coaching, 200_000, "EUR"), actor.now - 300 * DAY)
    renewed = contracts.renew(actor, Contract.objects.get(), 250_000, "EUR")
    assert Contract.objects.get().value == 250_000
    purchases.undo(actor, renewed)
    assert Contract.objects.get().value == 200_000


def test_today_says_so_where_there_is_no_goal(ada, talked):
    text = ada.get("/").content.decode()
    assert "No ask made this week yet" in text
    assert "No goal is set" in text
    assert f"{reverse('plans')}#goal" in text


def test_asks_of_the_week_stand_beside_what_the_goal_takes(ada, owner, talked, acted):
    actor = Actor.of(owner, acted)
    plans.set_goal(actor, to_datetime(acted).date() + timedelta(days=90), clients=6)
    asks.make(actor, talked, Terms(), acted)
    assert "hx-get" in ada.get("/").content.decode()  # it is worked out after the page is there
    told = ada.get(reverse("today_week")).content.decode()
    assert "hx-get" not in told
    key = reports.key_of("asks", "sales-cycle", "", {})
    assert Materialised.objects.get(key=key).result["goal"][0] in told.replace("&#x27;", "'")
    Materialised.objects.update(result={"sentences": [], "goal": ["Ask 30 people."], "weekly": 2.04})
    text = ada.get("/").content.decode()
    assert (
        f'<strong><a href="{reverse("asks")}?which=first">1 first ask this week</a></strong>, the goal'
        in text
    )
    assert "Ask 30 people." in text
    Materialised.objects.update(result={"sentences": [], "goal": ["Ask 30 people."], "weekly": 0.3})
    assert ">enough</span>" in ada.get("/").content.decode()


def test_a_new_goal_has_the_ask_plan_worked_out_anew(funnels, actor):
    Materialised.objects.create(key="a", name="asks", as_of=0, asked_for_at=0)
    Materialised.objects.create(key="b", name="forecast", as_of=0, asked_for_at=0)
    plans.set_goal(actor, to_datetime(actor.now).date() + timedelta(days=90), clients=6)
    assert list(Materialised.objects.values_list("name", flat=True)) == ["forecast"]


def test_an_answer_that_is_expected_later_is_no_task_of_today(ada, owner, talked, acted):
    actor, day = Actor.of(owner, acted), to_datetime(acted).date()
    for days in (-1, 0, 5):
        contact = Contact.objects.create(name=f"In {days} days")
        asks.make(actor, contact, Terms(expected_on=day + timedelta(days=days)), acted - DAY)
    found = next(one for one in day_sections.sections(owner, "all", "waiting", acted) if one.rows)
    assert sorted(str(one.contact) for one in found.rows) == ["In -1 days", "In 0 days"]


def test_a_day_of_thousands_is_counted_no_further_than_needed(
    ada, owner, funnels, acted, django_assert_max_num_queries
):
    people = Contact.objects.bulk_create(Contact(name=f"Number {n}", owner=owner) for n in range(1500))
    NextStep.objects.bulk_create(
        NextStep(contact=one, sort="ask", since=acted - n, kind="called", rank=n)
        for n, one in enumerate(people)
    )
    with django_assert_max_num_queries(22):
        text = ada.get("/").content.decode()
    assert "more than 1,000 people to ask" in text.lower()
    assert text.index("Number 1499") < text.index("Number 1494")
    assert "Number 1493" not in text
    with django_assert_max_num_queries(22):
        assert "The first 50 are shown" in ada.get("/?only=ask").content.decode()


def test_income_of_somebody_who_was_erased_stands_without_their_name(ada, actor, funnels, coaching, acted):
    actor = Actor(actor.user, actor.by, acted)
    gone, maud = Contact.objects.create(name="Eero Cooper"), Contact.objects.create(name="Maud Linde")
    purchases.record(actor, gone, Sale(coaching, 300_000, "EUR"), acted - 40 * DAY)
    purchases.record(actor, maud, Sale(coaching, 100_000, "EUR"), acted - 40 * DAY)
    assert "Eero Cooper" in ada.get("/clients/").content.decode()
    erasure.erase_contact(actor, gone)
    for address in ("/clients/", "/clients/?view=running", "/offers/", "/", "/asks/?which=all", "/board/"):
        text = ada.get(address).content.decode()
        assert "Eero" not in text
        if address in ("/clients/", "/offers/"):
            assert "4,000\u00a0EUR" in text
    assert "somebody who was erased" in ada.get("/clients/").content.decode()


def test_contacts_of_whom_nothing_is_known_are_not_said_to_be_answered(ada, owner, acted):
    made = Contact.objects.create(name="Ines Prado", owner=owner)
    page = ada.get(reverse("today")).content.decode()
    assert "Nothing is known yet of what happened" in page
    assert "Everybody who wrote has a reply" not in page
    touches.record(Actor.of(owner, acted), made, "mailed", acted - 2 * DAY)
    assert "Everybody who wrote has a reply" in ada.get(reverse("today")).content.decode()
