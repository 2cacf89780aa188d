"""By which path the people of a file came: asked for, proposed where it is sure, kept, and taken back."""

from __future__ import annotations

import pytest
from django.urls import reverse

from leadline.engine.importers import FileMapping, Mapping
from leadline.web.errors import Invalid
from leadline.web.jobs.worker import now
from leadline.web.models import Contact, Import, PathDefinition, Touch
from tests.web.importing.conftest import take_in, undo, work
from tests.web.importing.test_pages import enter, send

pytestmark = pytest.mark.django_db
LIST = """Email,Created,Source
ann@x.org,2026-01-03,
bob@x.org,2026-01-04,Referral
cem@x.org,2026-01-05,
"""
MAILCHIMP = """Email Address,First Name,MEMBER_RATING,OPTIN_TIME,LEID,EUID
ann@x.org,Ann,2,2026-01-03 10:00:00,801,a1b2
bob@x.org,Bob,3,2026-01-04 11:00:00,802,c3d4
"""


def came_by():
    """The path of each contact by the name it was given."""
    return dict(Contact.objects.values_list("name", "path"))


def answer(client, record, what="run", **said):
    given = {name.replace("_", "-"): value for name, value in said.items()}
    assert client.post(reverse(f"import-{what}", args=[record.pk]), given).status_code == 302
    record.refresh_from_db()


def test_the_path_that_is_said_is_kept_where_the_file_names_none_and_undone(client, funnels, owner):
    PathDefinition.objects.create(name="Podcast")
    enter(client, owner)
    send(client, people_csv=LIST)
    record = Import.objects.get()
    shown = client.get(reverse("import", args=[record.pk])).content.decode()
    assert "By which path did these people come?" in shown
    assert '<option value="Podcast">' in shown
    assert 'name="path" value=""' in shown, "a list like any other doesn't tell"
    answer(client, record, path=" podcast ")
    work(now)
    assert came_by() == {"ann@x.org": "Podcast", "bob@x.org": "referral", "cem@x.org": "Podcast"}
    assert Touch.objects.filter(kind="recorded", path="Podcast").count() == 2
    answer(client, record, "undo")
    work(now)
    assert not Contact.objects.exists()
    assert not Touch.objects.filter(in_force=True, retracts=None).exists()


def test_a_path_by_which_people_came_who_are_there_already_is_taken_back_with_its_touch(owner, funnels):
    take_in(owner, {"names.csv": "Email,City\nann@x.org,Rome\n"})
    assert came_by() == {"ann@x.org": ""}
    record = take_in(owner, {"people.csv": LIST}, Mapping(path="speaking"))
    assert came_by() == {"ann@x.org": "speaking", "bob@x.org": "referral", "cem@x.org": "speaking"}
    undo(owner, record)
    assert came_by() == {"ann@x.org": ""}


def test_the_list_of_a_newsletter_is_proposed_the_path_email_and_may_lose_it(client, funnels, owner):
    enter(client, owner)
    send(client, members_csv=MAILCHIMP)
    record = Import.objects.get()
    page = reverse("import", args=[record.pk])
    assert 'name="path" value="email"' in client.get(page).content.decode()
    answer(client, record, "meanings", path="")
    assert 'name="path" value=""' in client.get(page).content.decode(), "not known was said: it stays so"
    answer(client, record, path="")
    work(now)
    assert came_by() == {"Ann": "", "Bob": ""}


def test_what_is_proposed_counts_unless_somebody_says_something_else(owner, funnels):
    take_in(owner, {"members.csv": MAILCHIMP})
    assert came_by() == {"Ann": "email", "Bob": "email"}


def test_of_several_files_each_may_have_its_path(client, funnels, owner):
    enter(client, owner)
    send(client, a_csv=LIST, b_csv="Email,Created\ndan@x.org,2026-01-06\neva@x.org,2026-01-07\n")
    record = Import.objects.get()
    shown = client.get(reverse("import", args=[record.pk])).content.decode()
    assert 'name="path-0"' in shown
    assert 'name="path-1"' in shown
    answer(client, record, "meanings", path="email", path_0="", path_1="summer fair")
    answer(client, record, path="email", path_0="", path_1="summer fair")
    work(now)
    assert came_by() == {
        "ann@x.org": "email",
        "bob@x.org": "referral",
        "cem@x.org": "email",
        "dan@x.org": "summer fair",
        "eva@x.org": "summer fair",
    }


def test_files_taken_in_again_with_a_path_are_no_doubles(owner, funnels):
    take_in(owner, {"people.csv": LIST})
    count = Touch.objects.count()
    take_in(owner, {"people.csv": LIST}, Mapping(path="email"))
    assert Touch.objects.count() == count


@pytest.mark.parametrize("path", ["x" * 81, "a\nb", "a\0b"])
def test_what_can_be_no_name_of_a_path_is_refused_and_nothing_is_kept(client, funnels, owner, path):
    enter(client, owner)
    send(client, people_csv=LIST)
    record = Import.objects.get()
    for what in ("meanings", "run"):
        told = client.post(reverse(f"import-{what}", args=[record.pk]), {"path": path})
        assert told.status_code == 422
    record.refresh_from_db()
    assert (record.state, record.mapping["path"]) == ("proposed", None)
    with pytest.raises(Invalid):
        take_in(owner, {"people.csv": LIST}, Mapping(files=(FileMapping(name="people.csv", path=path),)))


def test_an_import_that_runs_keeps_the_path_it_began_with(client, funnels, owner):
    enter(client, owner)
    send(client, people_csv=LIST)
    record = Import.objects.get()
    answer(client, record, path="email")
    told = client.post(reverse("import-run", args=[record.pk]), {"path": "speaking"})
    assert told.status_code == 409
    record.refresh_from_db()
    assert record.mapping["path"] == "email"
