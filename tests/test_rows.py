"""What a fixture made is kept for the next test, and no test sees what another did."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import connection
from django.test import TestCase

from leadline.web.models import Team, User
from tests.rows import Rows, kept

pytestmark = pytest.mark.django_db


@kept
def north():
    return Team.objects.create(name="North")


@kept
def ada(north):
    north.shares = True
    north.save()
    return User.objects.create_user("ada@example.org", None, role="owner", team=north)


@pytest.mark.parametrize("turn", range(3))
def test_what_a_test_did_is_undone_in_its_rows_and_in_its_copies(north, turn):
    assert (north.name, north.shares, Team.objects.get().name) == ("North", False, "North")
    north.name, north.shares = f"{turn}", True
    north.save()
    Team.objects.create(name="South")


@pytest.mark.parametrize("turn", range(3))
def test_copies_are_of_each_other_as_what_was_made_is(ada, north, turn):
    assert ada.team is north
    assert (north.shares, Team.objects.get().shares) == (True, True)
    ada.delete()
    Team.objects.create(name=f"{turn}")


class TestOfDjango(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.team = Team.objects.create(name="South")

    def test_a_class_of_django_finds_its_own_rows_only(self):
        assert Team.objects.get() == self.team


@pytest.mark.parametrize("turn", range(2))
def test_what_nobody_asked_for_is_not_there(turn):
    assert not Team.objects.exists()
    Team.objects.create(name=f"{turn}")


@pytest.mark.django_db(transaction=True)
def test_a_test_without_a_transaction_makes_its_own(ada):
    assert not connection.in_atomic_block
    assert Team.objects.get() == ada.team


class Kept:
    """Kept rows: a team by each name that a test asks for."""

    def __init__(self):
        self.rows, self.made = Rows(), Counter()

    def ask(self, *names):
        self.rows.begin(names)
        for name in names:
            self.rows.take(name, lambda name=name: self.make(name))
        self.rows.close()
        return sorted(Team.objects.values_list("name", flat=True))

    def make(self, name):
        self.made[name] += 1
        if name == "bad":
            raise ValueError(name)
        return Team.objects.create(name=name)


def test_rows_stay_while_they_are_asked_for():
    some = Kept()
    for asked in ("ab", "abc", "cba", "ab"):
        assert some.ask(*asked) == sorted(asked)
    assert some.made == {"a": 1, "b": 1, "c": 1}
    assert some.ask("a", "c") == ["a", "c"]  # b lay on a
    assert some.ask("b") == ["b"]
    assert some.made == {"a": 1, "b": 2, "c": 2}
    assert some.ask() == []


def test_what_could_not_be_made_leaves_nothing():
    some = Kept()
    with pytest.raises(ValueError, match="bad"):
        some.ask("a", "bad")
    assert some.ask("a") == ["a"]
    assert some.made["a"] == 1
    assert some.ask() == []
