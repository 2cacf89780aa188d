"""Drawings in the figures and months of whoever looks; names in them stay."""

from __future__ import annotations

import pytest

from leadline.web.templatetags.pictures import read
from leadline.web.templatetags.words import LOCALE

DRAWN = (
    '<svg><title id="a">1,234.5 EUR of “Web 2.0” since 22 November 2026</title><desc>0.5 % &amp; more</desc>'
    '<text x="1,234.5">%s</text></svg>'
)


@pytest.fixture
def reader():
    tokens = []
    yield lambda name: tokens.append(LOCALE.set(name))
    for token in reversed(tokens):
        LOCALE.reset(token)


@pytest.mark.parametrize(
    ("label", "told"),
    [
        ("1,000", "1.000"),
        ("0.5 %", "0,5\u00a0%"),
        ("0 % of 1,088", "0\u00a0% of 1.088"),
        ("1,443 of about 2,175", "1.443 of about 2.175"),
        ("4,238 · 51 % of “opportunity”", "4.238 · 51\u00a0% of “opportunity”"),
        ("1.2 million", "1,2 million"),
        ("between 1.5 and 2.5", "between 1,5 and 2,5"),
        ("Web 2.0", "Web 2.0"),
        ("v1.2", "v1.2"),
        ("Mar", "Mär"),
        ("28 Nov", "28. Nov."),
        ("March Ltd", "March Ltd"),
        ("2026", "2026"),
        ("a &lt; b &amp; 1,000", "a &lt; b &amp; 1,000"),
    ],
)
def test_a_german_reads_the_labels_of_a_drawing(reader, label, told):
    reader("de")
    assert f">{told}</text>" in read(DRAWN.replace("%s", label))


def test_sentences_are_written_anew_and_what_is_drawn_stays(reader):
    reader("de")
    found = read(DRAWN.replace("%s", "1,000"))
    assert '<title id="a">1.234,5\u00a0EUR of “Web 2.0” since 22 November 2026</title>' in found
    assert "<desc>0,5\u00a0% &amp; more</desc>" in found
    assert 'x="1,234.5"' in found


def test_for_english_only_the_spaces_before_units_are_made_firm(reader):
    reader("en-gb")
    assert read(DRAWN.replace("%s", "1,000")).replace("\u00a0", " ") == DRAWN.replace("%s", "1,000")
