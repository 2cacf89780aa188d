"""Fields, kinds, paths, profiles and funnels that were taken away: put back as they were, from the changes.

What records have under a field's name stayed in them, touches kept the names of paths, a kind is only taken
away while nothing names it, and a funnel's versions stay: so all of it is there again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from leadline.web.actions import funnels, profiles
from leadline.web.actions.acting import Actor, enqueue, note_change
from leadline.web.actions.definitions import FIELD, KIND, PATH, check_kinds
from leadline.web.models import AuditEntry, Field, FunnelVersion, KindDefinition, PathDefinition, Profile


def _field(actor: Actor, entry: AuditEntry) -> bool:
    told = _told(entry, FIELD)
    if told is None or Field.objects.filter(of=told["of"], name=told["name"]).exists():
        return False
    note_change(actor, "field.declared", Field.objects.create(**told), {}, told)
    return True


def _kind(actor: Actor, entry: AuditEntry) -> bool:
    told = _told(entry, KIND)
    if told is None or KindDefinition.objects.filter(name=told["name"]).exists():
        return False
    check_kinds(None, told)
    note_change(actor, "kind.declared", KindDefinition.objects.create(**told), {}, told)
    return True


def _path(actor: Actor, entry: AuditEntry) -> bool:
    told = _told(entry, PATH)
    if told is None or PathDefinition.objects.filter(name__iexact=told["name"]).exists():
        return False
    note_change(actor, "path.declared", PathDefinition.objects.create(**told), {}, told)
    return True


def _profile(actor: Actor, entry: AuditEntry) -> bool:
    told = _told(entry, profiles.PROFILE)
    if told is None or Profile.objects.filter(name__iexact=told["name"]).exists():
        return False
    note_change(actor, "profile.declared", Profile.objects.create(**told), {}, told)
    enqueue(profiles.JOB, {}, actor.now, profiles.JOB)
    return True


def _funnel(actor: Actor, entry: AuditEntry) -> bool:
    slug, number = entry.record.partition(":")[2], entry.before.get("version")
    version = FunnelVersion.objects.filter(slug=slug, number=number).first()
    if version is None or funnels.number_in_force(slug):
        return False
    funnels.put_in_force(actor, version)
    return True


def _told(entry: AuditEntry, names: Iterable[str]) -> dict[str, Any] | None:
    """What an entry says that was taken away; None where it says too little, as older ones do."""
    told = {name: entry.before[name] for name in names if name in entry.before}
    return told if len(told) == len(tuple(names)) else None


PUT_BACK: dict[str, Callable[[Actor, AuditEntry], bool]] = {
    "field.dropped": _field,
    "kind.dropped": _kind,
    "path.dropped": _path,
    "profile.dropped": _profile,
    "funnel.retired": _funnel,
}
"""What puts back each that can be taken away."""
