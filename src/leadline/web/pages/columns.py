"""The columns that a list of contacts or companies can have, and what stands in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from django.db.models import Prefetch, QuerySet

from leadline.engine.funnel import Funnel
from leadline.engine.instants import to_instant
from leadline.web.filters import OWN
from leadline.web.models import Company, Contact, Field, Standing, User
from leadline.web.pages.dates import day_said

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
"""What hangs on a contact and stands in a column; fetched along it is `their_tags` and so on."""
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


def with_parts(rows: QuerySet[Contact], columns: Sequence[str], kept: str) -> QuerySet[Contact]:
    """The rows, with what their columns need fetched along; standings in the funnel that is `kept` so.

    They are lists (`PARTS`): a relation would be a question of its own, if one that is answered already. No
    more of each row is read than its columns say: making values is half of what fetching them takes.
    """
    standings = Standing.objects.filter(funnel=kept)
    told = {
        "tags": Prefetch("tags", to_attr="their_tags"),
        "addresses": Prefetch("addresses", to_attr="their_addresses"),
        "standings": Prefetch("standings", standings, to_attr="their_standings"),
    }
    parts: dict[str, Prefetch[Any]] = {name: told[part] for name, part in PARTS.items()}
    wanted = dict.fromkeys(parts[name] for name in columns if name in parts)
    beside = [name for name in ("company", "owner", "team") if name in columns]
    own = ["fields"] if any(name.startswith(OWN) for name in columns) else []
    read = ["name", "key", *own, *chain.from_iterable(READ.get(name, ()) for name in columns)]
    return (rows.select_related(*beside) if beside else rows).only(*read).prefetch_related(*wanted)


def cells(
    contact: Contact, columns: Sequence[str], kept: str, funnel: Funnel | None, user: User
) -> list[dict[str, Any]]:
    """What stands in each column of a contact `with_parts`: its name, the text, and how it is shown."""
    return [{**_MORE, "name": name, **_cell(contact, name, kept, funnel, user)} for name in columns]


def _cell(contact: Any, name: str, kept: str, funnel: Funnel | None, user: User) -> dict[str, Any]:
    if name.startswith(OWN):
        return {"text": said(contact.fields.get(name.removeprefix(OWN)))}
    if name in {"stage", "since"}:
        return _standing(contact, name, kept, funnel, user)
    if name == "tags":
        return {"text": ", ".join(words := [tag.name for tag in contact.their_tags]), "chips": words}
    if name in {"email", "phone"}:
        return {"text": next((one.value for one in contact.their_addresses if one.sort == name), "")}
    if name == "last":
        return {"text": day_said(contact.last_touch_at, user.zone)}
    return {
        "text": str(getattr(contact, name) or ""),
        "company": contact.company_id if name == "company" else None,
    }


def company_cells(company: Company, columns: Sequence[str], people: int, user: User) -> list[dict[str, Any]]:
    """The same of a company, of whose people somebody sees so many."""
    texts = {
        "domain": company.domain,
        "people": str(people),
        "owner": str(company.owner or ""),
        "team": str(company.team or ""),
        "made": day_said(to_instant(company.created_at), user.zone),
    }
    own = {name: said(company.fields.get(name.removeprefix(OWN))) for name in columns if name not in texts}
    return [{"name": name, "text": (texts | own)[name]} for name in columns]


def _standing(contact: Any, name: str, kept: str, funnel: Funnel | None, user: User) -> dict[str, Any]:
    here = next((one for one in contact.their_standings if one.funnel == kept), None)
    if here is None or funnel is None or here.stage == 0 or here.stage > len(funnel.stages):
        return {"text": "stranger" if name == "stage" else ""}
    if name == "since":
        return {"text": day_said(here.entered_at, user.zone)}
    stage = funnel.stages[here.stage - 1]
    step = stage.steps[here.step - 1].name if 0 < here.step <= len(stage.steps) else ""
    return {"text": stage.name, "means": stage.means, "step": step, "role": stage.role}


def said(value: Any) -> str:
    """A value of one's own field as text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
