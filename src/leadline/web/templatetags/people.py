"""How people stand in lists: by name, and row by row. Lists are long, so that these are written at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString

from leadline.web.models import Contact
from leadline.web.templatetags.addresses import address
from leadline.web.templatetags.markup import fill, fill_each

register = template.Library()
CHIPS = {"client": "chip-good", "left": "chip-warn"}
"""How the stages of a role are marked, where that isn't as most are."""


@register.simple_tag
def who(contact: Contact) -> SafeString:
    """Somebody, whose name leads to their page, and their company."""
    named = fill('<a href="{}" data-open>{}</a>', address("contact", contact.pk), contact)
    if not contact.company_id:
        return named
    return fill('{} <span class="muted small">{}</span>', named, contact.company)


@register.simple_tag
def cells(row: Iterable[tuple[str, Mapping[str, Any]]]) -> SafeString:
    """The cells of a contact (`columns.cells`), each with the label of its column."""
    return SafeString("".join(_cell(label, one) for label, one in row))


def _cell(label: str, cell: Mapping[str, Any]) -> SafeString:
    if cell["chips"]:
        chips = fill_each('<span class="chip">{}</span> ', ((word,) for word in cell["chips"]))
        return fill('<td class="words">{}</td>', chips)
    if cell["means"]:
        step = fill(' <span class="small muted">{}</span>', cell["step"]) if cell["step"] else ""
        chip = CHIPS.get(cell["role"], "chip-accent")
        stage = '<td><span class="chip {}" title="{}">{}</span>{}</td>'
        return fill(stage, chip, cell["means"], cell["text"], step)
    if cell["company"]:
        there = address("company", cell["company"])
        return fill('<td><a href="{}">{}</a></td>', there, cell["text"])
    plain = '<span class="muted">{}</span>' if cell["name"] == "stage" else "{}"
    return fill(f'<td data-label="{{}}">{plain}</td>', label, cell["text"])
