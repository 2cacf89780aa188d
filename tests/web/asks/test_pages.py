"""Today, the board, asks, clients and the plan: who sees them, what they say, what they do."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from leadline.engine.instants import DAY, to_datetime
from leadline.web.actions import asks, plans, purchases, touches
from leadline.web.actions.acting import Actor
from leadline.web.actions.asks import Terms
from leadline.web.actions.purchases import Sale
from leadline.web.models import (
    Ask,
    Contact,
    Contract,
    Goal,
    NextStep,
    Purchase,
    Standing,
    Task,
    Team,
    Touch,
    User,
)
from leadline.web.pages import frame
from tests.rows import kept
from tests.web.asks.conftest import enter

pytestmark = pytest.mark.django_db
ROLES = ("owner", "manager", "member", "reader", "stranger")
EACH_ROLE = [pytest.param(role, marks=[] if role == "member" else pytest.mark.one_database) for role in ROLES]


@kept
def people(team, owner, member) -> dict[str, User]:
    """One of each role; the stranger is a member of another team."""
    far = Team.objects.create(name="South")
    rest = {"manager": team, "reader": team, "stranger": far}
    made = {
        role: User.objects.create_user(
            f"{role}@example.org",
            "correct horse battery",
            role="member" if role == "stranger" else role,
            team=of,
        )
        for role, of in rest.items()
    }
    team.shares = True
    team.save()
    return {"owner": owner, "member": member} | made


PAGES = [
    "/", "/?who=mine&only=ask", "/board/", "/board/?by=month", "/board/?by=answer", "/board/?funnel=voltage",
    "/asks/", "/asks/?which=all", "/clients/", "/clients/?view=running", "/clients/?view=ended", "/plans/",
]  # fmt: skip


@pytest.mark.parametrize("role", EACH_ROLE)
@pytest.mark.parametrize("address", PAGES)
def test_pages_show_whom_one_sees_and_nobody_else(client, people, eero, address, role):
    answer = enter(client, people[role]).get(address)
    assert answer.status_code == 200
    seen = any(name in answer.content for name in (b"Eero Cooper", b"Maud Linde", b"Ines"))
    empty = ("view=ended", "/plans/", "who=mine")
    if role == "stranger":
        assert not seen
    elif not any(part in address for part in empty):
        assert seen
    assert b"<b>Prado" not in answer.content


def test_nobody_comes_in_without_signing_in(client, eero):
    for address in PAGES:
        assert client.get(address).status_code == 302


@pytest.mark.parametrize("address", PAGES)
def test_pages_ask_the_database_as_often_for_many_as_for_few(
    client, owner, eero, member, acted, address, django_assert_max_num_queries
):
    with django_assert_max_num_queries(34):
        enter(client, owner).get(address)
    actor = Actor.of(member, acted)
    for number in range(15):
        more = Contact.objects.create(name=f"Number {number}", owner=member)
        asks.make(actor, more, Terms(amount=5, currency="EUR"), acted - number * DAY)
        touches.record(
            actor, Contact.objects.create(name=f"Talker {number}"), "replied", acted - number * DAY
        )
    with django_assert_max_num_queries(34):
        client.get(address)


def forms_of(eero) -> list[tuple[str, dict[str, str]]]:
    """Every address that changes something, with what is sent there."""
    ask, contract, bought = Ask.objects.get(), Contract.objects.get(), Purchase.objects.get()
    step, task = NextStep.objects.get(sort="ask"), Task.objects.get()
    return [
        (reverse("ask_new") + f"?contact={eero.pk}", {"contact": str(eero.pk)}),
        (reverse("ask_answer", args=[ask.pk]), {"said": "no"}),
        (reverse("ask_again", args=[ask.pk]), {}),
        (reverse("ask_change", args=[ask.pk]), {"title": "More"}),
        (reverse("ask_expect", args=[ask.pk]), {"expected_on": "2030-01-01"}),
        (reverse("ask_undo", args=[ask.pk]), {}),
        (reverse("purchase_new") + f"?contact={eero.pk}", {"contact": str(eero.pk)}),
        (reverse("purchase_refund", args=[bought.pk]), {"amount": "10", "currency": "EUR"}),
        (reverse("purchase_undo", args=[bought.pk]), {}),
        (reverse("contract_renew", args=[contract.pk]), {}),
        (reverse("contract_end", args=[contract.pk]), {"why": "Moved"}),
        (reverse("today_log", args=[eero.pk]), {"kind": "called"}),
        (reverse("put_off", args=["step", step.pk]), {}),
        (reverse("put_off", args=["ask", ask.pk]), {}),
        (reverse("task_done", args=[task.pk]), {}),
        (
            reverse("board_move", args=[eero.pk]),
            {"kind": "told_need", "funnel": "voltage", "to": "opportunity"},
        ),
    ]


@pytest.mark.parametrize("role", EACH_ROLE)
@pytest.mark.parametrize("number", range(16))
def test_changes_are_for_those_who_may_and_see(client, people, eero, role, number):
    address, sent = forms_of(eero)[number]
    before = Touch.objects.count(), Ask.objects.count()
    answer = enter(client, people[role]).post(address, sent)
    expected = {"reader": 403, "stranger": 404}.get(role, 303)
    assert answer.status_code == expected, answer.content.decode()[:2000]
    if expected != 303:
        assert (Touch.objects.count(), Ask.objects.count()) == before


def test_what_does_not_exist_is_not_found(client, owner, eero):
    enter(client, owner)
    for address in ("/asks/999/", "/board/move/999/?funnel=voltage&to=lead", "/contracts/999/end/"):
        assert client.get(address).status_code == 404
    assert client.post("/today/later/else/1/").status_code == 404
    assert client.get("/contracts/999/reopen/").status_code == 405


def test_today_says_whom_to_ask_and_why(client, member, eero):
    text = enter(client, member).get("/").content.decode()
    assert "1 reply to answer, 1 person to ask, 1 answer outstanding, 1 renewal due and 1 task due." in text
    for words in (
        "Ines &lt;b&gt;Prado",
        "You talked",
        "nobody has asked them yet",
        "2,400\u00a0EUR",
        "Call Noor",
    ):
        assert words in text
    assert "2 asks made" not in text


def test_today_leaves_out_what_was_put_off_and_what_was_asked_again(client, member, eero, acted):
    enter(client, member)
    ask = Ask.objects.get()
    client.post(reverse("ask_answer", args=[ask.pk]), {"said": "not_now", "reason": "In spring"})
    Ask.objects.update(ask_again_on=to_datetime(acted).date())
    assert "In spring" in client.get("/?only=again").content.decode()
    client.post(reverse("ask_again", args=[ask.pk]), {})
    assert "In spring" not in client.get("/?only=again").content.decode()
    assert "Eero" in client.get("/?only=waiting").content.decode()
    client.post(reverse("put_off", args=["ask", Ask.objects.get(answer="").pk]))
    client.get("/plans/")  # what was just done is said once
    assert "Eero" not in client.get("/?only=waiting").content.decode()


def test_an_empty_day_says_what_to_do_next(client, owner, funnels):
    said = enter(client, owner).get("/").content.decode()
    assert "Nobody is here yet" in said
    assert all(reverse(name) in said.split("Nobody is here yet")[1] for name in ("imports", "contact-new"))
    Contact.objects.create(name="Somebody", last_touch_at=frame.now())
    assert "Nothing waits for you" in client.get("/").content.decode()


def test_the_goal_stands_beside_the_asks_of_the_week(client, member, eero, acted):
    Goal.objects.create(by=to_datetime(acted).date() + timedelta(days=60), clients=6)
    text = enter(client, member).get("/").content.decode()
    assert re.search(r"The goal: 6 new clients by [^<]+\d\.\n*</p>", text)


def test_a_yes_on_today_makes_a_client(client, member, eero):
    ask = Ask.objects.get()
    answer = enter(client, member).post(
        reverse("ask_answer", args=[ask.pk]),
        {"said": "yes", "bought": "on", "amount": "2.000,50", "currency": "EUR", "next": "/board/"},
    )
    assert (answer.status_code, answer["Location"]) == (303, "/board/")
    bought = Purchase.objects.get(ask=ask)
    assert (bought.value, bought.currency, bought.contract is None) == (200_050, "EUR", False)
    assert Standing.objects.get(contact=eero, funnel="sales-cycle").stage == 4
    again = client.post(reverse("ask_answer", args=[ask.pk]), {"said": "no"})
    assert again.status_code == 409


@pytest.mark.parametrize(
    "there", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"]
)
def test_nobody_is_led_away(client, member, eero, there):
    answer = enter(client, member).post(
        reverse("ask_answer", args=[Ask.objects.get().pk]), {"said": "no", "next": there}
    )
    assert answer["Location"].startswith("/asks/")
    shown = client.get(reverse("ask_new") + f"?contact={eero.pk}&next={there}").content.decode()
    assert 'href="javascript' not in shown
    assert 'href="//' not in shown


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"said": "yes", "amount": "5"}, "Which currency"),
        ({"said": "yes", "amount": "5.1234", "currency": "EUR"}, "2 decimals"),
        ({"said": "maybe"}, "Select a valid choice"),
        ({"said": "no", "reason": "x" * 301}, "at most 300"),
        ({"said": "no", "reason": "a\0b"}, "Null characters"),
    ],
)
def test_what_cannot_be_noted_is_said_beside_the_field(client, member, eero, sent, words):
    answer = enter(client, member).post(reverse("ask_answer", args=[Ask.objects.get().pk]), sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Ask.objects.get().answer == ""


def test_a_form_in_a_dialog_is_the_form_alone(client, member, eero):
    address = reverse("ask_new") + f"?contact={eero.pk}"
    part = enter(client, member).get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<form" in part
    assert "<html" not in part


def test_clients_show_on_whom_the_income_rests(client, member, eero, acted):
    text = enter(client, member).get("/clients/").content.decode()
    assert "All of the income of the last year (2,000\u00a0EUR) came from one client, Maud Linde." in text
    actor = Actor.of(member, acted)
    more = Contact.objects.create(name="Noor Aziz", owner=member)
    bought = purchases.record(actor, more, Sale(value=800_000, currency="EUR"), acted - DAY)
    purchases.refund(actor, bought, 200_000, acted)
    text = client.get("/clients/").content.decode()
    # 6,000 and 2,000: shares 3/4 and 1/4, as if 1 / (9/16 + 1/16) = 1.6 clients of equal size
    assert "One client, Noor Aziz, brought 75\u00a0% of the income of the last year (8,000\u00a0EUR)" in text
    assert "as if there were 1.6 of equal size" in text


def test_figures_of_clients_open_those_whom_they_count(client, member, eero, acted):
    actor, day = Actor.of(member, acted), to_datetime(acted).date()
    for number in range(7):
        one = Contact.objects.create(name=f"Payer {number}", owner=member)
        purchases.record(actor, one, Sale(value=1_000, currency="EUR"), acted - DAY)
    for began in (day.replace(day=1), day.replace(day=1) - timedelta(days=1)):
        Contract.objects.create(contact=one, starts_on=began)
    plans.set_capacity(actor, day, Decimal(6))
    page = enter(client, member).get("/clients/")
    assert [payer.many for payer in page.context["income"].payers] == [0] * 5 + [3]
    assert "1 of 6" in page.content.decode()
    assert {"?payers=all#payers", "?view=begun#contracts"} <= set(
        re.findall(r'class="card stat" href="(.*?)"', page.content.decode())
    )
    every = client.get("/clients/?payers=all").context["income"]
    assert (every.rests.clients, [bool(one.contact) for one in every.payers]) == (8, [True] * 8)
    begun = client.get("/clients/?view=begun").context["contracts"]
    assert [one.starts_on for one in begun] == [day.replace(day=1)]


def test_renewals_are_due_alike_on_today_and_among_clients(client, owner, funnels, acted):
    today = to_datetime(acted).date()
    for name, days in (("Late", -400), ("Soon", 29), ("Later", 45)):
        one = Contact.objects.create(name=f"{name} Lund", owner=owner)
        Contract.objects.create(
            contact=one, starts_on=today - timedelta(days=500), renews_on=today + timedelta(days=days)
        )
    enter(client, owner)
    for address in ("/", "/clients/"):
        shown = client.get(address).content.decode()
        assert ["Late Lund" in shown, "Soon Lund" in shown, "Later Lund" in shown] == [True, True, False]


def test_the_plan_is_written_by_forms(client, owner, funnels, acted):
    enter(client, owner)
    by = (to_datetime(acted).date() + timedelta(days=90)).isoformat()
    assert client.post("/plans/add/goal/", {"goal-by": by, "goal-clients": "6"}).status_code == 303
    sent = {
        "audience-path": "content",
        "audience-kind": "visited",
        "audience-day": "2026-01-05",
        "audience-n": "9",
    }
    assert client.post("/plans/add/audience/", sent).status_code == 303
    assert Touch.objects.get().n == 9
    text = client.get("/plans/").content.decode()
    assert "6 new clients by" in text
    assert client.post("/plans/add/goal/", {"goal-by": "2020-01-01", "goal-clients": "6"}).status_code == 422
    assert client.post(f"/plans/drop/goal/{Goal.objects.get().pk}/").status_code == 303
    assert not Goal.objects.exists()


def test_a_yes_has_the_currency_of_the_latest_ask_and_a_re_ask_needs_a_later_day(
    client, funnels, member, acted
):
    made, actor = Contact.objects.create(name="Ines Prado", owner=member), Actor.of(member, acted)
    asks.make(actor, made, Terms(amount=900, currency="CHF"), acted - 3 * DAY)
    ask = asks.make(actor, made, Terms(), acted - DAY)
    page = enter(client, member).get(reverse("ask_answer", args=[ask.pk]) + "?to=yes").content.decode()
    assert '<option value="CHF" selected>' in page
    today = to_datetime(acted).date()
    answer = client.post(
        reverse("ask_answer", args=[ask.pk]), {"said": "not_now", "ask_again_on": today.isoformat()}
    )
    said = answer.content.decode().split('id="id_ask_again_on_error">')[1].split("<")[0].strip()
    day = f"{today:%-d %B %Y}"
    assert said == (f"“{day}” won’t do as a day to ask again. What works: a day after their answer of {day}.")
    ask.refresh_from_db()
    assert ask.answer == Ask.Answer.WAITING


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("-5", "An amount can’t be below 0."),
        ("1e9", "Write the amount as 1200, 99.50 or 1.200,50."),
        ("10000000000000", "An amount can’t be above a million million."),
    ],
)
def test_an_amount_that_cannot_be_is_refused_in_plain_words(client, member, eero, typed, said):
    form = {"contact": eero.pk, "title": "Coaching", "amount": typed, "currency": "EUR", "kind": "asked"}
    before = Ask.objects.count()
    answer = enter(client, member).post(reverse("ask_new"), form)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Ask.objects.count() == before


def test_what_was_bought_without_an_offer_is_called_as_it_was_asked_for(client, member, eero):
    actor = Actor.of(member, frame.now())
    ask = asks.make(actor, eero, Terms(amount=120_000, currency="EUR", title="half a year of coaching"))
    asks.answer(actor, ask, "yes", sale=Sale(value=120_000, currency="EUR"))
    page = enter(client, member).get(reverse("ask", args=[ask.pk])).content.decode()
    assert "<strong>Half a year of coaching</strong>" in page
