"""Files that a program sends: by which path the people in them came."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import MULTIPART_CONTENT, encode_multipart

from leadline.web.jobs.worker import now
from leadline.web.models import Contact, Import
from tests.web.importing.conftest import work

pytestmark = pytest.mark.django_db
PEOPLE = "Email,Created\nann@x.org,2026-01-03\nbob@x.org,2026-01-04\n"


@pytest.fixture(autouse=True)
def _here(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"


def send(program, name, key=None, text=PEOPLE, **said):
    """An upload, and what is answered."""
    data = encode_multipart("edge", {"files": SimpleUploadedFile(name, text.encode()), **said})
    kind = MULTIPART_CONTENT.replace("BoUnDaRyStRiNg", "edge")
    named = {"Authorization": f"Bearer {program.secret}"} | ({"Idempotency-Key": key} if key else {})
    return program.client.generic("POST", "/api/v1/imports", data, kind, headers=named)


def came_by(program, upload):
    """The paths of the contacts once an upload was run."""
    assert program.post(f"/imports/{upload['id']}/run").status_code == 202
    work(now)
    return set(Contact.objects.values_list("path", flat=True))


def test_the_path_is_said_with_the_upload(program, funnels):
    upload = send(program, "people.csv", path="speaking").json()
    assert upload["mapping"]["path"] == "speaking"
    assert came_by(program, upload) == {"speaking"}


def test_the_path_is_proposed_and_changed_with_the_mapping(program, funnels):
    upload = send(program, "newsletter.csv").json()
    assert upload["mapping"]["files"][0]["path"] == "email"
    mapping = upload["mapping"] | {"files": [upload["mapping"]["files"][0] | {"path": "referral"}]}
    told = program("PUT", f"/imports/{upload['id']}/mapping", {"mapping": mapping})
    assert told.json()["mapping"]["files"][0]["path"] == "referral"
    assert came_by(program, upload) == {"referral"}


def test_no_name_of_a_path_is_refused(program, funnels):
    told = send(program, "people.csv", path="x" * 81)
    assert (told.status_code, "81 letters" in told.content.decode()) == (422, True)
    assert program.get("/imports").json()["items"] == []


def test_the_same_file_said_to_come_by_another_path_is_another_request(program, funnels):
    first = send(program, "people.csv", "k1", path="speaking").json()
    assert send(program, "people.csv", "k1", path="speaking").json()["id"] == first["id"]
    other = send(program, "people.csv", "k1", path="referral")
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    assert Import.objects.count() == 1


def test_a_field_of_the_form_that_nobody_knows_is_refused(program, funnels):
    told = send(program, "people.csv", zone="Europe/Berlin")
    assert (told.status_code, told.json()["asked"]) == (422, "A field of a form was given")
    assert (told.json()["found"], told.json()["allowed"]) == ("“zone”", "files, owner, path")
    assert not Import.objects.exists()


def test_whose_new_contacts_become_is_said_with_the_upload_or_the_mapping(program, funnels, member, team):
    upload = send(program, "people.csv", owner="team:north").json()
    assert upload["mapping"]["owner"] == "team:North"
    where = f"/imports/{upload['id']}"
    told = program("PUT", f"{where}/mapping", {"mapping": upload["mapping"] | {"owner": "me"}})
    assert told.json()["mapping"]["owner"] == "ada@example.org"
    mapping = told.json()["mapping"] | {"owner": "ben@example.org"}
    assert program("PUT", f"{where}/mapping", {"mapping": mapping}).status_code == 200
    came_by(program, upload)
    assert set(Contact.objects.values_list("owner", "team")) == {(member.pk, team.pk)}
    assert program.get(where).json()["counts"]["given"] == {"ben@example.org": 2}


def test_whoever_can_be_given_nothing_is_refused(program, funnels):
    told = send(program, "people.csv", owner="nobody@example.org")
    assert (told.status_code, "somebody who works here" in told.content.decode()) == (422, True)
    assert program.get("/imports").json()["items"] == []


def test_who_in_the_files_is_a_contact_who_is_there_is_said_with_the_mapping(program, funnels):
    kim = Contact.objects.create(name="Kim")
    upload = send(program, "people.csv", text="Name,Email\nKim,kim@x.org\n").json()
    (namesake,) = upload["proposal"]["namesakes"]
    assert namesake["contact"] == kim.pk
    mapping = upload["mapping"] | {"same": {namesake["who"]: kim.pk}}
    told = program("PUT", f"/imports/{upload['id']}/mapping", {"mapping": mapping}).json()
    assert told["proposal"]["found"]["said"] == 1
    wrong = upload["mapping"] | {"same": {namesake["who"]: kim.pk + 1000}}
    refused = program("PUT", f"/imports/{upload['id']}/mapping", {"mapping": wrong})
    assert (refused.status_code, "which there isn’t" in str(refused.json())) == (422, True)
    program.post(f"/imports/{upload['id']}/run")
    work(now)
    assert Contact.objects.filter(name="Kim").count() == 1
