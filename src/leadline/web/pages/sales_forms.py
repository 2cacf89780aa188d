"""Forms of asks, answers and sales: what people type, as the actions want it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from leadline.engine.clocks import days_of, from_local, to_local
from leadline.engine.currencies import CODES, decimals_of
from leadline.engine.errors import LeadlineError
from leadline.engine.importers.cells.values import parse_typed
from leadline.engine.instants import DAY
from leadline.web import warehouse
from leadline.web.actions.checks import FIRST_YEAR, LAST_YEAR
from leadline.web.errors import Conflict, Forbidden, NotFound, Refused
from leadline.web.models import Ask, Offer, PathDefinition, User
from leadline.web.refusals import plainly
from leadline.web.templatetags.words import decimal_mark, money, typed

R = TypeVar("R")
CURRENCIES = [("", "–"), *((code, code) for code in sorted(CODES))]
CHANNELS = ("email", "phone", "meeting", "web", "social", "event", "post")


class Day(forms.DateField):
    """A day, by the browser's own calendar; of a year in which something can be."""

    def clean(self, value: Any) -> date | None:
        """Raises ValidationError for what is no day, or lies too far away."""
        day: date | None = super().clean(value)
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(f"{day} is too far away: a year from {FIRST_YEAR} to {LAST_YEAR}.")
        return day

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


A_MONTH = timedelta(days=30)


class OfferSelect(forms.Select):
    """Offers, each with its price, which the page fills in where one is chosen."""

    def create_option(self, *given: Any, **named: Any) -> dict[str, Any]:
        """An option with the amount and the currency of its offer."""
        option = super().create_option(*given, **named)
        offer = getattr(option["value"], "instance", None)
        if offer is not None and (exact := in_major(offer.price, offer.currency)) is not None:
            price = typed(exact)
            option["attrs"] |= {"data-amount": price, "data-currency": offer.currency}
        return option


if TYPE_CHECKING:
    _Choice = forms.ModelChoiceField[Offer]
else:
    _Choice = forms.ModelChoiceField  # which says of what only to who checks types


class OfferField(_Choice):
    """One of the offers that are sold now, or the one that was chosen before, or none of them."""

    widget = OfferSelect

    def __init__(self) -> None:
        found = Offer.objects.filter(active=True).order_by("name")
        super().__init__(found, required=False, empty_label="nothing on the list")

    def allow(self, offer: Offer | None) -> None:
        """Let an offer that is sold no more stand where it stood."""
        if offer is not None and not offer.active:
            self.queryset = Offer.objects.filter(Q(active=True) | Q(pk=offer.pk)).order_by("name")

    def label_from_instance(self, offer: Offer) -> str:
        """An offer with its price."""
        return f"{offer}, {money(offer.price, offer.currency)}" if offer.price is not None else str(offer)


class AmountInput(forms.TextInput):
    """Shows an amount as it would be typed."""

    def format_value(self, value: Any) -> str | None:
        """With the decimal mark of whoever looks; what was typed stays."""
        return typed(value) if isinstance(value, Decimal) else super().format_value(value)


class Amount(forms.DecimalField):
    """An amount as people write it, with a point or a comma before the decimals."""

    def __init__(self) -> None:
        widget = AmountInput(attrs={"inputmode": "decimal", "maxlength": "24"})
        super().__init__(min_value=Decimal(0), max_value=Decimal(10**12), required=False, widget=widget)
        self.error_messages["min_value"] = "An amount can’t be below 0."
        self.error_messages["max_value"] = "An amount can’t be above a million million."

    def to_python(self, value: Any) -> Any:
        """The amount; what can't be read is refused with how one may be written."""
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        amount = parse_typed(value.strip())
        if amount is None or any(letter.isalpha() for letter in value):
            raise forms.ValidationError("Write the amount as 1200, 99.50 or 1.200,50.")
        return amount


class MoneyForm(forms.Form):
    """A form with an amount and its currency; `money` has both in minor units."""

    amount = Amount()
    currency = forms.ChoiceField(choices=CURRENCIES, required=False)

    def clean(self) -> dict[str, Any]:
        """An amount has its currency, and no more decimals than that has."""
        told = super().clean() or {}
        amount, currency = told.get("amount"), told.get("currency") or ""
        if amount is not None and decimals_of(currency or None) > 2:  # which only its currency says
            text = str(self["amount"].data or "").strip()
            told["amount"] = amount = parse_typed(text, decimal_mark(), decimals_of(currency))
        if amount is not None and not currency:
            self.add_error("currency", "Which currency is it in? You can choose yours once, under “You”.")
        elif amount is not None and amount != round(amount, decimals_of(currency)):
            self.add_error("amount", f"{currency} has {decimals_of(currency)} decimals.")
        return told

    @property
    def money(self) -> tuple[int | None, str]:
        """The amount in minor units, and the currency."""
        amount, currency = self.cleaned_data.get("amount"), self.cleaned_data.get("currency") or ""
        return (None, "") if amount is None else (int(amount.scaleb(decimals_of(currency))), currency)


class AskForm(MoneyForm):
    """Whom, what, for how much, how, and by when an answer is expected."""

    offer = OfferField()
    title = forms.CharField(max_length=200, required=False, label="What for, in your words")
    kind = forms.ChoiceField(required=False, label="How was it put?")
    path = forms.CharField(max_length=80, required=False, help_text="By which path did this come about?")
    channel = forms.ChoiceField(choices=[("", "–"), *((one, one) for one in CHANNELS)], required=False)
    asked_on = Day(required=False, label="Asked on", help_text="Today, where you leave it empty.")
    expected_on = Day(required=False, label="Answer expected by")

    field_order = (
        "offer",
        "amount",
        "currency",
        "title",
        "kind",
        "channel",
        "path",
        "asked_on",
        "expected_on",
    )

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        kinds = [kind for kind in warehouse.kinds().kinds if kind.link == "ask" and not kind.machine]
        choices = [("", "Asked directly"), *((kind.name, kind.means) for kind in kinds)]
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        names = PathDefinition.objects.values_list("name", flat=True)[:100]
        self.fields["path"].widget = forms.TextInput(attrs={"list": "paths"})
        self.paths = list(names)

    def keep(self, ask: Ask) -> None:
        """Let stand what an ask says already, though nobody chooses it any more."""
        offers = self.fields["offer"]
        assert isinstance(offers, OfferField)
        offers.allow(ask.offer)


class AnswerForm(MoneyForm):
    """What was answered to an ask: with a yes what was bought, else why, and when to ask again."""

    said = forms.ChoiceField(
        choices=[("yes", "Yes"), ("no", "No"), ("not_now", "Not now")],
        widget=forms.RadioSelect,
        label="They said",
    )
    on = Day(required=False, label="On", help_text="Today, where you leave it empty.")
    reason = forms.CharField(max_length=300, required=False, label="In their words, why?")
    ask_again_on = Day(required=False, label="Ask again on", help_text="Today will remind you then.")
    bought = forms.BooleanField(required=False, label="They bought it: record the purchase")
    renews_on = Day(required=False, label="Renews on", help_text="Empty: by the term of the offer.")

    field_order = ("said", "on", "reason", "ask_again_on", "bought", "amount", "currency", "renews_on")

    def settle_on(self, said: str, today: date) -> None:
        """Ask only what belongs to an answer that is known already; who says not now is asked in a month."""
        if said == "not_now":
            self.fields["ask_again_on"].initial = today + A_MONTH
        if said not in ("yes", "no", "not_now"):
            return
        self.fields["said"].widget, self.fields["said"].initial = forms.HiddenInput(), said
        needless = ("ask_again_on",) if said == "yes" else ("bought", "amount", "currency", "renews_on")
        for name in needless:
            del self.fields[name]


class SaleForm(MoneyForm):
    """Something bought."""

    offer = OfferField()
    on = Day(required=False, label="Bought on", help_text="Today, where you leave it empty.")
    renews_on = Day(required=False, label="Renews on", help_text="Empty: by the term of the offer.")

    field_order = ("offer", "amount", "currency", "on", "renews_on")


class RefundForm(MoneyForm):
    """Money given back; all of it, where no amount is given."""

    why = forms.CharField(max_length=300, required=False, label="Why?")
    on = Day(required=False, label="On", help_text="Today, where you leave it empty.")


class EndForm(forms.Form):
    """Why a contract ended, and when."""

    why = forms.CharField(
        max_length=300, label="Why did it end?", widget=forms.TextInput(attrs={"list": "reasons"})
    )
    on = Day(required=False, label="On", help_text="Today, where you leave it empty.")


class RenewForm(MoneyForm):
    """For how much a contract is renewed, and until when."""

    on = Day(required=False, label="Renewed on", help_text="Today, where you leave it empty.")
    renews_on = Day(required=False, label="Next renewal", help_text="Empty: a term later.")


class ExpectForm(forms.Form):
    """By when an answer is expected."""

    expected_on = Day(required=False, label="Answer expected by", help_text="Empty: nobody knows.")


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with, be it nothing; None where it is only shown."""
    return request.POST if request.method == "POST" else None


def instant_of(day: date | None, now: int, zone: str = "UTC") -> int:
    """The instant that stands for a day where somebody is: now for none or today, noon for any other."""
    with days_of(zone):
        if day is None or day == to_local(now).date():
            return now
        return from_local(datetime.combine(day, time(12)))


def today_of(user: User, now: int) -> date:
    """Which day it is where somebody is."""
    with days_of(user.place):
        return to_local(now).date()


def days_before(now: int, days: int) -> int:
    """The instant so many days ago."""
    return now - days * DAY


def in_major(amount: int | None, currency: str) -> Decimal | None:
    """An amount as people type it."""
    return None if amount is None else Decimal(amount).scaleb(-decimals_of(currency))


def back(request: HttpRequest, otherwise: str) -> HttpResponse:
    """On to where they came from, or elsewhere; never away from here."""
    there = _here(request, request.POST.get("next") or request.GET.get("next") or "")
    answer = redirect(there or otherwise)
    answer.status_code = 303
    return answer


def carried_out(form: forms.Form, do: Callable[[], R], field: str | None = None) -> R | None:
    """What an action answers; None where it refuses, which is then said at the field, or above all fields.

    The field is `field`, or the one that the refusal names.
    """
    try:
        return do()
    except (Forbidden, NotFound):
        raise
    except LeadlineError as refusal:
        refused = forms.ValidationError(plainly(refusal), code=refusal.code)
        about = field or (refusal.field if isinstance(refusal, Refused) else None)
        form.add_error(about if about in form.fields else None, refused)
        return None


def still_stands(request: HttpRequest, form: forms.Form) -> bool:
    """Whether what a form was opened with is still so; where somebody else changed it, the form says so.

    `form` begins with what the record has now. Sent once more it is in place of theirs.
    """
    if request.POST.get("was") in (None, _stands(form)):
        return True
    found, allowed = "that somebody else changed it meanwhile", "yours in its place, if you save once more"
    refusal = Conflict("A change was to be saved", found=found, allowed=allowed)
    form.add_error(None, forms.ValidationError(plainly(refusal), code=refusal.code))
    return False


def _stands(form: forms.Form) -> str:
    """A mark of what a form begins with."""
    return sha256(repr(sorted(form.initial.items())).encode()).hexdigest()[:16]


def ask_for(request: HttpRequest, form: forms.Form, **words: Any) -> HttpResponse:
    """A form: a page of its own, or where htmx asks for it the part that goes into a dialog."""
    whole = not request.headers.get("HX-Request")
    template = "web/asks/form.html" if whole else "web/asks/parts/form.html"
    there = request.POST.get("next") or request.GET.get("next") or request.headers.get("Referer", "")
    told = {
        "form": form,
        "action": request.path,
        "was": _stands(form),
        "next": _here(request, there),
        "cancel": reverse("today"),
        "whole": whole,
    } | words
    refused = (
        HTTPStatus.CONFLICT if form.has_error("__all__", Conflict.code) else HTTPStatus.UNPROCESSABLE_ENTITY
    )
    answer = render(request, template, told, status=refused if form.is_bound and whole else HTTPStatus.OK)
    if form.is_bound and not whole:
        answer["HX-Retarget"], answer["HX-Reswap"] = "#ask-dialog-body", "innerHTML"
        answer["HX-Reselect"] = "form"
    return answer


def _here(request: HttpRequest, there: str) -> str:
    """Path and query of an address of ours; nothing for any other."""
    if not url_has_allowed_host_and_scheme(there, {request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(there)
    return urlunsplit(("", "", "/" + parts.path.lstrip("/"), parts.query, ""))
