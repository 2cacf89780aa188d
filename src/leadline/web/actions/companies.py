"""Companies: to make and change them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from leadline.web import access
from leadline.web.actions import profiles
from leadline.web.actions.acting import Actor, action, note_change
from leadline.web.actions.fields import read_fields, without_blanks
from leadline.web.actions.several import change_several
from leadline.web.actions.texts import tidy_columns
from leadline.web.errors import Conflict, Invalid
from leadline.web.models import Company


@action
def create_company(actor: Actor, name: str, **columns: Any) -> Company:
    """Record an organisation. Raises Conflict where they see one of that name already."""
    columns = tidy_columns(Company, {"name": name, **columns})
    _check_name(actor, columns["name"])
    if "owner" not in columns and actor.user is not None:
        columns |= {"owner": actor.user, "team": actor.user.team}
    columns["fields"] = without_blanks(read_fields("company", columns.get("fields", {})))
    company = Company.objects.create(**columns)
    note_change(actor, "company.made", company, {}, _said(company))
    return company


@action
def edit_company(actor: Actor, company: Company, **columns: Any) -> Company:
    """Change what is known of a company; `fields` holds those to change."""
    company.refresh_from_db(from_queryset=Company.objects.select_for_update())
    before, columns = _said(company), tidy_columns(Company, columns)
    if "name" in columns:
        _check_name(actor, columns["name"], company)
    if "fields" in columns:
        columns["fields"] = without_blanks(company.fields | read_fields("company", columns["fields"]))
    for name, value in columns.items():
        setattr(company, name, value)
    company.save(update_fields=list(columns))
    if (after := _said(company)) != before:
        note_change(actor, "company.changed", company, before, after)
        profiles.follow(actor, company.contacts.values_list("pk", flat=True))
    return company


@action
def change_companies(actor: Actor, companies: Iterable[int], change: Mapping[str, Any]) -> int:
    """Do with many companies what `several` says; of how many that changed something."""
    return change_several(actor, "company", companies, change)


def _check_name(actor: Actor, name: str, company: Company | None = None) -> None:
    if not name:
        raise Invalid("A company needs its name", found="nothing", allowed="a name", field="name")
    seen = Company.objects.all() if actor.user is None else access.companies(actor.user)
    same = seen.filter(name_small=name.lower())
    if (same.exclude(pk=company.pk) if company else same).exists():
        asked = f"The company “{name}” was to be recorded"
        raise Conflict(asked, found="one of that name", field="name")


def _said(company: Company) -> dict[str, Any]:
    fields = {f"field {name}": value for name, value in company.fields.items()}
    whose = {name: str(getattr(company, name) or "") for name in ("owner", "team")}
    numbers = {"owner_id": company.owner_id, "team_id": company.team_id}
    return {"name": company.name, "domain": company.domain, **whose, **numbers, **fields}
