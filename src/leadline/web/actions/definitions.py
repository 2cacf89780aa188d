"""The team's own words: kinds, paths, fields."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from leadline.engine.errors import LeadlineError, nearest
from leadline.engine.funnel import Funnel
from leadline.engine.kinds import LINKS, Kind, Kinds
from leadline.engine.lookup import lookup
from leadline.engine.wording import counted, listed
from leadline.web import warehouse
from leadline.web.actions.acting import Actor, action, enqueue, note_change
from leadline.web.actions.people import checked_name
from leadline.web.errors import Conflict, Invalid
from leadline.web.models import Field, KindDefinition, PathDefinition, Touch

_FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
KIND = ("name", "means", "link", "direction", "groups")
PATH = ("name", "means", "position")
FIELD = ("of", "name", "label", "type", "choices")
"""What kinds, paths and fields of one's own are, besides their numbers."""


@action
def declare_kind(actor: Actor, kind: KindDefinition | None, **said: Any) -> KindDefinition:
    """Declare a kind of one's own, or change one: `name`, `means`, `link`, `direction`, `groups`.

    Raises BadKinds for what can't be one, Conflict where its name is in use and would change.
    """
    said["groups"] = sorted(set(said["groups"]))
    said["name"], said["means"] = (
        said["name"].strip().lower(),
        checked_name(said["means"], "meaning", 300, "means"),
    )
    if kind is not None and kind.name != said["name"] and (using := _using(kind.name)):
        raise Conflict(
            f"The kind “{kind.name}” was to be called “{said['name']}”",
            found=using,
            allowed="another meaning, link, direction or groups",
            field="name",
        )
    check_kinds(kind, said)
    before = {name: getattr(kind, name) for name in KIND} if kind else {}
    kind = kind or KindDefinition()
    for name in KIND:
        setattr(kind, name, said[name])
    kind.save()
    note_change(actor, "kind.changed" if before else "kind.declared", kind, before, said)
    _restate_all(actor, before, said)
    return kind


@action
def drop_kind(actor: Actor, kind: KindDefinition) -> None:
    """Take a kind of one's own away; raises Conflict while touches or funnels name it."""
    if using := _using(kind.name):
        raise Conflict(
            f"The kind “{kind.name}” was to be taken away",
            found=using,
            allowed="this, once nothing names it; touches that were taken back still do",
        )
    note_change(actor, "kind.dropped", kind, {name: getattr(kind, name) for name in KIND}, {})
    kind.delete()


@action
def declare_path(
    actor: Actor, path: PathDefinition | None, name: str, means: str = "", position: int = 0
) -> PathDefinition:
    """Declare a path, or change one; touches that name it by its old name keep that."""
    name = checked_name(name, "path's name", 80)
    means = checked_name(means, "meaning", 300, "means") if means.strip() else ""
    if not 0 <= position <= 999:
        raise Invalid(
            "A place in the list was asked for", found=str(position), allowed="0 to 999", field="position"
        )
    if PathDefinition.objects.filter(name__iexact=name).exclude(pk=path.pk if path else 0).exists():
        raise Conflict("A path was to be called so", found=f"a path “{name}” already", field="name")
    before = {"name": path.name, "means": path.means, "position": path.position} if path else {}
    path = path or PathDefinition()
    path.name, path.means, path.position = name, means, position
    path.save()
    after = {"name": name, "means": means, "position": position}
    note_change(actor, "path.changed" if before else "path.declared", path, before, after)
    return path


@action
def drop_path(actor: Actor, path: PathDefinition) -> None:
    """Take a path off the list; touches that name it keep it."""
    note_change(actor, "path.dropped", path, {name: getattr(path, name) for name in PATH}, {})
    path.delete()


@action
def declare_field(actor: Actor, field: Field | None, **said: Any) -> Field:
    """Declare a field of one's own (`of`, `name`, `label`, `type`, `choices`), or change label and choices.

    Name and type stay as they were made, since values are kept under the one and in the form of the other.
    """
    label = checked_name(said["label"], "label", 80, "label")
    choices = [checked_name(choice, "choice", 80, "choices") for choice in said.get("choices", [])]
    if field is None:
        field = _new_field(said["of"], said["name"].strip().lower(), said["type"])
        before: dict[str, Any] = {}
    else:
        before = {"label": field.label, "choices": field.choices}
    if field.type == Field.Type.CHOICE and not choices:
        raise Invalid(
            "A field that is one of a list needs its list",
            found="nothing",
            allowed="one choice a line",
            field="choices",
        )
    field.label, field.choices = label, choices if field.type == Field.Type.CHOICE else []
    field.save()
    after = {
        "label": label,
        "choices": field.choices,
        "of": field.of,
        "name": field.name,
        "type": str(field.type),
    }
    shown = after if not before else {name: after[name] for name in before}
    note_change(actor, "field.changed" if before else "field.declared", field, before, shown)
    return field


@action
def drop_field(actor: Actor, field: Field) -> None:
    """Take a field away; the values that records have under its name stay in them."""
    note_change(actor, "field.dropped", field, {name: getattr(field, name) for name in FIELD}, {})
    field.delete()


def check_kinds(kind: KindDefinition | None, said: dict[str, Any]) -> None:
    """Raise Invalid or BadKinds where a kind can't be so, beside all the others."""
    others = KindDefinition.objects.exclude(pk=kind.pk if kind else 0).values(*KIND)
    if said["link"] not in LINKS:
        raise Invalid("A link was asked for", found=f"“{said['link']}”", allowed=listed(LINKS, "or"))
    if said["direction"] not in ("out", "in", "both"):
        raise Invalid("A direction was asked for", found=f"“{said['direction']}”", allowed="out, in or both")
    if len(said["name"]) > 60:
        raise Invalid(
            "A kind's name was asked for",
            found=f"{len(said['name'])} letters",
            allowed="60 at most",
            field="name",
        )
    try:
        own = (*(Kind(**row) for row in others), Kind(**said))
    except ValueError:
        raise Invalid(
            "A kind's name was asked for",
            found=f"“{said['name'][:60]}”",
            allowed="a letter, then letters, digits, _ or -",
            field="name",
        ) from None
    kinds = Kinds.shipped().with_kinds(own)
    for funnel in (*warehouse.funnels().values(), *warehouse.coming().values()):
        lookup(funnel, kinds)


def _using(name: str) -> str:
    """How much of what is recorded and declared names a kind, in words; empty where nothing does."""
    touches = Touch.objects.filter(kind=name).count()
    there = (*warehouse.funnels().values(), *warehouse.coming().values())
    funnels = sum(_names(funnel, name) for funnel in there)
    counts = ((touches, "touch"), (funnels, "funnel"))
    named = " and ".join(counted(number, what) for number, what in counts if number)
    return f"{named} that {'names' if touches + funnels == 1 else 'name'} it" if named else ""


def _names(funnel: Funnel, name: str) -> bool:
    others = tuple(Kind(**row) for row in KindDefinition.objects.exclude(name=name).values(*KIND))
    try:
        lookup(funnel, Kinds.shipped().with_kinds(others))
    except LeadlineError:
        return True
    return False


def _restate_all(actor: Actor, before: dict[str, Any], after: dict[str, Any]) -> None:
    """What a kind counts as decides where people stand; its words don't."""
    if before and any(before[name] != after[name] for name in ("link", "groups")):
        for slug in warehouse.funnels():
            enqueue("standings.rebuild", {"funnel": slug}, actor.now, f"standings.rebuild:{slug}")


def _new_field(of: str, name: str, sort: str) -> Field:
    if of not in ("contact", "company"):
        raise Invalid("A field is of contacts or companies", found=f"“{of}”", allowed="contact or company")
    if not _FIELD_NAME.fullmatch(name):
        raise Invalid(
            "A field's name was asked for",
            found=f"“{name[:60]}”",
            allowed="a small letter, then small letters, digits or _, 60 at most",
            field="name",
        )
    if sort not in Field.Type.values:
        raise Invalid(
            "A type was asked for",
            found=f"“{sort}”",
            allowed=", ".join(Field.Type.values),
            suggestion=nearest(sort, Field.Type.values),
        )
    if Field.objects.filter(of=of, name=name).exists():
        raise Conflict("A field was to be called so", found=f"a field “{name}” already", field="name")
    return Field(of=of, name=name, type=sort)


def own_kinds() -> Iterable[KindDefinition]:
    """The kinds of one's own, by name."""
    return KindDefinition.objects.order_by("name")
