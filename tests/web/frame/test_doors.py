"""Who comes in, who doesn't, and what the browser is told to refuse."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.urls import get_resolver

from leadline.web.models import User
from leadline.web.sign_in_links import password_path_for, path_for

PHRASE = "correct horse battery"
FILES = ("imports/<int:number>/unused.csv", "settings/backups/<str:name>")
STRANGERS_SEE = ("accounts/", "health", "metrics", "api/", "static/", "invitation", "setup", "theme")


def sign_in(client, user: User) -> None:
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")


@pytest.fixture(autouse=True)
def no_guesses_yet() -> None:
    cache.clear()


@pytest.mark.django_db
def test_one_signs_in_with_address_and_password_and_out_again(client, owner):
    answer = client.post("/accounts/login/", {"login": "ada@example.org", "password": PHRASE})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/")["Location"].startswith("/accounts/login/")


@pytest.mark.django_db
def test_a_link_signs_in_once_and_then_says_so(client, owner):
    link = path_for(owner)
    assert client.get(link)["Location"] == "/"
    assert client.get("/").status_code == 200
    client.post("/accounts/logout/")
    said = client.get(link, follow=True)
    assert said.redirect_chain == [("/accounts/login/", 302)]
    assert "That link signs in once" in said.content.decode()


@pytest.mark.django_db
def test_by_another_link_one_chooses_a_new_password_once(client, owner):
    link, chosen = password_path_for(owner), "another long phrase"
    form = client.get(link, follow=True)
    there = form.redirect_chain[-1][0]
    assert client.post(there, {"password1": chosen, "password2": chosen}).status_code == 302
    owner.refresh_from_db()
    assert owner.check_password(chosen)
    client.logout()
    assert "password1" not in client.get(link, follow=True).content.decode()


@pytest.mark.django_db
def test_whoever_lost_their_phone_comes_in_by_the_link_and_takes_the_app_off(client, owner):
    TOTP.activate(owner, generate_totp_secret())
    client.get(path_for(owner))
    off = "/accounts/2fa/totp/deactivate/"
    asked = client.get(off, follow=True).redirect_chain[-1][0]
    client.post(asked, {"password": PHRASE})
    client.post(off)
    assert not owner.authenticator_set.exists()


@pytest.mark.django_db
def test_the_address_may_be_written_in_capitals(client, owner):
    answer = client.post("/accounts/login/", {"login": "Ada@Example.org", "password": PHRASE})
    assert answer.status_code == 302


@pytest.mark.django_db
def test_whoever_was_made_inactive_does_not_come_in(client, member):
    User.objects.filter(pk=member.pk).update(is_active=False)
    client.post("/accounts/login/", {"login": member.email, "password": PHRASE})
    assert client.get("/").status_code == 302
    sign_in(client, member)
    assert client.get("/").status_code == 302


@pytest.mark.django_db
def test_a_password_can_not_be_guessed_for_long(client, owner):
    wrong = {"login": owner.email, "password": "wrong horse battery"}
    said = [client.post("/accounts/login/", wrong).content.decode() for _ in range(6)]
    assert "Too many wrong attempts" in said[-1]
    right = client.post("/accounts/login/", wrong | {"password": PHRASE})
    assert right.status_code == 200
    assert client.get("/").status_code == 302


@pytest.mark.django_db
def test_nobody_signs_up_by_themselves(client, owner):
    client.post("/accounts/signup/", {"email": "eve@example.org", "password1": PHRASE})
    assert not User.objects.filter(email="eve@example.org").exists()


@pytest.mark.django_db
def test_no_page_is_for_strangers(client, owner):
    plain = [
        str(one.pattern)
        for one in get_resolver().url_patterns
        if hasattr(one, "callback")
        and "<" not in str(one.pattern)
        and not str(one.pattern).startswith(STRANGERS_SEE)
    ]
    assert "search" in plain
    for address in plain:
        answer = client.get(f"/{address}")
        assert answer.status_code == 302, address
        assert answer["Location"].startswith("/accounts/login/"), address


def test_the_address_of_every_page_ends_with_a_slash():
    own = [one for one in get_resolver().url_patterns if hasattr(one, "callback")]
    ends = {str(one.pattern) for one in own if not str(one.pattern).endswith("/")}
    assert ends == {"", "health", "metrics", "search", *FILES}


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/funnel", "/leaks", "/leaks/paths", "/contacts/12/edit", "/board"])
def test_an_address_without_it_leads_there_with_all_that_was_asked(client, owner, page):
    sign_in(client, owner)
    answer = client.get(f"{page}?funnel=voltage&q=a%26b")
    assert (answer.status_code, answer["Location"]) == (301, f"{page}/?funnel=voltage&q=a%26b")


@pytest.mark.django_db
def test_a_part_of_a_page_leads_the_whole_page_to_the_door(client, owner):
    answer = client.get(
        "/search", headers={"hx-request": "true", "hx-current-url": "http://testserver/contacts?q=a"}
    )
    assert answer["HX-Redirect"] == "/accounts/login/?next=%2Fcontacts%3Fq%3Da"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "next_page"),
    [("http://testserver/contacts/12/?a=b", "/contacts/12/?a=b"), ("https://evil.example/x", "/"), ("", "/")],
)
def test_whoever_is_no_longer_signed_in_comes_back_to_the_page_of_their_form(client, owner, page, next_page):
    answer = client.post("/contacts/12/notes/", {"text": "Call"}, headers={"referer": page} if page else {})
    assert (answer.status_code, answer["Location"]) == (
        302,
        f"/accounts/login/?{urlencode({'next': next_page})}",
    )


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/accounts/login/", "/", "/nowhere"])
def test_the_browser_is_told_to_run_nothing_that_stands_in_a_page(client, owner, page):
    rules = client.get(page)["Content-Security-Policy"]
    assert "unsafe-inline" not in rules
    assert "unsafe-eval" not in rules
    for rule in ("default-src 'self'", "object-src 'none'", "frame-ancestors 'none'", "form-action 'self'"):
        assert rule in rules


@pytest.mark.django_db
@pytest.mark.parametrize(
    "page",
    [
        "/accounts/login/",
        "/accounts/password/reset/",
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/setup/",
    ],
)
def test_no_page_has_script_or_style_of_its_own(client, owner, page):
    if "change" in page or "2fa" in page:
        sign_in(client, owner)
    if page == "/setup/":
        User.objects.all().delete()
    said = client.get(page).content.decode()
    assert "<style" not in said
    assert " style=" not in said
    assert " onclick=" not in said
    scripts = [part.split(">")[0] for part in said.split("<script")[1:]]
    assert scripts
    assert all("src=" in one or "application/json" in one for one in scripts)


@pytest.mark.django_db
def test_a_page_that_is_not_there_says_so_in_words(client, owner):
    sign_in(client, owner)
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()
    part = client.get("/nowhere", headers={"hx-request": "true"})
    assert (part.status_code, part["HX-Retarget"], part["HX-Reswap"]) == (404, "#toasts", "beforeend")
    assert "<html" not in part.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_in_words(owner):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    sign_in(strict, owner)
    answer = strict.post("/theme/", {"theme": "dark"})
    assert answer.status_code == 403
    assert "out of date" in answer.content.decode()


def test_a_fault_of_ours_is_said_without_asking_the_database(rf):
    from leadline.web.pages.errors import broken

    whole = broken(rf.get("/"))
    assert (whole.status_code, "Something broke" in whole.content.decode()) == (500, True)
    part = broken(rf.get("/", headers={"hx-request": "true"}))
    assert (part.status_code, part["HX-Retarget"]) == (500, "#toasts")


@pytest.mark.django_db
def test_the_chosen_look_is_painted_from_the_first_byte(client, owner):
    assert "data-theme" not in client.get("/accounts/login/").content.decode().split("<head>")[0]
    answer = client.post("/theme/", {"theme": "dark", "next": "/accounts/login/"})
    assert (answer.status_code, answer["Location"]) == (303, "/accounts/login/")
    assert '<html lang="en" data-theme="dark">' in client.get("/accounts/login/").content.decode()
    client.post("/theme/", {"theme": ""})
    assert "data-theme" not in client.get("/accounts/login/").content.decode().split("<head>")[0]


@pytest.mark.django_db
def test_the_look_takes_nobody_elsewhere_and_no_made_up_colour(client, owner):
    answer = client.post("/theme/", {"theme": '"><script>', "next": "https://evil.example/"})
    assert answer["Location"] == "/"
    client.cookies["theme"] = '"><script>'
    assert "<script>" not in client.get("/accounts/login/").content.decode().split("<head>")[0]


@pytest.mark.django_db
def test_dates_are_told_in_the_readers_zone_and_locale_and_the_next_reader_has_their_own(client, owner, rf):
    from leadline.web.pages.middleware import ReaderMiddleware
    from leadline.web.templatetags import words

    owner.zone, owner.locale = "Europe/Berlin", "de"
    request = rf.get("/")
    request.user = owner
    said = ReaderMiddleware(lambda _: words.moment(1_772_494_200_000_000))
    assert said(request) == "3. März 2026, 00:30"
    owner.zone, owner.locale = "Nowhere/Land", "xx"
    assert said(request) == "2 Mar 2026, 23:30"
    assert words.moment(1_772_494_200_000_000) == "2 Mar 2026, 23:30"


HUGE = 10**19
NUMBERED = sorted(
    str(one.pattern)
    for one in get_resolver().url_patterns
    if hasattr(one, "callback") and "<int:" in str(one.pattern) and "str:" not in str(one.pattern)
)


@pytest.mark.django_db
@pytest.mark.parametrize("pattern", NUMBERED)
def test_a_number_that_no_record_can_have_is_not_found(client, owner, funnels, pattern):
    sign_in(client, owner)
    address = re.sub(r"<int:\w+>", str(HUGE), pattern)
    address = "/" + re.sub(r"<slug:\w+>", "task", address)
    told = {"text": "x", "kind": "met"}
    answers = {client.get(address).status_code, client.post(address, told).status_code}
    assert answers <= {404, 405, 422}
    assert answers != {405}
