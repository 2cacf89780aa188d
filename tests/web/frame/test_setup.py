"""The first start: one owner, a vocabulary, something to look at."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from leadline.engine.funnel import parse_funnel
from leadline.engine.history import derive
from leadline.web import warehouse
from leadline.web.actions import setup
from leadline.web.actions.acting import Actor
from leadline.web.actions.demo.loading import fill, made_up
from leadline.web.errors import Conflict, Invalid
from leadline.web.locales import choices, spoken
from leadline.web.models import AuditEntry, Contact, FunnelVersion, Standing, User
from tests.web.conftest import NOW

TOLD = {
    "name": "Ada Lindqvist",
    "email": "ada@example.org",
    "password": "correct horse battery",
    "zone": "Europe/Berlin",
    "currency": "CHF",
    "funnel": "voltage",
    "begin": "empty",
}
SETUP = Actor(None, "the set-up", NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/", "/accounts/login/", "/search?q=ada"])
def test_where_nobody_is_every_page_leads_to_the_setup(client, page):
    answer = client.get(page)
    assert (answer.status_code, answer["Location"]) == (302, "/setup/")


@pytest.mark.django_db
def test_the_setup_makes_the_owner_and_signs_them_in(client):
    answer = client.post("/setup/", TOLD, headers={"accept-language": "de-AT,de;q=0.9,en;q=0.5"})
    assert (answer.status_code, answer["Location"]) == (303, "/")
    owner = User.objects.get()
    assert (owner.role, owner.name, owner.zone, owner.locale) == (
        "owner",
        "Ada Lindqvist",
        "Europe/Berlin",
        "de-at",
    )
    assert (owner.funnel, owner.currency) == ("voltage", "CHF")
    assert owner.check_password(TOLD["password"])
    assert client.get("/").status_code == 200
    version = FunnelVersion.objects.get(in_force=True)
    assert (version.slug, version.number, parse_funnel(version.toml).name) == ("voltage", 1, "voltage")
    assert AuditEntry.objects.filter(action="setup.done").count() == 1


@pytest.mark.django_db
def test_afterwards_there_is_no_setup(client, owner):
    assert client.get("/setup/").status_code == 404
    assert client.post("/setup/", TOLD | {"email": "eve@example.org"}).status_code == 404
    client.post("/theme/", {"theme": "dark"})
    assert User.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("email", "ada"),
        ("password", "short"),
        ("password", "password1234"),
        ("password", "adalindqvist"),
        ("zone", "Europe/Atlantis"),
        ("funnel", "pyramid"),
        ("begin", "never"),
        ("name", "a" * 121),
        ("name", "A\0da"),
    ],
)
def test_what_will_not_do_is_said_beside_its_field_and_nobody_is_made(client, field, wrong):
    answer = client.post("/setup/", TOLD | {field: wrong})
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("field", "wrong"),
    [("email", "ada"), ("password", "short"), ("zone", "Mars"), ("funnel", "pyramid"), ("name", "a" * 121)],
)
def test_the_action_checks_for_itself(field, wrong):
    told = {name: TOLD[name] for name in TOLD if name != "begin"} | {field: wrong}
    with pytest.raises(Invalid):
        setup.begin(SETUP, **told)


@pytest.mark.django_db
def test_where_strangers_reach_it_the_setup_asks_for_the_code_in_the_log(client, settings, caplog):
    settings.URL = "https://funnel.example.org"
    assert "set-up code" in client.get("/setup/").content.decode()
    code = caplog.records[-1].getMessage().rsplit(" ", 1)[1]
    for wrong in ({}, {"code": ""}, {"code": "0" * 12}):
        assert "code" in client.post("/setup/", TOLD | wrong).context["form"].errors
    assert not User.objects.exists()
    assert client.post("/setup/", TOLD | {"code": f" {code} "}).status_code == 303


FIRST_OWNER = """
import django, sys
django.setup()
from leadline.web.actions import setup
from leadline.web.actions.acting import Actor
from leadline.web.errors import Conflict
email, password, zone, funnel = sys.argv[1:]
print("ready", flush=True)
sys.stdin.read(1)
try:
    setup.begin(Actor(None, "the set-up", 0), email=email, password=password, zone=zone, funnel=funnel)
    print("made")
except Conflict as refused:
    print(refused.code)
"""


@pytest.mark.one_database
def test_of_two_first_owners_at_a_time_one_is_made(tmp_path, templates):
    """Two processes, each of which waits for its sign to start, and a database in a file."""
    there = templates.tables(tmp_path / "home").env
    tries = [
        subprocess.Popen(
            [sys.executable, "-c", FIRST_OWNER, f"{name}@example.org", TOLD["password"], "UTC", "voltage"],
            env=there,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("ada", "ben")
    ]
    assert [one.stdout.readline() for one in tries] == ["ready\n"] * 2
    for one in tries:
        one.stdin.write("!")
        one.stdin.flush()
    said = sorted(one.communicate(timeout=60)[0].strip() for one in tries)
    assert said == ["conflict", "made"]


@pytest.mark.django_db
def test_a_made_up_business_stands_where_the_engine_says(client):
    answer = client.post("/setup/", TOLD | {"begin": "example"})
    assert answer.status_code == 303
    touches, funnel = warehouse.every_touch(), warehouse.funnels()["voltage"]
    owner_now = datetime.now(UTC)
    history = derive(touches, funnel, owner_now)
    here = history.left_at > 10**18
    expected = {
        history.subjects[int(contact)]: int(stage)
        for contact, stage in zip(history.contact[here], history.stage[here], strict=True)
    }
    kept = dict(Standing.objects.filter(funnel="voltage").values_list("contact_id", "stage"))
    assert Contact.objects.count() > 100
    assert kept == expected


@pytest.mark.django_db
def test_nobody_mixes_their_own_people_with_made_up_ones(owner, contact):
    with pytest.raises(Conflict):
        fill(Actor.of(owner, NOW), owner, made_up(NOW))
    assert Contact.objects.count() == 1


@pytest.mark.django_db
def test_who_asks_from_another_machine_needs_the_code_whatever_the_address_is_said_to_be(client):
    assert "set-up code" not in client.get("/setup/").content.decode()
    assert "set-up code" in client.get("/setup/", REMOTE_ADDR="192.0.2.7").content.decode()
    refused = client.post("/setup/", TOLD, REMOTE_ADDR="192.0.2.7")
    assert "code" in refused.context["form"].errors


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("languages", "currency"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "EUR"),
        ("de-CH", "CHF"),
        ("en-GB,en;q=0.9", "GBP"),
        ("en", "USD"),
        ("ja", "JPY"),
        ("zh-Hant-TW", "TWD"),
        ("pt-BR", "BRL"),
        ("*", ""),
        ("", ""),
        ("<script>", ""),
    ],
)
def test_the_currency_is_guessed_from_the_language_of_the_browser(client, languages, currency):
    page = client.get("/setup/", headers={"accept-language": languages})
    assert page.context["form"]["currency"].value() == currency


@pytest.mark.parametrize(
    ("language", "locale"),
    [
        ("de-DE", "de"),
        ("de-AT", "de-at"),
        ("pt-BR", "pt"),
        ("sv-FI", "sv"),
        ("zh-TW", "zh-hant"),
        ("sr-Latn-RS", "sr-latn"),
        ("EN_us", "en-us"),
        ("en-GB", "en"),
        ("tlh", "en"),
        ("*", "en"),
        ("", "en"),
    ],
)
def test_dates_and_amounts_begin_as_the_language_of_the_browser_has_them(language, locale):
    assert spoken(language) == locale
    assert locale in choices("")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "kept", "said"),
    [
        ("de_AT", "de-at", "3. März 2026; 1.234.567,50"),
        ("SV-fi", "sv-fi", "3 mars 2026; 1\u00a0234\u00a0567,50"),
        ("EN", "en", "3 Mar 2026; 1,234,567.50"),
        ("klingon", "", "a language, with its country where that matters: de, de-at"),
        ("ca-ES-valencia", "", "a language, with its country where that matters: de, de-at"),
    ],
)
def test_whatever_locale_there_is_can_be_chosen_by_its_name(client, given, kept, said):
    client.post("/setup/", TOLD, headers={"accept-language": "fr"})
    me = {"do": "prefer", "name": "Ada", "zone": "UTC", "locale": given, "funnel": "", "currency": ""}
    assert client.post("/me/", me).status_code == (303 if kept else 422)
    assert User.objects.get().locale == (kept or "fr")
    assert said in client.post("/me/", me, follow=True).content.decode()


@pytest.mark.django_db
def test_the_currency_is_where_forms_for_money_begin_until_another_is_chosen(client):
    client.post("/setup/", TOLD)
    ada = Contact.objects.create(name="Eero", owner=User.objects.get())
    form = client.get(f"/purchases/new/?contact={ada.pk}").context["form"]
    assert form["currency"].value() == "CHF"
    me = {"do": "prefer", "name": "Ada", "zone": "UTC", "locale": "en", "funnel": "", "currency": "USD"}
    assert client.post("/me/", me).status_code == 303
    assert User.objects.get().currency == "USD"
    wrong = client.post("/me/", me | {"currency": "EURO"})
    assert (wrong.status_code, User.objects.get().currency) == (422, "USD")
    assert "“EURO” won’t do as a currency." in wrong.content.decode()
