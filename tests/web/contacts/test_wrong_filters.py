"""A filter that makes no sense is left out of a list, and said above it; what writes or exports refuses."""

from __future__ import annotations

import re

import pytest

from leadline.web.actions import views
from leadline.web.actions.acting import Actor
from leadline.web.models import Company, Contact
from tests.web.conftest import NOW
from tests.web.contacts.conftest import get

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(crew, funnels) -> None:
    for name in ("Ann", "Bob"):
        Contact.objects.create(name=name, owner=crew.owner)
        Company.objects.create(name=f"{name} Ltd", owner=crew.owner)


def said(page) -> list[str]:
    """The sentences above the list."""
    return re.findall(r'<p class="notice bad" role="alert">(.*?)</p>', page.content.decode())


NO_DAY = "“2026-13-45” won’t do as a day. Write it as 2026-03-31. What follows is shown without this filter."


def test_the_list_is_shown_without_a_day_that_is_none(two, signed_in):
    page = get(signed_in("owner"), "contacts", after="2026-13-45", q="bo")
    assert (page.status_code, said(page)) == (422, [NO_DAY])
    assert [str(one) for one, _ in page.context["rows"]] == ["Bob"]
    assert [chip["text"] for chip in page.context["chips"]] == ["begins with: bo"]


def test_each_that_is_wrong_is_said_and_what_others_mean_is_kept(two, signed_in):
    wrong = {"before": "2026-13-45", "after": "2026-13-45", "stage": "nowhere", "amount_from": "much"}
    page = get(signed_in("owner"), "contacts", **wrong, funnel="voltage", currency="CHF", sort="name")
    assert (page.status_code, len(said(page)), said(page).count(NO_DAY)) == (422, 4, 2)
    assert [str(one) for one, _ in page.context["rows"]] == ["Ann", "Bob"]
    assert (page.context["slug"], page.context["currency"]) == ("voltage", "CHF")


@pytest.mark.parametrize(
    ("name", "asked", "shown"),
    [
        ("companies", {"made_from": "2026-13-45"}, "Ann Ltd"),
        ("asks", {"owner": "x"}, "Waiting"),
        ("board", {"owner": "x", "by": "month"}, "Later"),
        ("changes", {"since": "2026-13-45", "what": "contact"}, "No changes"),
        ("funnel", {"on": "2026-13-45"}, "<h1>Funnel</h1>"),
    ],
)
def test_so_are_other_lists(two, signed_in, name, asked, shown):
    page = get(signed_in("owner"), name, **asked)
    assert (page.status_code, len(said(page))) == (422, 1)
    assert shown in page.content.decode()


def test_the_view_that_comes_first_is_not_taken_instead(two, crew, signed_in):
    views.save_view(Actor.of(crew.owner, NOW), "contacts", "Bobs", {"q": "bob"}, [], default=True)
    page = get(signed_in("owner"), "contacts", after="2026-13-45")
    assert [str(one) for one, _ in page.context["rows"]] == ["Bob", "Ann"]


def test_what_a_view_that_comes_first_has_wrong_is_said_too(two, crew, signed_in):
    views.save_view(Actor.of(crew.owner, NOW), "contacts", "Odd", {"after": "2026-13-45"}, [], default=True)
    page = get(signed_in("owner"), "contacts")
    assert (said(page), len(page.context["rows"])) == ([NO_DAY], 2)


@pytest.mark.parametrize(("of", "asked"), [("contacts", "after"), ("companies", "made_to")])
def test_no_export_has_more_than_was_asked_for(two, signed_in, of, asked):
    page = get(signed_in("owner"), f"{of}-export", **{asked: "2026-13-45"})
    assert (page.status_code, said(page)) == (422, [])
    assert b"Ann" not in page.content
