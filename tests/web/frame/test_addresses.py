"""Addresses of pages that are looked up once: they are those that Django says, whatever is asked first."""

from __future__ import annotations

import pytest
from django.urls import NoReverseMatch, reverse

from leadline.web.templatetags.addresses import address

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("today", []),
        ("contact", [7]),
        ("contact", [10**9]),
        ("contact", [2**40]),
        ("board_move", [1]),
        ("touch-back", [7, 7]),
        ("touch-back", [12, 345]),
        ("put_off", ["ask", 12]),
        ("put_off", ["step", 3]),
    ],
)
def test_an_address_is_what_django_says(name, given):
    assert address(name, *given) == reverse(name, args=given)


def test_a_page_that_is_not_there_has_no_address():
    with pytest.raises(NoReverseMatch):
        address("nowhere")
    with pytest.raises(NoReverseMatch):
        address("contact")
