"""Drawings as whoever looks reads them: kept once for all, with their figures and months written for each.

What is a name stays as it is: a path called “Web 2.0” has no figure in it.
"""

from __future__ import annotations

import html
import re
from datetime import date

from django import template
from django.utils.safestring import SafeString

from leadline.web.templatetags.words import FIGURE, day_of_year, month, rewritten, said, unbroken

register = template.Library()
_PIECE = re.compile(r"(<(title|desc|text|tspan)\b[^>]*>)([^<]+)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATED = re.compile(rf"(?:(\d\d?) )?({'|'.join(_MONTHS)})")
_LEADS = re.compile(r"(?:^|\b(?:of|about|under|over|between|and|to)\s|[·:(–+−]\s?)$")
"""What stands before a figure in a label: nothing, or a word or sign that leads to one."""
_A_LEAP_YEAR = 2024


@register.filter
def read(drawn: str) -> SafeString:
    """A drawing of ours with the figures and months of its labels and sentences as the reader writes them."""
    return SafeString(_PIECE.sub(_written, drawn))


def _written(found: re.Match[str]) -> str:
    text = html.unescape(found[3])
    sentence = found[2] in ("title", "desc")
    return found[1] + html.escape(said(text) if sentence else _labelled(text), quote=False)


def _labelled(text: str) -> str:
    if dated := _DATED.fullmatch(text):
        day = date(_A_LEAP_YEAR, _MONTHS.index(dated[2]) + 1, int(dated[1] or 1))
        return day_of_year(day) if dated[1] else month(day)
    return unbroken(
        FIGURE.sub(lambda one: rewritten(one) if _LEADS.search(text[: one.start()]) else one[0], text)
    )
