"""The pages of imports and exports: who may, what they show, what they refuse."""

from __future__ import annotations

import csv
import io
import os
import re

import pytest
from django.urls import reverse

from leadline.engine.instants import to_datetime
from leadline.web.actions.importing.unused import UNUSED
from leadline.web.jobs.worker import now
from leadline.web.models import Contact, Import, Job, Team, Touch, User
from tests.rows import kept
from tests.web.importing.conftest import CONTACTS, TOUCHES, take_in, upload, work

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@kept
def people(owner, team):
    """Somebody of each role; None is a stranger."""
    found = {"owner": owner, "stranger": None}
    for role in ("manager", "member", "reader"):
        found[role] = User.objects.create_user(
            f"{role}@example.org", "correct horse battery", role=role, team=team
        )
    return found


def enter(client, user):
    client.logout()
    if user is not None:
        client.force_login(user, backend=BACKEND)


def claim(until):
    """What is left to be done is taken up by a worker, or is not."""
    Job.objects.update(claimed_until=until and to_datetime(until))


def send(client, **files):
    given = [upload(name.replace("_", "."), text) for name, text in files.items()]
    return client.post(reverse("imports"), {"files": given})


ALLOWED = {"owner": 200, "manager": 200, "member": 403, "reader": 403, "stranger": 302}


@pytest.mark.parametrize("name", ["imports", "exports"])
def test_who_may_open_imports_and_exports(client, people, name):
    for role, status in ALLOWED.items():
        enter(client, people[role])
        assert client.get(reverse(name)).status_code == status, role


def test_who_may_open_and_change_an_import_of_the_owner(client, funnels, people, files):
    record = take_in(people["owner"], files)
    for role, status in {"owner": 200, "manager": 404, "member": 403, "reader": 403, "stranger": 302}.items():
        enter(client, people[role])
        assert client.get(reverse("import", args=[record.pk])).status_code == status, role
        assert client.get(reverse("import-progress", args=[record.pk])).status_code == status, role
        answer = client.get(reverse("import-unused", args=[record.pk]))
        assert answer.status_code == status, role
        if role != "owner":
            for name in ("import-run", "import-undo", "import-discard", "import-meanings"):
                assert client.post(reverse(name, args=[record.pk])).status_code == status, role
    assert Import.objects.get().state == "done"


def test_who_may_not_import_uploads_nothing(client, people):
    for role in ("member", "reader", "stranger"):
        enter(client, people[role])
        assert send(client, contacts_csv=CONTACTS).status_code == ALLOWED[role]
    assert not Import.objects.exists()


def test_an_upload_is_looked_at_run_and_undone(client, funnels, owner):
    enter(client, owner)
    answer = send(client, contacts_csv=CONTACTS, touches_csv=TOUCHES)
    record = Import.objects.get()
    page = reverse("import", args=[record.pk])
    assert (answer.status_code, answer.url) == (302, page)
    shown = client.get(page).content.decode()
    assert "Nothing is written yet" in shown
    assert "Ann Abel" in shown
    assert not Contact.objects.exists()
    assert client.post(reverse("import-run", args=[record.pk])).status_code == 302
    assert "Waiting for its turn" in client.get(page).content.decode()
    claim(now() + 10**8)
    assert "Reading the files" in client.get(page).content.decode()
    claim(None)
    part = client.get(reverse("import-progress", args=[record.pk]), headers={"HX-Request": "true"})
    assert 'hx-trigger="every 1s"' in part.content.decode()
    work(now)
    part = client.get(reverse("import-progress", args=[record.pk]), headers={"HX-Request": "true"})
    assert part.headers["HX-Refresh"] == "true"
    assert "contacts made" in client.get(page).content.decode()
    assert Touch.objects.count() == 5
    assert client.post(reverse("import-run", args=[record.pk])).status_code == 409
    client.post(reverse("import-undo", args=[record.pk]))
    assert "Waiting for its turn" in client.get(page).content.decode()
    claim(now() + 10**8)
    assert "Being undone" in client.get(page).content.decode()
    claim(None)
    work(now)
    assert "is undone" in client.get(page).content.decode()
    assert not Contact.objects.exists()
    assert "contacts.csv, touches.csv" in client.get(reverse("imports")).content.decode()


def test_a_column_can_be_given_another_meaning(client, funnels, owner):
    enter(client, owner)
    send(client, contacts_csv="contact id,name,nick\n1,Ann,Annie\n2,Bob,Bobby\n")
    record = Import.objects.get()
    given = {"shape-0": "contacts", "means-0-0": "contact id", "means-0-1": "ignored", "means-0-2": "name"}
    assert client.post(reverse("import-meanings", args=[record.pk]), given).status_code == 302
    client.post(reverse("import-run", args=[record.pk]))
    work(now)
    assert sorted(Contact.objects.values_list("name", "fields")) == [("Annie", {}), ("Bobby", {})]


def test_a_meaning_that_there_is_none_of_is_refused(client, funnels, owner):
    enter(client, owner)
    send(client, contacts_csv=CONTACTS)
    url = reverse("import-meanings", args=[Import.objects.get().pk])
    assert client.post(url, {"means-0-0": "shoe size"}).status_code == 422
    assert client.post(url, {"shape-0": "shoes"}).status_code == 422
    assert client.post(url, {"kind-x": "shod", "means-0-0": "contact id"}).status_code == 422


def test_a_word_that_is_no_kind_can_be_told(client, funnels, owner):
    enter(client, owner)
    send(client, log_csv=TOUCHES.replace("downloaded", "Zorgled"))
    record = Import.objects.get()
    shown = client.get(reverse("import", args=[record.pk])).content.decode()
    assert 'name="kind-Zorgled"' in shown
    assert "mapping" not in record.counts["look"]["unused"][0]["reason"]
    client.post(reverse("import-meanings", args=[record.pk]), {"kind-Zorgled": "downloaded"})
    client.post(reverse("import-run", args=[record.pk]))
    work(now)
    assert Touch.objects.filter(kind="downloaded").count() == 1


def test_days_that_could_be_months_are_asked_for(client, funnels, owner):
    enter(client, owner)
    send(
        client, log_csv="contact id,kind,happened at\n1,met,03/04/2025\n2,met,05/06/2025\n3,met,07/08/2025\n"
    )
    record = Import.objects.get()
    page = reverse("import", args=[record.pk])
    assert "the day or the month" in client.get(page).content.decode()
    assert client.post(reverse("import-run", args=[record.pk])).status_code == 409
    client.post(reverse("import-meanings", args=[record.pk]), {"date_order": "dmy"})
    client.post(reverse("import-run", args=[record.pk]))
    work(now)
    assert Touch.objects.count() == 3


def test_rows_that_were_not_used_are_a_file_without_formulas(client, funnels, owner):
    bad = TOUCHES + "a1,=cmd|' /C calc'!A0,2026-01-01T00:00:00Z,,,\n"
    record = take_in(owner, {"contacts.csv": CONTACTS, "touches.csv": bad})
    enter(client, owner)
    answer = client.get(reverse("import-unused", args=[record.pk]))
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert rows[1][:2] == ["touches.csv", "7"]
    assert not any(cell.startswith("=") for row in rows for cell in row)


def test_an_upload_can_be_forgotten(client, funnels, owner, settings):
    enter(client, owner)
    send(client, contacts_csv=CONTACTS)
    client.post(reverse("import-discard", args=[Import.objects.get().pk]))
    assert not Import.objects.exists()


HOSTILE = {
    "empty": b"",
    "only_blanks": b"\n\n  \n",
    "only_nul": b"\0\0\0\0\0\0",
    "a_picture": b"\x89PNG\r\n\x1a\n" + b"\0" * 64,
    "a_broken_workbook": b"PK\x03\x04" + b"x" * 100,
    "names_nobody": b"colour,size\nred,4\nblue,5\n",
    "nul_in_cells": b"contact id,name\n1,An\0n\n2,Bob\n",
    "latin": "contact id,name\n1,J\xfcrgen\n2,Ren\xe9e\n".encode("latin-1"),
    "utf16": "contact id,name\n1,Jürgen\n2,Renée\n".encode("utf-16"),
    "broken_utf8": b"contact id,name\n1,J\xc3\n2,\xff\xfe\xc3\x28\n",
    "a_huge_cell": b"contact id,name,note\n1,Ann," + b"x" * 2_000_000 + b"\n2,Bob,y\n",
    "script": b"contact id,name\n1,<script>alert(1)</script>\n2,{{ 7|add:7 }}\n",
    "right_to_left": "contact id,name\n1,\u202egnp.exe\n2,\u05e9\u05dc\u05d5\u05dd\n".encode(),
    "long_header": b"contact id," + b"h" * 5000 + b"\n1,a\n2,b\n",
    "no_rows": b"contact id,name\n",
    "many_columns": (",".join(f"c{n}" for n in range(1200)) + "\n" + ",".join(["1"] * 1200) + "\n").encode(),
    "far_dates": b"contact id,kind,happened at\n1,met,0001-01-01\n1,met,9999-12-31\n2,met,2025-01-01\n",
    "quotes": b'contact id,name\n1,"Ann\n2,Bob\n',
}


@pytest.mark.parametrize(
    "case",
    [pytest.param(one, marks=pytest.mark.one_database) if one == "many_columns" else one for one in HOSTILE],
)
def test_no_file_breaks_the_import(client, funnels, owner, case):
    enter(client, owner)
    answer = client.post(reverse("imports"), {"files": [upload("given.csv", HOSTILE[case])]})
    assert answer.status_code in {302, 422}
    record = Import.objects.first()
    if record is None:
        assert "Nothing was taken in" in answer.content.decode()
        return
    shown = client.get(reverse("import", args=[record.pk]))
    assert shown.status_code == 200
    assert b"<script>alert" not in shown.content
    if client.post(reverse("import-run", args=[record.pk])).status_code == 302:
        work(now)
        record.refresh_from_db()
        assert record.state in {"done", "failed"}
        assert client.get(reverse("import", args=[record.pk])).status_code == 200
    assert not any("\0" in name for name in Contact.objects.values_list("name", flat=True))


@pytest.mark.parametrize("case", ["latin", "utf16"])
def test_names_in_other_encodings_arrive_whole(funnels, owner, case):
    take_in(owner, {"given.csv": HOSTILE[case]})
    assert sorted(Contact.objects.values_list("name", flat=True)) == ["Jürgen", "Renée"]


def test_what_is_no_table_by_its_name_too_large_or_too_many_is_refused(client, owner, monkeypatch):
    enter(client, owner)
    assert client.post(reverse("imports"), {"files": [upload("a.exe", "x")]}).status_code == 422
    assert client.post(reverse("imports")).status_code == 422
    many = [upload(f"{n}.csv", "a,b\n1,2\n") for n in range(21)]
    assert client.post(reverse("imports"), {"files": many}).status_code == 422
    monkeypatch.setattr("leadline.web.actions.importing.uploads.MOST_BYTES", 100)
    answer = client.post(reverse("imports"), {"files": [upload("a.csv", "a,b\n" + "1,2\n" * 100)]})
    assert answer.status_code == 422
    assert not Import.objects.exists()


def test_a_path_in_a_name_leads_nowhere(client, funnels, owner, settings):
    enter(client, owner)
    outside = f"{os.pardir}/{os.pardir}/etc/passwd.csv"
    client.post(reverse("imports"), {"files": [upload(outside, CONTACTS)]})
    name = Import.objects.get().files[0]["name"]
    assert "/" not in name
    assert sorted(path.name for path in settings.MEDIA_ROOT.glob("*/*.csv")) == [UNUSED, name]


def test_the_page_of_an_import_takes_few_queries(
    client, funnels, owner, files, django_assert_max_num_queries
):
    record = take_in(owner, files)
    enter(client, owner)
    with django_assert_max_num_queries(12):
        client.get(reverse("import", args=[record.pk]))
    with django_assert_max_num_queries(12):
        client.get(reverse("imports"))


def test_who_lost_the_right_meanwhile_imports_nothing(client, funnels, people):
    manager = people["manager"]
    enter(client, manager)
    send(client, contacts_csv=CONTACTS)
    client.post(reverse("import-run", args=[Import.objects.get().pk]))
    User.objects.filter(pk=manager.pk).update(role="reader", team=Team.objects.get())
    work(now)
    assert Import.objects.get().state == "failed"
    assert not Contact.objects.exists()


def test_a_touch_of_a_file_says_its_file_and_the_day_that_stands_there(client, funnels, owner):
    owner.zone = "Europe/Berlin"
    owner.save()
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    take_in(
        owner,
        {"met.csv": "name,kind,happened at\nAnn Abel,met,2026-01-04\nAnn Abel,called,2026-01-05 15:30\n"},
    )
    page = client.get(reverse("contact", args=[Contact.objects.get().pk])).content.decode()
    assert "from met.csv, line 2" in page
    assert "4 Jan 2026<" in page
    assert "5 Jan 2026, 15:30" in page


def test_an_id_of_a_shop_is_nobodys_name(funnels, owner):
    take_in(owner, {"contacts.csv": "e-mail,name\nann@x.org,Ann Abel\n"})
    orders = "id,Created,Amount,Currency,Status,Customer ID,Customer Email\n"
    orders += (
        "ch_1,2026-01-04,150.00,eur,Paid,cus_1,ann@x.org\nch_2,2026-01-05,9.00,eur,Paid,cus_2,ann@x.org\n"
    )
    record = take_in(owner, {"payments.csv": orders + "ch_3,2026-01-06,20.00,eur,Paid,cus_3,new@x.org\n"})
    assert record.counts["touches"] == 3
    assert set(Contact.objects.values_list("name", "key")) == {("Ann Abel", "cus_1"), ("new@x.org", "cus_3")}
    assert sum(Touch.objects.filter(contact__name="Ann Abel").values_list("value", flat=True)) == 15_900


def test_each_column_of_a_wide_file_has_its_own_meaning_chosen(client, funnels, owner):
    enter(client, owner)
    names = [f"Answer {number}" for number in range(60)]
    rows = [",".join([f"p{n}@x.example", "2026-01-02", *(f"a{n % 3}" for _ in names)]) for n in range(9)]
    send(client, people_csv="\n".join([",".join(["Mail", "Created", *names]), *rows]) + "\n")
    shown = client.get(reverse("import", args=[Import.objects.get().pk])).content.decode()
    chosen = re.findall(
        r'<select name="means-0-(\d+)".*?<option value="([^"]*)"[^>]* selected>', shown, re.DOTALL
    )
    assert chosen[:2] == [("0", "e-mail"), ("1", "created")]
    assert chosen[2:] == [(str(place), "attribute") for place in range(2, 62)]


def test_a_file_with_more_columns_than_forms_usually_have_fields_can_be_taken_in(client, funnels, owner):
    enter(client, owner)
    send(client, contacts_csv=CONTACTS)
    record = Import.objects.get()
    fields = {f"means-0-{place}": "ignored" for place in range(16_384)}
    assert client.post(reverse("import-run", args=[record.pk]), fields).status_code == 302
    record.refresh_from_db()
    assert record.state == "running"
