"""Whose new contacts become of whom the files name nobody: said before the import, done, told, taken back."""

from __future__ import annotations

import pytest
from django.urls import reverse

from leadline.engine.importers import Mapping
from leadline.web import access
from leadline.web.actions.acting import Actor
from leadline.web.actions.importing import imports, loading, parts, proposals, uploads
from leadline.web.errors import Invalid
from leadline.web.jobs.worker import Worker, now
from leadline.web.models import AuditEntry, Contact, Import, Team, User
from leadline.web.refusals import plainly
from tests.web.conftest import NOW
from tests.web.importing.conftest import take_in, undo, upload, work
from tests.web.importing.test_pages import enter, send
from tests.web.importing.test_paths import answer

pytestmark = pytest.mark.django_db
PEOPLE = "key,name,owner\n" + "".join(f"k{n},Person {n},{'Sam' if n == 2 else ''}\n" for n in range(8))


@pytest.fixture
def west(db):
    """A team of Rita and Tom, who sell, and Uta, who only reads; Sam is of the East, Zoe was let go."""
    west, east = (Team.objects.create(name=name) for name in ("West", "East"))
    for name, team, role in (
        ("Rita", west, "member"),
        ("Tom", west, "member"),
        ("Uta", west, "reader"),
        ("Sam", east, "member"),
        ("Zoe", west, "member"),
    ):
        User.objects.create_user(
            f"{name}@example.org", None, role=role, name=name, team=team, is_active=name != "Zoe"
        )
    return west


def whose():
    return {one.key: one.owner and one.owner.name for one in Contact.objects.select_related("owner")}


def test_new_contacts_are_shared_out_in_turn_and_nobody_loses_whom_they_have(client, funnels, owner, west):
    Contact.objects.create(key="k5", name="Person 5", owner=owner)
    Contact.objects.create(key="k6", name="Person 6")
    enter(client, owner)
    send(client, people_csv=PEOPLE)
    record = Import.objects.get()
    shown = client.get(reverse("import", args=[record.pk])).content.decode()
    assert '<option value="team:West">West: Rita, Tom</option>' in shown
    assert '<option value="sam@example.org">Sam</option>' in shown
    assert "Zoe" not in shown
    assert '<option value="team:East"' not in shown, "one person takes no turns"
    answer(client, record, owner="team:west")
    work(now)
    assert whose() == {
        "k0": "Rita", "k1": "Tom", "k2": "Sam", "k3": "Rita",
        "k4": "Tom", "k5": "Ada", "k6": None, "k7": "Rita",
    }  # fmt: skip
    assert set(Contact.objects.filter(owner__name="Tom").values_list("team__name", flat=True)) == {"West"}
    told = client.get(reverse("import", args=[record.pk])).content.decode()
    assert "Where the files named no owner among you: 3 for Rita, 2 for Tom." in told
    assert AuditEntry.objects.get(action="import.done").after["given_to"] == (
        "rita@example.org (3) and tom@example.org (2)"
    )
    answer(client, record, "undo")
    work(now)
    assert whose() == {"k5": "Ada", "k6": None}


def test_what_was_said_stays_when_the_columns_are_looked_at_again(client, funnels, owner, west):
    enter(client, owner)
    send(client, people_csv=PEOPLE)
    record = Import.objects.get()
    answer(client, record, "meanings", owner="sam@example.org")
    assert (
        '<option value="sam@example.org" selected>'
        in client.get(reverse("import", args=[record.pk])).content.decode()
    )
    answer(client, record, "meanings", date_order="dmy")
    answer(client, record)
    work(now)
    assert set(whose().values()) == {"Sam"}


def test_me_is_whoever_imports_and_nobody_is_what_it_is_otherwise(funnels, owner, west):
    assert take_in(owner, {"a.csv": PEOPLE}, Mapping(owner="me")).mapping["owner"] == "ada@example.org"
    assert whose() == {f"k{n}": "Sam" if n == 2 else "Ada" for n in range(8)}
    for said in ("none", "", None):
        record = take_in(owner, {"b.csv": "key,name\nz1,Zed\n"}, Mapping(owner=said))
        assert (whose()["z1"], record.counts["given"]) == (None, {})
        undo(owner, record)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("zoe@example.org", "“zoe@example.org”"),
        ("Rita", "the e-mail of somebody who works here"),
        ("team:Wist", "Did you mean “West”?"),
        ("team:Empty", "nobody of Empty may change contacts"),
    ],
)
def test_who_cannot_be_given_contacts_is_said_and_nothing_is_taken_in(funnels, owner, west, said, why):
    Team.objects.create(name="Empty")
    with pytest.raises(Invalid) as refused:
        take_in(owner, {"people.csv": PEOPLE}, Mapping(owner=said))
    assert why in plainly(refused.value)
    assert not Import.objects.exists()


def test_whoever_was_let_go_before_the_import_starts_gets_nobody(client, funnels, owner, west):
    enter(client, owner)
    send(client, people_csv=PEOPLE)
    record = Import.objects.get()
    answer(client, record, "meanings", owner="sam@example.org")
    User.objects.filter(name="Sam").update(is_active=False)
    told = client.post(reverse("import-run", args=[record.pk]))
    assert (told.status_code, "sam@example.org" in told.content.decode()) == (422, True)
    record.refresh_from_db()
    assert record.state == "proposed"


def test_alone_nobody_is_asked_whose_people_are(client, funnels, owner):
    enter(client, owner)
    send(client, people_csv=PEOPLE)
    assert (
        "Whose are these people?"
        not in client.get(reverse("import", args=[Import.objects.get().pk])).content.decode()
    )


@pytest.mark.parametrize("mark", ["k{}", "k{}@x.org"])
def test_an_import_that_goes_on_after_a_crash_takes_turns_where_it_was(funnels, west, monkeypatch, mark):
    """The manager sees none of those that were given to the East: they are those of this import still."""
    east = Team.objects.get(name="East")
    User.objects.create_user("tim@example.org", None, role="member", name="Tim", team=east)
    boss = User.objects.create_user("mona@example.org", None, role="manager", name="Mona", team=west)
    monkeypatch.setattr(parts, "PEOPLE", 3)
    finish, cuts = imports.finish, iter([True])

    def cut_off(load, unused):
        if next(cuts, False):
            raise OSError("the worker is gone")
        finish(load, unused)

    monkeypatch.setattr(imports, "finish", cut_off)
    rows = "".join(f"{mark.format(n)},Person {n}\n" for n in range(8))
    folder, kept = uploads.keep([upload("people.csv", f"who,name\n{rows}")])
    look = proposals.look(boss, folder, kept, Mapping(owner="team:East"), NOW)
    record = imports.propose(Actor.of(boss, NOW), folder, kept, look)
    imports.start(Actor.of(boss, NOW), record)
    told, load_people = [], loading.load_people

    def look_on(load, part):
        told.append(Import.objects.get(pk=record.pk).done)
        load_people(load, part)

    monkeypatch.setattr(loading, "load_people", look_on)
    Worker(lambda: NOW).run_dry(5)
    Worker(lambda: NOW + 10**10).run_dry(5)
    record.refresh_from_db()
    assert told == [0, 3, 6, 8, 8, 8], "whoever watches sees no step back"
    assert (record.done, record.total) == (8, 8)
    assert (record.state, record.counts["contacts"], record.counts["refused"]) == ("done", 8, 0)
    assert record.counts["given"] == {"sam@example.org": 4, "tim@example.org": 4}
    assert sorted(whose().values()) == ["Sam"] * 4 + ["Tim"] * 4
    assert not access.contacts(boss).exists()
