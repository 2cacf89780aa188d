"""Rows that several tests begin with are made once, and stay while the tests that follow ask for them.

Django's `TestCase.setUpTestData` does this for a class; here it is each fixture that says so. Every kept
fixture has a savepoint of its own, in the order in which they were made, and the test has one above them
all. Of what the test before began with, the lowest stay that this test asks for as well; the others are
undone, and made anew where it asks for them. So a test finds what it asks for and nothing else, in whatever
order tests run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from copy import deepcopy
from functools import wraps
from itertools import takewhile
from typing import Any

import pytest
from django.db import connection
from django.test import TestCase

Make = Callable[..., Any]


def kept(make: Make) -> Any:
    """A fixture whose rows are kept for the tests that follow: each has copies of its own of what it gave.

    It may ask for kept fixtures, and for those that need no database; these are set up for every test, before
    those that a room sets up by itself.
    """

    @wraps(make)
    def given(**parts: Any) -> Any:
        return ROWS.take(given, lambda: make(**parts))

    KEPT.add(given)
    return pytest.fixture(given)


def asked(item: Any) -> dict[str, Make]:
    """The kept fixtures that a test asks for, each by its name there."""
    known = item._fixtureinfo.name2fixturedefs  # noqa: SLF001 -- pytest says nowhere else whose a name is
    return {name: found[-1].func for name, found in known.items() if found[-1].func in KEPT}


class Rows:
    """The rows that are kept, in layers: each lies on those that were made before it."""

    def __init__(self) -> None:
        self.layers: dict[Make, dict[str, Any]] = {}  # the savepoint of each fixture, the lowest first
        self.given: dict[Make, dict[Make, Any]] = {}  # once it was made, what it and those below it had given
        self.copies: dict[Make, Any] = {}  # the same, for the test that runs
        self.open = False

    def begin(self, wanted: Collection[Make]) -> None:
        """Undo what a test doesn't ask for; what is made from now on, until `close`, is kept."""
        lost = connection.closed_in_transaction
        stay = list(takewhile(lambda one: one in wanted and one in self.given and not lost, self.layers))
        for one in reversed(list(self.layers)[len(stay) :]):
            TestCase._rollback_atomics(self.layers.pop(one))  # noqa: SLF001 -- as for Django's own classes
            self.given.pop(one, None)
        self.copies = deepcopy(self.given[stay[-1]]) if stay else {}
        self.open = True

    def take(self, fixture: Make, make: Callable[[], Any]) -> Any:
        """What a fixture gives to the test that runs."""
        if fixture in self.copies:
            return self.copies[fixture]
        if not self.open:
            return make()
        self.layers[fixture] = TestCase._enter_atomics()  # noqa: SLF001
        self.copies[fixture] = make()
        self.given[fixture] = deepcopy(self.copies)
        return self.copies[fixture]

    def close(self) -> None:
        """What is made from now on is the test's alone."""
        self.open = False


KEPT: set[Make] = set()
ROWS = Rows()
