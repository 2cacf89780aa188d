"""Times of files by the clocks of whoever takes them in."""

from __future__ import annotations

import pytest
from django.urls import reverse

from leadline.engine.importers import Mapping
from leadline.engine.instants import to_instant
from leadline.web.jobs.worker import now
from leadline.web.models import Import, Touch
from tests.web.importing.conftest import take_in, work
from tests.web.importing.test_pages import enter, send

pytestmark = pytest.mark.django_db
LOG = "Email,Event,Date\nann@x.org,met,2026-01-15 10:00\nbob@x.org,met,2026-01-16\n"
IN_BERLIN = [to_instant("2026-01-15T09:00:00Z"), to_instant("2026-01-16")]


def instants():
    return list(Touch.objects.order_by("happened_at").values_list("happened_at", flat=True))


@pytest.fixture
def berliner(owner):
    owner.zone = "Europe/Berlin"
    owner.save()
    return owner


def test_times_are_by_the_clocks_of_whoever_imports_days_stay_days_and_twice_is_once(berliner, funnels):
    for _ in range(2):
        take_in(berliner, {"log.csv": LOG})
        assert instants() == IN_BERLIN


def test_another_zone_is_chosen_on_the_page_and_kept(client, funnels, berliner):
    enter(client, berliner)
    send(client, log_csv=LOG)
    record = Import.objects.get()
    page = reverse("import", args=[record.pk])
    assert 'name="zone" value="Europe/Berlin"' in client.get(page).content.decode()
    meanings = reverse("import-meanings", args=[record.pk])
    assert client.post(meanings, {"zone": "Mars/Olympus"}).status_code == 422
    assert client.post(meanings, {"zone": "America/New_York"}).status_code == 302
    assert 'name="zone" value="America/New_York"' in client.get(page).content.decode()
    client.post(reverse("import-run", args=[record.pk]))
    work(now)
    assert instants() == [to_instant("2026-01-15T15:00:00Z"), to_instant("2026-01-16")]


def test_a_mapping_that_names_a_zone_is_followed(berliner, funnels):
    take_in(berliner, {"log.csv": LOG}, Mapping(zone="UTC"))
    assert instants() == [to_instant("2026-01-15T10:00:00Z"), to_instant("2026-01-16")]
