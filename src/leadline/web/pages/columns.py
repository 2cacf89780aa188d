"""The columns that a list of contacts can have, and what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from leadline.engine.funnel import Funnel
from leadline.web.models import Contact, Field, User
from leadline.web.pages.dates import day_said

LABELS = {
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
}
USUAL = ("company", "stage", "last", "path", "owner", "tags")


def known() -> dict[str, str]:
    """Every column by name, with its label; own fields as `field.NAME`."""
    own = Field.objects.filter(of="contact").order_by("label").values_list("name", "label")
    return LABELS | {f"field.{name}": label for name, label in own}


def chosen(asked: Sequence[str]) -> dict[str, str]:
    """The columns that were asked for, in the order of the list; the usual ones where none was."""
    every = known()
    picked = [name for name in every if name in asked] or USUAL
    return {name: every[name] for name in picked}


def with_parts(rows: QuerySet[Contact], columns: Sequence[str]) -> QuerySet[Contact]:
    """The rows, with what their columns need fetched along."""
    parts = {
        "tags": "tags",
        "email": "addresses",
        "phone": "addresses",
        "stage": "standings",
        "since": "standings",
    }
    wanted = dict.fromkeys(parts[name] for name in columns if name in parts)
    return rows.select_related("company", "owner", "team").prefetch_related(*wanted)


def cells(
    contact: Contact, columns: Sequence[str], slug: str, funnel: Funnel | None, user: User
) -> list[dict[str, Any]]:
    """What stands in each column: its name, the text, and how it is shown."""
    return [{"name": name, **_cell(contact, name, slug, funnel, user)} for name in columns]


def _cell(contact: Contact, name: str, slug: str, funnel: Funnel | None, user: User) -> dict[str, Any]:
    if name.startswith("field."):
        return {"text": said(contact.fields.get(name.removeprefix("field.")))}
    if name in {"stage", "since"}:
        return _standing(contact, name, slug, funnel, user)
    if name == "tags":
        return {"text": ", ".join(words := [tag.name for tag in contact.tags.all()]), "chips": words}
    if name in {"email", "phone"}:
        return {"text": next((one.value for one in contact.addresses.all() if one.sort == name), "")}
    if name == "last":
        return {"text": day_said(contact.last_touch_at, user.zone)}
    return {
        "text": str(getattr(contact, name) or ""),
        "company": contact.company_id if name == "company" else None,
    }


def _standing(contact: Contact, name: str, slug: str, funnel: Funnel | None, user: User) -> dict[str, Any]:
    here = next((one for one in contact.standings.all() if one.funnel == slug), None)
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
