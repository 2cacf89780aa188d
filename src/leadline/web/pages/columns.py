"""The columns that a list of contacts or companies can have, and what stands in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import Any

from django.db.models import QuerySet, Value

from leadline.engine.funnel import Funnel
from leadline.engine.instants import to_instant
from leadline.web import together
from leadline.web.among import among, as_told
from leadline.web.filters import OWN
from leadline.web.models import Address, Company, Contact, Field, Mark, Standing, User
from leadline.web.pages.dates import day_said
from leadline.web.together import Place

LABELS: dict[str, dict[str, str]] = {
    "contact": {
        "company": "Company",
        "job_title": "Job title",
        "stage": "Stage",
        "since": "Since",
        "last": "Last touch",
        "path": "Path",
        "owner": "Owner",
        "team": "Team",
        "tags": "Tags",
        "email": "E-mail",
        "phone": "Phone",
    },
    "company": {"domain": "Domain", "people": "People", "owner": "Owner", "team": "Team", "made": "Recorded"},
}
USUAL = {
    "contact": ("company", "stage", "last", "path", "owner", "tags"),
    "company": ("domain", "people", "owner"),
}
PARTS = {
    "tags": "tags",
    "email": "addresses",
    "phone": "addresses",
    "stage": "standings",
    "since": "standings",
}
"""What hangs on a contact and stands in a column."""
READ: dict[str, tuple[str, ...]] = {
    "company": ("company__name",),
    "job_title": ("job_title",),
    "last": ("last_touch_at",),
    "path": ("path",),
    "owner": ("owner__name", "owner__email"),
    "team": ("team__name",),
}
"""What of a contact, and of whom or what it belongs to, a column reads besides its name."""
_MORE: dict[str, Any] = dict.fromkeys(("chips", "means", "step", "role", "company"))
"""What most cells have nothing of: a template looks long for what isn't there, or asks long what is."""


def known(fields: Iterable[Field], of: str = "contact") -> dict[str, str]:
    """Every column by name, with its label; own fields as `field.NAME`."""
    return LABELS[of] | {f"{OWN}{one.name}": one.label for one in fields}


def offered(every: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    """Every column with its label, and whether it is a field of one's own."""
    return [(name, label, name.startswith(OWN)) for name, label in every.items()]


def chosen(asked: Sequence[str], every: Mapping[str, str], of: str = "contact") -> dict[str, str]:
    """The columns that were asked for, in the order of the list; the usual ones where none was."""
    picked = [name for name in every if name in asked] or USUAL[of]
    return {name: every[name] for name in picked}


def narrowed(rows: QuerySet[Contact], columns: Iterable[str]) -> QuerySet[Contact]:
    """The rows with no more than their columns read of them, and of whom or what they belong to.

    Making values is half of what fetching them takes.
    """
    shown = list(columns)
    beside = [name for name in ("company", "owner", "team") if name in shown]
    own = ["fields"] if any(name.startswith(OWN) for name in shown) else []
    read = ["name", "key", *own, *chain.from_iterable(READ.get(name, ()) for name in shown)]
    return (rows.select_related(*beside) if beside else rows).only(*read)


def completed(contacts: Iterable[Contact], columns: Iterable[str], kept: str) -> list[Any]:
    """Contacts with what hangs on them and their columns need (`their`); standings in the funnel kept so."""
    found: list[Any] = list(contacts)
    by_number = {one.pk: one for one in found}
    for one in found:
        one.their = Parts()
    wanted = sorted({PARTS[name] for name in columns if name in PARTS})
    told = {"contacts": as_told(by_number), "funnel": kept}
    for part, rows in zip(wanted, together.rows_of([_parts()[one] for one in wanted], told), strict=True):
        for number, *row in rows:
            getattr(by_number[number].their, part).append(row)
    return found


@dataclass
class Parts:
    """What hangs on a contact: stage, step and since when; an address and its sort; a tag."""

    standings: list[Sequence[Any]] = field(default_factory=list)
    addresses: list[Sequence[Any]] = field(default_factory=list)
    tags: list[Sequence[Any]] = field(default_factory=list)


@cache
def _parts() -> dict[str, together.Question]:
    """What hangs on contacts, in columns of the same types, to be asked for at once."""
    none, number, theirs = Value(""), Value(0), among(Place("contacts"), "contact")
    here = Standing.objects.filter(theirs, funnel=Place("funnel"))
    every: dict[str, QuerySet[Any]] = {
        "standings": here.values_list("contact_id", "stage", "step", "entered_at", none, none),
        "addresses": Address.objects.filter(theirs)
        .order_by("pk")
        .values_list("contact_id", number, number, number, "value", "sort"),
        "tags": Mark.objects.filter(theirs).values_list(
            "contact_id", number, number, number, "tag__name", none
        ),
    }
    return {name: together.put_together(rows) for name, rows in every.items()}


def cells(
    contact: Contact, columns: Sequence[str], funnel: Funnel | None, user: User
) -> list[dict[str, Any]]:
    """What stands in each column of a contact who is `completed`: its name, the text, and how it is shown."""
    return [{**_MORE, "name": name, **_cell(contact, name, funnel, user)} for name in columns]


def _cell(contact: Any, name: str, funnel: Funnel | None, user: User) -> dict[str, Any]:
    if name.startswith(OWN):
        return {"text": said(contact.fields.get(name.removeprefix(OWN)))}
    if name in {"stage", "since"}:
        return _standing(contact, name, funnel, user)
    if name == "tags":
        return {"text": ", ".join(words := [row[3] for row in contact.their.tags]), "chips": words}
    if name in {"email", "phone"}:
        return {"text": next((value for *_, value, sort in contact.their.addresses if sort == name), "")}
    if name == "last":
        return {"text": day_said(contact.last_touch_at, user.zone)}
    return {
        "text": str(getattr(contact, name) or ""),
        "company": contact.company_id if name == "company" else None,
    }


def company_cells(company: Company, columns: Sequence[str], people: int, user: User) -> list[dict[str, Any]]:
    """The same of a company, of whose people somebody sees so many."""
    return [{"name": name, "text": _company_text(company, name, people, user)} for name in columns]


def _company_text(company: Company, name: str, people: int, user: User) -> str:
    if name.startswith(OWN):
        return said(company.fields.get(name.removeprefix(OWN)))
    if name == "people":
        return str(people)
    if name == "made":
        return day_said(to_instant(company.created_at), user.zone)
    return str(getattr(company, name) or "")


def _standing(contact: Any, name: str, funnel: Funnel | None, user: User) -> dict[str, Any]:
    stage_number, step_number, entered, *_ = next(iter(contact.their.standings), (0, 0, 0))
    if funnel is None or not 0 < stage_number <= len(funnel.stages):
        return {"text": "stranger" if name == "stage" else ""}
    if name == "since":
        return {"text": day_said(entered, user.zone)}
    stage = funnel.stages[stage_number - 1]
    step = stage.steps[step_number - 1].name if 0 < step_number <= len(stage.steps) else ""
    return {"text": stage.name, "means": stage.means, "step": step, "role": stage.role}


def said(value: Any) -> str:
    """A value of one's own field as text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
