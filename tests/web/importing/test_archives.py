"""ZIP archives as uploads: their tables are taken in as if each had been uploaded by itself."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.urls import reverse

from leadline.engine.errors import BadFile
from leadline.engine.importers import Mapping
from leadline.engine.instants import to_instant
from leadline.web.actions.exports import datasets
from leadline.web.actions.importing import proposals, uploads
from leadline.web.actions.importing.own_tables import LEFT_OUT, OTHERS
from leadline.web.errors import Invalid
from leadline.web.jobs.worker import now
from leadline.web.models import Address, Contact, Import, Touch
from tests.web.conftest import NOW
from tests.web.importing.conftest import CONTACTS, TOUCHES, take_in, undo, upload, work
from tests.web.importing.test_pages import enter

pytestmark = pytest.mark.django_db

SUBSCRIBED = """Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,TAGS
ann@x.org,Ann,Abel,2,2026-01-02 10:00:00,2026-01-02 10:01:00,"""
UNSUBSCRIBED = """Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,UNSUB_TIME
bob@x.org,Bob,Bell,2,2025-01-02 10:00:00,2026-01-05 09:00:00
"""


def packed(**files):
    """An archive of texts by their names (`a__csv` is `a.csv`)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in files.items():
            made.writestr(name.replace("__", "."), text)
    return buffer.getvalue()


def look(user, name, content):
    folder, kept = uploads.keep([upload(name, content)])
    return proposals.look(user, folder, kept, Mapping(), NOW)


def test_the_page_takes_an_archive_in_and_undoes_it(client, funnels, owner):
    enter(client, owner)
    content = packed(contacts__csv=CONTACTS, touches__csv=TOUCHES, logo__png="picture", broken__csv="")
    client.post(reverse("imports"), {"files": [upload("export.zip", content)]})
    record = Import.objects.get()
    page = reverse("import", args=[record.pk])
    shown = client.get(page).content.decode()
    assert "Left in the archive: “logo.png” (no table)." in shown
    assert "Left in the archive: “broken.csv” (the file is empty)." in shown
    client.post(reverse("import-run", args=[record.pk]))
    work(now)
    record.refresh_from_db()
    assert (record.state, record.counts["contacts"], record.counts["touches"]) == ("done", 3, 5)
    unused = b"".join(client.get(reverse("import-unused", args=[record.pk])).streaming_content).decode()
    assert "broken.csv,,the file is empty" in unused
    assert "logo.png" not in unused
    assert undo(owner, record).state == "undone"
    assert not Contact.objects.exists()


def test_an_archive_is_what_its_files_are_one_by_one(funnels, owner):
    files = {"subscribed.csv": SUBSCRIBED, "unsubscribed.csv": UNSUBSCRIBED}
    apart = uploads.keep([upload(name, text) for name, text in files.items()])
    together = uploads.keep(
        [upload("audience.zip", packed(subscribed__csv=SUBSCRIBED, unsubscribed__csv=UNSUBSCRIBED))]
    )
    assert apart[1] == together[1]
    one, other = (proposals.look(owner, *given, Mapping(), NOW) for given in (apart, together))
    assert one == other


def test_mailchimps_archive_says_who_is_subscribed_and_who_opted_out(funnels, owner):
    content = packed(subscribed_members__csv=SUBSCRIBED, unsubscribed_members__csv=UNSUBSCRIBED)
    assert take_in(owner, {"audience_export.zip": content}).state == "done"
    assert set(Address.objects.values_list("value", flat=True)) == {"ann@x.org", "bob@x.org"}
    left = Touch.objects.filter(happened_at=to_instant("2026-01-05T09:00:00Z"))
    assert list(left.values_list("contact__name", "kind")) == [("Bob Bell", "unsubscribed")]


def test_leadlines_own_archive_comes_back_without_what_it_does_not_take_in(client, funnels, owner, files):
    take_in(owner, files)
    enter(client, owner)
    names = ["contacts", "companies", "touches", "own_fields", "asks", "purchases", "standings", "funnels"]
    answer = client.post(reverse("exports"), {"tables": names, "form": "csv"})
    content = b"".join(answer.streaming_content)
    told = sorted(Contact.objects.values_list("name", "key"))
    happened = sorted(Touch.objects.values_list("contact__key", "kind", "happened_at", "value"))
    undo(owner, Import.objects.get())
    assert not Contact.objects.exists()
    found = look(owner, "everything.zip", content)
    assert found["unused_count"] == 0
    assert {one["name"] for one in found["tables"]} == {
        "contacts.csv", "companies.csv", "touches.csv", "own_fields.csv"
    }  # fmt: skip
    assert any("“asks.csv”" in note and "“standings.csv”" in note for note in found["notes"])
    assert take_in(owner, {"everything.zip": content}).state == "done"
    assert sorted(Contact.objects.values_list("name", "key")) == told
    assert sorted(Touch.objects.values_list("contact__key", "kind", "happened_at", "value")) == happened


def test_every_table_of_an_export_is_taken_in_or_known_to_be_left(owner):
    taken = {"contacts", "companies", "touches", "own_fields"}
    assert {one.name for one in datasets(owner)} == taken | {*LEFT_OUT} | OTHERS


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (packed(a__png="x", b__html="y"), "“a.png”: no table; “b.html”: no table"),
        (packed(a__zip="x"), "an archive in an archive"),
        (packed(a__csv="\0\1\2"), "the file is not text"),
        (packed(), "nothing"),
        (b"no archive", "damaged, or no ZIP archive"),
    ],
)
def test_an_archive_without_a_table_is_refused_with_what_was_found(settings, owner, content, sentence):
    with pytest.raises(BadFile, match=sentence):
        look(owner, "export.zip", content)
    assert not list((settings.MEDIA_ROOT).iterdir())


def test_the_tables_of_archives_count_as_uploads(settings, owner):
    content = packed(**{f"t{number}__csv": CONTACTS for number in range(21)})
    with pytest.raises(Invalid, match="Found: 21"):
        look(owner, "export.zip", content)
    assert not list((settings.MEDIA_ROOT).iterdir())
