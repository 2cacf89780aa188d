"""Fields and companies that Leadline's own exports tell of: declared and made before the people are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.text import slugify

from leadline.web import access
from leadline.web.actions.acting import action, name_of
from leadline.web.actions.fields import declared, read_field
from leadline.web.actions.importing.intake import NAME, Refused, clean
from leadline.web.actions.importing.own_tables import values_of
from leadline.web.errors import Invalid
from leadline.web.models import Company, Field, ImportChange
from leadline.web.refusals import plainly

if TYPE_CHECKING:
    from leadline.web.actions.importing.loading import Load

BATCH = 500
_OF = ("contact", "company")


def declare_own(load: Load) -> None:
    """Declare the fields of the files, with their types, that aren't there yet."""
    there = {(one.of, name) for one in Field.objects.all() for name in (one.name, one.label.casefold())}
    for row in load.own.fields:
        name = slugify(row["name"], allow_unicode=True)[:60]
        label = clean(row["label"] or name, 80)
        known = not name or row["of"] not in _OF or {(row["of"], name), (row["of"], label.casefold())} & there
        if not known:
            choices = values_of(row["choices"])
            sort = row["type"] if row["type"] in Field.Type.values else Field.Type.TEXT
            kept = [str(one)[:200] for one in choices] if isinstance(choices, list) else []
            made = Field.objects.create(of=row["of"], name=name, label=label, type=sort, choices=kept)
            ImportChange.objects.create(of=load.record, record=name_of(made))
            there |= {(made.of, name), (made.of, label.casefold())}


@action
def load_own_companies(load: Load, rows: range) -> None:
    """Make companies that aren't there by their name; those that are stay as they are."""
    load.hold()
    told = {
        clean(one["name"], NAME): one for one in load.own.companies[rows.start : rows.stop] if one["name"]
    }
    there = set(access.companies(load.user).filter(name__in=told).values_list("name", flat=True))
    fields = declared("company")
    fresh = []
    for name, one in told.items():
        if name not in there:
            owner = load.owners.get(one["owner"].casefold()) if load.governs else None
            team = (owner.team if owner else None) or load.user.team
            kept = _fields(load, fields, name, values_of(one["fields"]))
            domain = clean(one["domain"], NAME)
            fresh.append(Company(name=name, domain=domain, owner=owner, team=team, fields=kept))
    Company.objects.bulk_create(fresh, batch_size=BATCH)
    ImportChange.objects.bulk_create([ImportChange(of=load.record, record=name_of(one)) for one in fresh])
    load.come(len(rows))
    load.hold()


def _fields(load: Load, fields: dict[str, Field], name: str, told: Any) -> dict[str, Any]:
    """The fields of a company by their types; one that nobody declared becomes one of text."""
    found = {}
    for one, value in told.items() if isinstance(told, dict) else ():
        if one not in fields:
            plain = slugify(one, allow_unicode=True)[:60] or "field"
            fields[one], made = Field.objects.get_or_create(
                of="company", name=plain, defaults={"label": one[:80]}
            )
            if made:
                ImportChange.objects.create(of=load.record, record=name_of(fields[one]))
        try:
            found[fields[one].name] = read_field(fields[one], str(value))
        except Invalid as refusal:
            load.refused.append(Refused("", 0, plainly(refusal), (name, str(value))))
    return found


def own_batches(count: int) -> Sequence[range]:
    """The companies of each batch."""
    return [range(first, min(first + BATCH, count)) for first in range(0, count, BATCH)]
