"""Asks: who was asked what, what was answered; to ask, to answer, to ask again, to take back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache, lru_cache, partial
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from leadline.web import access
from leadline.web.access import find
from leadline.web.actions import asks, purchases, purchases_back
from leadline.web.actions.asks import Terms
from leadline.web.actions.pace import MADE, in_weeks, is_first
from leadline.web.actions.purchases import Sale
from leadline.web.currency import usual_currency
from leadline.web.listing import fetch_by, first_of, in_order
from leadline.web.models import Ask, Contact, Purchase, Touch
from leadline.web.pages import undoing
from leadline.web.pages.frame import actor_of, now, page, say, user_of
from leadline.web.pages.sales_forms import (
    AnswerForm,
    AskForm,
    ExpectForm,
    RefundForm,
    SaleForm,
    ask_for,
    back,
    carried_out,
    in_major,
    instant_of,
    sent,
    still_stands,
    today_of,
)
from leadline.web.pages.search import find_contacts
from leadline.web.pages.whose import Alike, read_whose
from leadline.web.together import Question, put_together, to_fetch

ROWS, MOST_FOUND = 50, 20
KEPT = 128
"""So many questions are kept as they were put together."""
SAID = {"yes": "yes", "no": "no", "not_now": "not now"}
WHICH: dict[str, tuple[str, Sequence[str]]] = {
    "open": ("Waiting", [""]),
    "yes": ("Yes", ["yes"]),
    "not_now": ("Not now", ["not_now"]),
    "no": ("No", ["no"]),
    "week": ("This week", MADE),
    "first": ("First asks this week", MADE),
    "all": ("All", list(Ask.Answer)),
}


@page("web/asks/list.html", filtered=True)
def listing(request: HttpRequest) -> dict[str, Any]:
    """Asks, the latest first."""
    which, whose = request.GET.get("which", "open"), read_whose(request)
    which = which if which in WHICH else "open"
    since = in_weeks(now(), 1)[0] if which in ("week", "first") else Q()
    parts = _first(whose.alike, which, since, request.GET.get("after", ""))
    (keys,) = first_of([parts], tuple, ROWS + 1, whose.told, falling=True)
    more = f"{keys[ROWS - 1][0]}.{keys[ROWS - 1][1]}" if len(keys) > ROWS else ""
    rows = fetch_by(_rows(), [number for _, number in keys[:ROWS]])
    tabs = [(name, words) for name, (words, _) in WHICH.items()]
    told = {"asks": rows, "which": which, "tabs": tabs, "more": more, "whose": whose}
    return told | {"may": may(request)}


@lru_cache(maxsize=KEPT)
def _first(whose: Alike, which: str, since: Q, cursor: str) -> list[Question]:
    """The asks of a page and the one after them, circle by circle and answer by answer."""
    anybody = whose.anybody()
    meant = since & is_first(anybody.user) if which == "first" else since
    parts = [
        after(part.filter(meant, answer=answer), cursor, "asked_at")
        for part in anybody.parts(Ask)
        for answer in WHICH[which][1]
    ]
    ordered = (in_order(part, "-asked_at", "-id").values_list("asked_at", "id") for part in parts)
    return [put_together(part[: ROWS + 1]) for part in ordered]


@cache
def _rows() -> Question:
    return to_fetch(Ask.objects.select_related("contact__company", "offer", "owner"))


@page("web/asks/ask.html")
def one(request: HttpRequest, number: int) -> dict[str, Any]:
    """An ask, with what became of it."""
    ask = find(mine(request).select_related("contact", "offer", "touch", "owner"), number)
    sold = ask.purchases.select_related("offer", "contract")
    return {"ask": ask, "purchases": sold, "may": may(request), "today": now()}


@page("")
def new(request: HttpRequest) -> HttpResponseBase | dict[str, Any]:
    """Ask somebody."""
    access.require(user_of(request), "change")
    contact = _contact(request)
    if contact is None:
        return _whom(request, "ask_new", "Whom do you ask?")
    form = AskForm(sent(request), initial={"path": contact.path} | _usual(request))
    if request.method == "POST" and form.is_valid():
        ask = carried_out(
            form, lambda: asks.make(actor_of(request), contact, _terms(form), _asked_at(request, form))
        )
        if ask is not None:
            say(request, f"Asked {contact}. Now it waits for an answer.", _undo(ask))
            return back(request, reverse("ask", args=[ask.pk]))
    title = f"Ask {contact}"
    return ask_for(request, form, title=title, do="I asked", contact=contact, paths=form.paths)


@page("")
def answer(request: HttpRequest, number: int) -> HttpResponse:
    """Note an answer."""
    access.require(user_of(request), "change")
    ask = find(mine(request).select_related("contact", "offer"), number)
    if request.method != "POST":  # what was typed is not refused with the form, but in it
        asks.expect_waiting(ask)
    amount, currency = _worth(ask)
    started: dict[str, Any] = {"amount": in_major(amount, currency), "bought": True}
    started |= {"currency": currency} if currency else _usual(request)
    form = AnswerForm(sent(request), initial=started)
    said = request.POST.get("said") or request.GET.get("to") or ""
    form.settle_on(said, today_of(user_of(request), now()))
    if (
        request.method == "POST"
        and form.is_valid()
        and carried_out(form, lambda: _answer(request, ask, form)) is not None
    ):
        say(request, _words(ask, form.cleaned_data["said"]), _undo(ask))
        return back(request, reverse("ask", args=[ask.pk]))
    title = f"{ask.contact} said {SAID[said]}" if said in SAID else f"What did {ask.contact} say?"
    return ask_for(request, form, title=title, do="Note it", ask=ask)


@page("")
def again(request: HttpRequest, number: int) -> HttpResponse:
    """Ask the same person again, for the same or for something else."""
    access.require(user_of(request), "change")
    ask = find(mine(request).select_related("contact", "offer"), number)
    form = AskForm(sent(request), initial=_terms_typed(ask) | {"asked_on": None, "expected_on": None})
    form.keep(ask)
    if request.method == "POST" and form.is_valid():
        made = carried_out(
            form, lambda: asks.again(actor_of(request), ask, _terms(form), _asked_at(request, form))
        )
        if made is not None:
            say(request, f"Asked {ask.contact} again.", _undo(made))
            return back(request, reverse("ask", args=[made.pk]))
    return ask_for(
        request, form, title=f"Ask {ask.contact} again", do="I asked again", ask=ask, paths=form.paths
    )


@page("")
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Other terms of an ask."""
    access.require(user_of(request), "change")
    ask = find(mine(request).select_related("contact", "offer", "touch"), number)
    form = AskForm(sent(request), initial=_terms_typed(ask))
    form.keep(ask)
    del form.fields["asked_on"]
    since = undoing.mark()
    if (
        request.method == "POST"
        and form.is_valid()
        and still_stands(request, form)
        and carried_out(form, lambda: asks.change(actor_of(request), ask, _terms(form))) is not None
    ):
        undoing.say(request, "Changed. What the ask said before stays on record.", since)
        return back(request, reverse("ask", args=[ask.pk]))
    return ask_for(request, form, title="Change this ask", do="Change it", ask=ask, paths=form.paths)


@page("")
def expect(request: HttpRequest, number: int) -> HttpResponse:
    """By when an answer is expected; the board gives the month on which the card was dropped."""
    access.require(user_of(request), "change")
    ask = find(mine(request).select_related("contact", "offer"), number)
    form = ExpectForm(sent(request), initial={"expected_on": request.GET.get("to") or ask.expected_on})
    if request.method == "POST" and form.is_valid():
        since = undoing.mark()
        asks.expect(actor_of(request), ask, form.cleaned_data["expected_on"])
        undoing.say(request, f"Noted when {ask.contact} is expected to answer.", since)
        return back(request, reverse("ask", args=[ask.pk]))
    return ask_for(request, form, title=f"When will {ask.contact} answer?", do="Note it", ask=ask)


@require_POST
@page("")
def undo(request: HttpRequest, number: int) -> HttpResponse:
    """Take back an answer, or an ask; or the taking back."""
    access.require(user_of(request), "change")
    ask, actor = find(mine(request).select_related("contact"), number), actor_of(request)
    if ask.answer == Ask.Answer.WITHDRAWN:
        asks.restore(actor, ask)
        say(request, "The ask is back.")
    elif ask.answer in (Ask.Answer.WAITING, Ask.Answer.AGAIN):
        asks.withdraw(actor, ask)
        say(request, "The ask is taken back, and its touch with it.", _undo(ask))
    else:
        asks.undo_answer(actor, ask)
        say(request, "The answer is taken back; the ask waits again.")
    return back(request, reverse("ask", args=[ask.pk]))


@page("")
def sell(request: HttpRequest) -> HttpResponseBase | dict[str, Any]:
    """Record a purchase, asked for or not."""
    access.require(user_of(request), "change")
    contact = _contact(request)
    if contact is None:
        return _whom(request, "purchase_new", "Who bought?")
    form = SaleForm(sent(request), initial=_usual(request))
    if request.method == "POST" and form.is_valid():
        told, (value, currency) = form.cleaned_data, form.money
        at = instant_of(told["on"], now(), user_of(request).zone)
        if value is None and told["offer"] is not None:
            value, currency = told["offer"].price, told["offer"].currency
        sale = Sale(told["offer"], value, currency, told["renews_on"])
        bought = carried_out(form, lambda: purchases.record(actor_of(request), contact, sale, at))
        if bought is not None:
            say(request, f"Recorded what {contact} bought.", reverse("purchase_undo", args=[bought.pk]))
            return back(request, reverse("clients"))
    return ask_for(request, form, title=f"What did {contact} buy?", do="Record the purchase", contact=contact)


@page("")
def refund(request: HttpRequest, number: int) -> HttpResponse:
    """Record that money was given back."""
    access.require(user_of(request), "change")
    purchase = find(access.of_contacts(user_of(request), Purchase).select_related("contact"), number)
    form = RefundForm(sent(request), initial={"currency": purchase.currency})
    if request.method == "POST" and form.is_valid():
        at = instant_of(form.cleaned_data["on"], now(), user_of(request).zone)
        (value, currency), why = form.money, form.cleaned_data["why"]
        if value is not None and currency != purchase.currency:
            form.add_error("currency", f"It was paid in {purchase.currency}, and is given back so.")
        else:
            do = partial(purchases.refund, actor_of(request), purchase, value, at, why)
            touch = carried_out(form, do, "amount")
            if touch is not None:
                undo = reverse("refund_undo", args=[touch.pk])
                say(request, f"Recorded what {purchase.contact} got back.", undo)
                return back(request, reverse("clients"))
    title = f"What did {purchase.contact} get back?"
    return ask_for(
        request, form, title=title, do="Record the refund", lede="All of it, where no amount is given."
    )


@require_POST
@page("")
def unrefund(request: HttpRequest, number: int) -> HttpResponse:
    """Take a refund back that never was."""
    access.require(user_of(request), "change")
    touch = find(access.of_contacts(user_of(request), Touch).filter(origin__startswith="purchase:"), number)
    purchases.undo_refund(actor_of(request), touch)
    say(request, "The refund is taken back.")
    return back(request, reverse("clients"))


@require_POST
@page("")
def unsell(request: HttpRequest, number: int) -> HttpResponse:
    """Take a purchase back that never was."""
    access.require(user_of(request), "change")
    purchase = find(access.of_contacts(user_of(request), Purchase), number)
    purchases.undo(actor_of(request), purchase)
    say(request, "The purchase is taken back.", reverse("purchase_restore", args=[number]))
    return back(request, reverse("clients"))


@require_POST
@page("")
def resell(request: HttpRequest, number: int) -> HttpResponse:
    """Put a purchase back that was taken back."""
    access.require(user_of(request), "change")
    purchases_back.restore(actor_of(request), purchases_back.entry_of(user_of(request), number))
    say(request, "The purchase is back.", reverse("purchase_undo", args=[number]))
    return back(request, reverse("clients"))


def mine(request: HttpRequest) -> QuerySet[Ask]:
    """The asks of contacts that they see."""
    return access.of_contacts(user_of(request), Ask)


def may(request: HttpRequest) -> bool:
    """Whether they may change anything."""
    return access.may(user_of(request), "change")


def after(found: QuerySet[Any], key: str, column: str) -> QuerySet[Any]:
    """The rows after a key “instant.number”, in descending order of both; all of them without one."""
    instant, _, number = key.partition(".")
    if not (instant.lstrip("-").isdecimal() and number.isdecimal()):
        return found
    at = int(instant)
    until = found.filter(**{f"{column}__lte": at})
    return until.filter(Q(**{f"{column}__lt": at}) | Q(id__lt=int(number)))


def _contact(request: HttpRequest) -> Contact | None:
    number = request.POST.get("contact") or request.GET.get("contact") or ""
    return find(access.contacts(user_of(request)), number) if number.isdecimal() else None


@page("web/asks/whom.html")
def _whom(request: HttpRequest, name: str, title: str) -> dict[str, Any]:
    """Whom a form is about: the contacts whose name or address begins so, or those last in touch."""
    wanted, user = request.GET.get("q", "").strip().replace("\0", "")[:100], user_of(request)
    latest = access.contacts(user).select_related("company").order_by("-last_touch_at", "-id")
    found = find_contacts(user, wanted, MOST_FOUND) if wanted else list(latest[:MOST_FOUND])
    return {"contacts": found, "q": wanted, "there": reverse(name), "title": title}


def _usual(request: HttpRequest) -> dict[str, Any]:
    """What a form about money begins with."""
    return {"currency": usual_currency(user_of(request))}


def _asked_at(request: HttpRequest, form: AskForm) -> int:
    return instant_of(form.cleaned_data["asked_on"], now(), user_of(request).zone)


def _answer(request: HttpRequest, ask: Ask, form: AnswerForm) -> Ask:
    told, (value, currency) = form.cleaned_data, form.money
    yes = told["said"] == "yes"
    sale = Sale(ask.offer, value, currency, told["renews_on"]) if yes and told["bought"] else None
    at = instant_of(told["on"], now(), user_of(request).zone)
    again_on = told.get("ask_again_on")
    return asks.answer(actor_of(request), ask, told["said"], at, told["reason"], again_on, sale)


def _undo(ask: Ask) -> str:
    return reverse("ask_undo", args=[ask.pk])


def _terms(form: AskForm) -> Terms:
    told, (amount, currency) = form.cleaned_data, form.money
    terms = Terms(told["offer"], told["title"], amount, currency, told["path"], told["channel"])
    if amount is None and terms.offer is not None:
        terms = replace(terms, amount=terms.offer.price, currency=terms.offer.currency)
    return replace(terms, expected_on=told["expected_on"], kind=told["kind"])


def _terms_typed(ask: Ask) -> dict[str, Any]:
    terms = asks.terms_of(ask)
    return vars(terms) | {"amount": in_major(ask.amount, ask.currency)}


def _worth(ask: Ask) -> tuple[int | None, str]:
    if ask.amount is None and ask.offer is not None:
        return ask.offer.price, ask.offer.currency
    return ask.amount, ask.currency


def _words(ask: Ask, said: str) -> str:
    return f"Noted: {ask.contact} said {SAID[said]}."


urlpatterns: list[URLPattern] = [
    path("asks/", listing, name="asks"),
    path("asks/new/", new, name="ask_new"),
    path("asks/<int:number>/", one, name="ask"),
    path("asks/<int:number>/answer/", answer, name="ask_answer"),
    path("asks/<int:number>/again/", again, name="ask_again"),
    path("asks/<int:number>/change/", change, name="ask_change"),
    path("asks/<int:number>/expect/", expect, name="ask_expect"),
    path("asks/<int:number>/undo/", undo, name="ask_undo"),
    path("purchases/new/", sell, name="purchase_new"),
    path("purchases/<int:number>/refund/", refund, name="purchase_refund"),
    path("refunds/<int:number>/undo/", unrefund, name="refund_undo"),
    path("purchases/<int:number>/undo/", unsell, name="purchase_undo"),
    path("purchases/<int:number>/restore/", resell, name="purchase_restore"),
]
