"""Every page, wide and light, narrow and dark: clean for axe, a silent console, no scrolling sideways."""

from __future__ import annotations

import re

import pytest
from django.urls import URLResolver, get_resolver
from playwright.sync_api import expect

from tests.browser.axes import axe_finds, settle, shorten
from tests.browser.places import ALONE, NO_PAGES, OF_SECOND_FACTORS, OPENED, OUTSIDE

WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
LOOKS = (("wide, light", WIDE, "light"), ("narrow, dark", NARROW, "dark"))
"""Each width and each theme once: what differs by both is the frame, at which test_keys.py looks."""
PARTS = 6
IN_TURN = [0, pytest.param(1, marks=pytest.mark.nightly)]
"""Each page is looked at in one of LOOKS, the next in the other one; at night it is the other way round."""


def names(resolver, inside=""):
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from names(one, inside + str(one.pattern))
        elif not re.match(r"api/|accounts/(oidc|social|3rdparty)/", inside + str(one.pattern)):
            yield one.name


def test_every_address_is_looked_at_or_said_to_be_no_page(business):
    looked_at = {*ALONE, *OUTSIDE, *OF_SECOND_FACTORS, *shown(business)}
    there = set(names(get_resolver("leadline.web.urls")))
    assert there - looked_at - NO_PAGES == set()
    assert (looked_at | NO_PAGES) - there == {"socialaccount_connections"}


def test_no_address_is_both(business):
    assert not shown(business) & NO_PAGES


def test_pages_for_strangers_are_clean(business, opens):
    paths = [*OUTSIDE.values(), business.places["invitation"], "/nowhere"]
    assert wrong(opens(business.url), {path: path for path in paths}) == {}


@pytest.mark.parametrize("turn", IN_TURN)
@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_clean(desk, business, part, turn):
    paths = sorted(business.places.items())[part::PARTS]
    for place, look in enumerate(LOOKS):
        some = paths[(place + turn) % len(LOOKS) :: len(LOOKS)]
        assert wrong(desk, dict(some), [look]) == {}


@pytest.mark.parametrize("name", OPENED)
def test_what_opens_on_a_page_is_clean(desk, business, name):
    place, keys = OPENED[name]
    desk.goto(business.places[place])
    for key in keys:
        desk.keyboard.press(key)
    expect(desk.locator("dialog[open], details[open] form").first).to_be_visible()
    assert axe_finds(desk) == []


def shown(business):
    return {name.split()[0] for name in business.places}


def wrong(page, paths, looks=LOOKS):
    """What is wrong with pages, by name and look."""
    found = {}
    for name, path in paths.items():
        page.goto(path)
        settle(page)
        said = {look: too_wide(page, size) for look, size, _ in looks}
        shorten(page)
        for look, size, theme in looks:
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            said[look] += axe_finds(page)
        found |= {f"{name}, {look}": one for look, one in said.items() if one}
    return found


def too_wide(page, size):
    page.set_viewport_size(size)
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [f"{wider} px too wide"] if wider > 0 else []
