"""Markup filled in: the same that Django makes of it."""

from __future__ import annotations

import pytest
from django.utils.functional import lazystr
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from leadline.web.templatetags.markup import fill, fill_each

VALUES = ("<b>“Prado” & 'sons' \"</b>", SafeString("<i>kept</i>"), None, 12, lazystr("<u>"))


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_what_is_filled_in_is_escaped_as_django_does(value):
    assert fill('<p title="{}">{}</p>', value, 1) == format_html('<p title="{}">{}</p>', value, 1)
    assert isinstance(fill("{}", value), SafeString)


def test_rows_are_filled_in_one_after_the_other():
    rows = [(value, place) for place, value in enumerate(VALUES)]
    assert fill_each("<p>{}{}</p>", rows) == format_html_join("", "<p>{}{}</p>", rows)
