"""Companies: to make and change them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from leadline.web import access
from leadline.web.actions import profiles
from leadline.web.actions.acting import Actor, Change, action, note_change, note_changes
from leadline.web.actions.contacts import MOST_AT_ONCE, kept_by
from leadline.web.actions.fields import read_fields, without_blanks
from leadline.web.actions.texts import tidy_columns
from leadline.web.errors import Conflict, Invalid
from leadline.web.models import Company, Team, User


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
def assign_companies(actor: Actor, companies: Iterable[int], owner: User | None, team: Team | None) -> int:
    """Give many companies to somebody and their team; for how many that changed something."""
    numbers, after = sorted(set(companies)), kept_by(owner, team)
    if not 1 <= len(numbers) <= MOST_AT_ONCE:
        raise Invalid(
            "Several companies were to change",
            found=f"{len(numbers):,} companies",
            allowed=f"1 to {MOST_AT_ONCE:,} at once",
        )
    changed: list[Change] = []
    for low in range(0, len(numbers), 500):
        part = Company.objects.select_for_update(of=("self",)).filter(pk__in=numbers[low : low + 500])
        told = {one: kept_by(one.owner, one.team) for one in part.select_related("owner", "team")}
        changed += [(one, before, after) for one, before in told.items() if before != after]
        Company.objects.filter(pk__in=numbers[low : low + 500]).update(owner=owner, team=team)
    note_changes(actor, "company.changed", changed)
    return len(changed)


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
