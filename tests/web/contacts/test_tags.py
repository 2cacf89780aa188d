"""The words that somebody may choose from are those with which contacts are marked that they see."""

from __future__ import annotations

import pytest

from leadline.web import access, listing
from leadline.web.actions import contacts, merging
from leadline.web.actions.several import to_owner
from leadline.web.filters import Filters
from leadline.web.models import Contact, Mark, Tag
from tests.rows import kept
from tests.web.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@kept
def marked(crew, actor) -> dict[str, Contact]:
    """Contacts by the one word with which each is marked; a word is marked on nobody."""
    whose = {
        "member's": (crew["member"], crew["member"].team),
        "team's": (crew["manager"], crew["member"].team),
        "nobody's": (None, None),
        "of a team of nobody": (None, crew["stranger"].team),
        "stranger's": (crew["stranger"], crew["stranger"].team),
    }
    Tag.objects.create(name="unused")
    made = {}
    for word, (owner, team) in whose.items():
        made[word] = Contact.objects.create(name=word, owner=owner, team=team)
        contacts.set_tags(actor, made[word], [word])
    return made


def words(user) -> set[str]:
    """What somebody may choose from."""
    return set(access.tags(type(user).objects.get(pk=user.pk)).values_list("name", flat=True))


@pytest.mark.parametrize("sharing", [False, True])
def test_of_each_role_the_words_are_those_of_whom_they_see(sharing, crew, marked):
    team = crew["member"].team
    team.shares = sharing
    team.save()
    assert words(crew["owner"]) == {*marked, "unused"}
    assert words(crew["manager"]) == {"member's", "team's", "nobody's"}
    assert words(crew["member"]) == ({"member's", "team's"} if sharing else {"member's"})
    assert words(crew["stranger"]) == {"stranger's"}


def test_a_word_goes_with_whoever_it_is_on_and_with_the_mark(crew, marked, actor):
    one = marked["stranger's"]
    contacts.change_contacts(actor, [one.pk], to_owner(crew["member"], crew["member"].team))
    assert "stranger's" in words(crew["member"])
    assert words(crew["stranger"]) == set()
    contacts.set_tags(actor, one, [])
    assert words(crew["member"]) == {"member's"}


def test_whoever_was_merged_into_another_shows_no_word(crew, marked, actor):
    merging.merge_contacts(actor, marked["member's"], marked["stranger's"])
    assert words(crew["stranger"]) == set()
    assert words(crew["member"]) == {"member's", "stranger's"}
    marked["stranger's"].refresh_from_db()
    merging.part_contacts(actor, marked["stranger's"])
    assert words(crew["stranger"]) == {"stranger's"}
    assert words(crew["member"]) == {"member's"}


def test_however_a_mark_is_made_it_carries_whose_the_contact_is(crew, marked):
    word = Tag.objects.create(name="by hand")
    there = marked["stranger's"]
    there.tags.add(word)
    mark = Mark.objects.get(tag=word)
    assert (mark.owner, mark.team) == (crew["stranger"], crew["stranger"].team)
    Mark.objects.filter(pk=mark.pk).update(contact=marked["nobody's"])
    mark.refresh_from_db()
    assert (mark.owner_id, mark.team_id) == (None, None)


@pytest.mark.parametrize("many", [0, 1, 4000])
@pytest.mark.parametrize("order", ["last", "name"])
def test_a_list_by_a_word_has_each_of_whom_somebody_sees(many, order, crew, marked, actor, monkeypatch):
    monkeypatch.setattr("leadline.web.filters.LISTED", many)
    monkeypatch.setattr("leadline.web.filters.FEW", max(many, 10))
    numbers = [one.pk for one in marked.values()]
    contacts.change_contacts(actor, numbers, {"do": "tags", "add": "everybody", "remove": ""})
    theirs = {
        "owner": set(marked),
        "manager": {"member's", "team's", "nobody's"},
        "member": {"member's"},
        "stranger": {"stranger's"},
    }
    for role, wanted in theirs.items():
        user = type(crew[role]).objects.get(pk=crew[role].pk)
        sought = Filters.of({"tag": "everybody"}).sought(user, NOW, order=order)
        assert set(listing.turn(sought, order).numbers) == {marked[word].pk for word in wanted}
        assert listing.count(sought) == (len(wanted), True)
    theirs = Filters.of({"tag": "everybody", "owner": str(crew["stranger"].pk)})
    assert listing.turn(theirs.sought(crew["member"], NOW), "last").numbers == []


def test_one_question_tells_the_words_however_many_there_are(crew, marked, actor, django_assert_num_queries):
    contacts.set_tags(actor, marked["member's"], [f"word {n}" for n in range(50)])
    user = type(crew["manager"]).objects.select_related("team").get(pk=crew["manager"].pk)
    with django_assert_num_queries(1):
        assert access.tags(user).count() == 52
