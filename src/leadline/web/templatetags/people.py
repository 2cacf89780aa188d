"""How people stand in lists: by name, and row by row. Lists are long, so that these are written at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.db.models import Model
from django.utils.safestring import SafeString

from leadline.web.models import Company, Contact
from leadline.web.templatetags.addresses import address
from leadline.web.templatetags.markup import escaped, fill, fill_each

register = template.Library()
CHIPS = {"client": "chip-good", "left": "chip-warn"}
"""How the stages of a role are marked, where that isn't as most are."""
Row = Iterable[tuple[str, Mapping[str, Any]]]
"""The cells of a row, each with the label of its column."""
_TICK = '<td class="tick"><input type="checkbox" name="id" value="{}" aria-label="Tick {}"></td>'
_ROW = """<tr data-list-row data-href="{}">{}
<th scope="row"><a href="{}">{}</a></th>
{}
</tr>"""


@register.simple_tag
def who(contact: Contact) -> SafeString:
    """Somebody, whose name leads to their page, and their company."""
    named = fill('<a href="{}" data-open>{}</a>', address("contact", contact.pk), contact)
    if not contact.company_id:
        return named
    return fill('{} <span class="muted small">{}</span>', named, contact.company)


@register.simple_tag
def contact_rows(rows: Iterable[tuple[Contact, Row]], may_change: bool) -> SafeString:
    """The rows of a list of contacts, each with its cells (`columns.cells`); `may_change`: to be ticked."""
    each = (_row("contact", one, (_cell(*cell) for cell in row), ticked=may_change) for one, row in rows)
    return SafeString("\n".join(each))


@register.simple_tag
def company_rows(rows: Iterable[tuple[Company, Row]], may_change: bool) -> SafeString:
    """The same of companies (`columns.company_cells`)."""
    told = ((one, (_company_cell(one, *cell) for cell in row)) for one, row in rows)
    return SafeString("\n".join(_row("company", one, cells, ticked=may_change) for one, cells in told))


def _row(room: str, record: Model, cells: Iterable[str], *, ticked: bool) -> SafeString:
    there, name = address(room, record.pk), SafeString(escaped(record))
    tick = fill(_TICK, record.pk, name) if ticked else SafeString()
    return fill(_ROW, there, tick, there, name, SafeString("".join(cells)))


def _company_cell(company: Company, label: str, cell: Mapping[str, Any]) -> SafeString:
    if cell["name"] != "people":
        return fill('<td data-label="{}">{}</td>', label, cell["text"])
    if cell["text"] == "0":
        return fill('<td data-label="{}" class="num">0</td>', label)
    people = '<td data-label="{}" class="num"><a href="{}?all=1&amp;company={}">{}</a></td>'
    return fill(people, label, address("contacts"), company.pk, cell["text"])


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
