"""What a process loads before it is asked for anything, and that it asks the database for none of it."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest
from django.core.signals import request_finished
from django.template import engines
from django.urls import clear_url_caches

from leadline.web.serving import warming
from leadline.web.serving.warming import REPORTS, start_answers, warm_up, warm_up_later


@pytest.fixture
def cold():
    """The loader of a process that has loaded no template and knows no address."""
    clear_url_caches()
    loader = engines["django"].engine.template_loaders[0]
    loader.reset()
    return loader


def test_templates_and_addresses_are_there_before_the_first_request(cold):
    """Without a mark for the database a test that asks it anything fails."""
    start_answers()
    there = {getattr(one, "name", None) for one in cold.get_template_cache.values()}
    assert {"web/base.html", "web/contacts/list.html", "web/parts/error.html", "account/login.html"} <= there


class Round:
    """Something that refers to itself, and is let go by nobody but the collector."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def warm(cold):
    """A process that has warmed up; afterwards garbage is looked for as it was before."""
    usual = gc.get_threshold()
    try:
        warm_up(*REPORTS, start_answers)
        yield
    finally:
        request_finished.disconnect(dispatch_uid="garbage")
        gc.set_threshold(*usual)
        gc.unfreeze()


def test_what_is_there_is_looked_through_for_garbage_no_more_and_what_comes_is(warm):
    assert gc.get_freeze_count() > 50_000
    Round()
    assert gc.collect() >= 1


@pytest.mark.django_db  # connections that are there are looked at, too
def test_what_a_page_makes_is_looked_through_once_it_is_sent_and_not_before(warm):
    looks = []
    left = weakref.ref(Round())
    gc.callbacks.append(lambda _, told: looks.append(told["generation"]))
    try:
        page = [[number] for number in range(40_000)]  # more than any page is made of
        assert (looks, left() is None) == ([], False)
        del page
        request_finished.send(None)
        assert (set(looks), left()) == ({0}, None)
        for _ in range(warming.WHOLE_EVERY):
            request_finished.send(None)
        assert set(looks) == {0, 2}
    finally:
        gc.callbacks.pop()


@pytest.mark.parametrize(("said", "warmed"), [("", ["a step"]), ("0", ["a step"]), ("1", [])])
def test_where_the_environment_wants_a_cold_start_nothing_is_loaded_before_it_is_needed(
    monkeypatch, said, warmed
):
    monkeypatch.setenv("LEADLINE_COLD", said)
    monkeypatch.setattr(warming, "QUIET", 0)
    monkeypatch.setattr(warming, "_keep", lambda: None)
    found = []
    warm_up_later(lambda: found.append("a step"))
    for thread in threading.enumerate():
        if thread.name == "warm-up":
            thread.join()
    assert found == warmed
