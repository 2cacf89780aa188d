"""Days and times as people type them: what is none, or too far away, is one clear sentence."""

from __future__ import annotations

import pytest
from django.urls import reverse

from leadline.engine.instants import to_instant
from leadline.web.errors import Invalid
from leadline.web.models import Ask, Touch
from leadline.web.pages.dates import field_value, read_day, read_time
from leadline.web.spans import start_of

pytestmark = pytest.mark.django_db
NOW = to_instant("2026-06-02T09:30Z")
NONE = ("31.02.2026", "2026-02-31", "2026-13-01", "2025-02-29", "0000-01-01", "tomorrow", "2026-03-01T25:00")
FAR = ("0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31")
ZONES = ("UTC", "Pacific/Kiritimati", "America/Los_Angeles")


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("text", [*NONE, *FAR])
def test_what_is_no_day_or_too_far_is_said(text, zone):
    said = "a year from 1900 to 2200" if text in FAR else "as 2026-03-31"
    with pytest.raises(Invalid, match=said):
        read_time(text, zone, NOW)
    with pytest.raises(Invalid, match=said):
        read_day(text)
    if "T" not in text:
        with pytest.raises(Invalid, match=said):
            start_of(text, zone)


def test_a_leap_day_is_a_day():
    assert read_time("2024-02-29", "America/Los_Angeles", NOW) == to_instant("2024-02-29")
    assert start_of("2024-02-29", "America/Los_Angeles") == to_instant("2024-02-29T08:00Z")


def test_an_hour_that_the_clocks_left_out_is_refused_and_one_shown_twice_is_the_first():
    with pytest.raises(Invalid, match=r"02:30, which the clocks left out.*03:30 instead"):
        read_time("2026-03-29T02:30", "Europe/Berlin", NOW)
    assert read_time("2026-03-29T03:00", "Europe/Berlin", NOW) == to_instant("2026-03-29T01:00Z")
    assert read_time("2025-10-26T02:30", "Europe/Berlin", NOW) == to_instant("2025-10-26T00:30Z")  # +02:00


@pytest.mark.parametrize(
    "told", ["2026-02-02T16:00", "2026-02-03T13:00", "2026-02-03T05:45", "2026-02-03T00:00"]
)
@pytest.mark.parametrize("zone", [*ZONES, "Pacific/Auckland", "Asia/Kathmandu"])
def test_what_was_typed_is_what_the_field_shows_again(told, zone):
    assert field_value(read_time(told, zone, NOW), zone) == told


PAGES = (
    "/contacts/?after={}", "/contacts/?before={}", "/changes/?since={}", "/funnel/?wait=1&on={}",
    "/leaks/asks/?clients=3&by={}", "/funnel/people/?wait=1&stage=known&on={}",
)  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("text", ["31.02.2026", "0001-01-01", "9999-12-31", "1900-01-01"])
def test_no_page_breaks_on_a_day_in_its_address(client, funnels, owner, contact, page, text):
    owner.zone = "Pacific/Kiritimati"
    owner.save()
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(page.format(text)).status_code in (200, 404, 422)


@pytest.mark.parametrize("text", ["31.02.2026", "0001-01-01", "9999-12-31"])
def test_a_form_with_such_a_day_says_so_and_writes_nothing(client, funnels, owner, contact, text):
    owner.zone = "America/Los_Angeles"
    owner.save()
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.post(reverse("contact-touch", args=[contact.pk]), {"kind": "met", "day": text})
    assert answer.status_code == 422
    answer = client.post(f"/asks/new/?contact={contact.pk}", {"title": "Course", "asked_on": text})
    assert answer.status_code in (200, 404, 422)
    assert not Touch.objects.exists()
    assert not Ask.objects.exists()
