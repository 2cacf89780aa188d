"""What axe is shown of a long list: all that differs, and three of each that are alike."""

from __future__ import annotations

import pytest

from tests.browser.axes import axe_finds, shorten

ALIKE = "".join(f'<li class="card"><a href="/contacts/{n}/">Contact {n}</a></li>' for n in range(9))
PAGE = '<html lang="en"><title>A list</title><body><main><h1>A list</h1><ul>{}</ul></main></body></html>'


@pytest.mark.parametrize(
    ("odd", "rule"),
    [
        ('<li class="card"><a href="/contacts/9/"></a></li>', "link-name"),
        ('<li class="card"><a href="/contacts/9/"><img src="data:," alt=""></a></li>', "link-name"),
        ('<li class="card"><a href="/contacts/9/" role="nothing">Contact 9</a></li>', "aria-roles"),
        ('<li class="card"><a href="/contacts/9/" aria-label="">Contact 9</a><input></li>', "label"),
        ('<div class="card"><a href="/contacts/9/">Contact 9</a></div>', "list"),
    ],
)
def test_of_a_list_whatever_is_unlike_the_others_is_found(opens, odd, rule):
    page = opens("about:blank")
    page.set_content(PAGE.format(ALIKE))
    assert axe_finds(page) == []
    page.set_content(PAGE.format(ALIKE + odd))
    shorten(page)
    assert page.locator("ul > *").count() == 3 + 1
    assert rule in [one.partition(":")[0] for one in axe_finds(page)]


def test_what_is_wrong_with_all_of_them_is_found(opens):
    page = opens("about:blank")
    page.set_content(PAGE.format(ALIKE.replace("<a", '<a style="color: #eee"')))
    shorten(page)
    (found,) = axe_finds(page)
    assert found.startswith("color-contrast: ")
    assert found.count("/contacts/") == 3
