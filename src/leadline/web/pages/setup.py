"""The first start: an owner, a vocabulary, something to look at. Afterwards there is no such page."""

from __future__ import annotations

import logging
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.numbers import get_territory_currencies
from django import forms
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import NoReverseMatch, path, reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from leadline.engine.currencies import CODES
from leadline.engine.funnel import Funnel, load_funnel, shipped_funnels
from leadline.web.actions import setup
from leadline.web.actions.acting import Actor
from leadline.web.locales import spoken
from leadline.web.models import User
from leadline.web.pages.frame import now, page
from leadline.web.pages.sales_forms import CURRENCIES

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
BEGINNINGS = {
    "import": (
        "Bring in a file",
        "A spreadsheet, or what another program exports. You see first what is understood.",
    ),
    "example": (
        "Look around in a made-up business",
        "Two years of an invented coach, to see what each page tells.",
    ),
    "empty": ("Begin with nothing", "Write down whom you meet from today on."),
}
FIRST = "sales-cycle"
OWN_MACHINE = ("127.0.0.1", "localhost", "::1")
_log = logging.getLogger("leadline.setup")


class SetupForm(forms.Form):
    """What the first owner is asked for."""

    name = forms.CharField(
        label="Your name", max_length=120, widget=forms.TextInput({"autocomplete": "name"})
    )
    email = forms.EmailField(
        label="Your e-mail address",
        max_length=254,
        help_text="You sign in with it.",
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    password = forms.CharField(
        label="A password",
        max_length=256,
        strip=False,
        help_text="At least ten characters. A few words that belong together only for you are easy to keep.",
        widget=forms.PasswordInput({"autocomplete": "new-password", "minlength": "10"}),
    )
    zone = forms.ChoiceField(label="Your time zone", help_text="In which a day begins and ends.")
    currency = forms.ChoiceField(
        label="Your currency",
        choices=CURRENCIES,
        required=False,
        help_text="In which you are paid; every amount can have another one.",
    )
    code = forms.CharField(
        label="The set-up code",
        max_length=40,
        help_text="It stands in the log of the server, so that no passer-by becomes the owner.",
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    funnel = forms.ChoiceField(error_messages={"required": "Choose the words in which you think."})
    begin = forms.ChoiceField(choices=[(name, said[0]) for name, said in BEGINNINGS.items()])

    def __init__(self, *given: Any, coded: bool, **named: Any) -> None:
        super().__init__(*given, **named)
        choices(self, "zone", ["UTC", *sorted(zone for zone in available_timezones() if "/" in zone)])
        choices(self, "funnel", shipped_funnels())
        if not coded:
            del self.fields["code"]

    def clean_code(self) -> str:
        """Only whoever runs the server knows the code."""
        told = str(self.cleaned_data["code"]).strip()
        if not constant_time_compare(told, setup_code()):
            raise ValidationError("That is not the code that stands in the log.")
        return told

    def clean(self) -> dict[str, Any]:
        """The password is also held against name and address, which make it easy to guess."""
        told = super().clean() or {}
        if told.get("password"):
            try:
                validate_password(
                    told["password"], User(email=told.get("email", ""), name=told.get("name", ""))
                )
            except ValidationError as error:
                self.add_error("password", error)
        return told


def asks_code(request: HttpRequest) -> bool:
    """Whether a stranger may be looking: it is served to other machines, or one of them asks."""
    at = ip_address(request.META.get("REMOTE_ADDR") or "127.0.0.1")
    return urlsplit(settings.URL).hostname not in OWN_MACHINE or not at.is_loopback


def setup_code() -> str:
    """What whoever runs the server is told in its log; it follows from the secret key."""
    return salted_hmac("leadline.setup", "the first owner").hexdigest()[:12]


def choices(form: forms.Form, name: str, allowed: list[str]) -> None:
    """Fill a choice with the names that there are."""
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = [(each, each.replace("_", " ")) for each in allowed]


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@page("web/setup.html")
def first_start(request: HttpRequest) -> dict[str, Any] | HttpResponse:
    """Ask for the owner, the vocabulary and how to begin; 404 where there is an owner."""
    if User.objects.exists():
        raise Http404
    started, coded = {"funnel": FIRST, "begin": "import", "zone": "UTC"}, asks_code(request)
    started["currency"] = guess_currency(_language(request))
    form = SetupForm(request.POST or None, initial=started, coded=coded)
    if request.method == "POST" and form.is_valid():
        return _begin(request, form)
    if coded:
        _log.warning("The set-up at %s/setup/ asks for this code: %s", settings.URL, setup_code())
    return {"form": form, "vocabularies": _vocabularies(form), "beginnings": _beginnings(form)}


def _begin(request: HttpRequest, form: SetupForm) -> HttpResponse:
    told = form.cleaned_data
    at = now()
    owner = setup.begin(
        Actor(None, "the set-up", at),
        locale=spoken(_language(request)),
        **{name: told[name] for name in ("name", "email", "password", "zone", "currency", "funnel")},
    )
    login(request, owner, backend=BACKEND)
    if told["begin"] == "example":
        _make_up(owner, at)
    return HttpResponse(status=303, headers={"Location": _next(told["begin"])})


def _make_up(owner: User, at: int) -> None:
    from leadline.web.actions.demo.habits import import_guests  # none of it is needed by any other page
    from leadline.web.actions.demo.loading import fill, made_up

    acting = Actor.of(owner, at)
    fill(acting, owner, made_up(at))
    import_guests(acting, owner)


def _next(begin: str) -> str:
    try:
        return reverse("imports" if begin == "import" else "today")
    except NoReverseMatch:
        return reverse("today")


def _language(request: HttpRequest) -> str:
    """The first that a browser asks for: `de-CH` of `de-CH,de;q=0.9`."""
    return request.headers.get("Accept-Language", "").partition(",")[0].partition(";")[0].strip()


def guess_currency(language: str) -> str:
    """What is paid with where a language is spoken (`de-CH`: CHF), "" if unknown."""
    first = language.replace("-", "_")
    try:
        locale = Locale.parse(get_global("likely_subtags").get(first, first))
    except (ValueError, UnknownLocaleError):
        return ""
    used = get_territory_currencies(locale.territory) if locale.territory else []
    return next((one for one in used if one in CODES), "")


def _vocabularies(form: SetupForm) -> list[tuple[str, Funnel, bool]]:
    chosen = form["funnel"].value()
    slugs = sorted(shipped_funnels(), key=lambda slug: slug != FIRST)
    return [(slug, load_funnel(slug), slug == chosen) for slug in slugs]


def _beginnings(form: SetupForm) -> list[tuple[str, str, str, bool]]:
    chosen = form["begin"].value()
    return [(name, title, said, name == chosen) for name, (title, said) in BEGINNINGS.items()]


urlpatterns = [path("setup/", first_start, name="setup")]
