"""To take files in, and to undo that: each step is an action, the work itself is left to the worker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Count, Q

from leadline.engine.importers import Mapping
from leadline.engine.wording import listed
from leadline.web import warehouse
from leadline.web.actions.acting import Actor, action, enqueue, name_of, note_change, waits
from leadline.web.actions.importing.loading import Load
from leadline.web.actions.importing.takers import find_takers
from leadline.web.actions.importing.unused import UNUSED
from leadline.web.actions.importing.uploads import folder_of, forget
from leadline.web.actions.mirrors import note_stale
from leadline.web.errors import Conflict, NotFound
from leadline.web.models import Import, ImportChange, Touch, User

State = Import.State

TOLD = {
    "contacts": "contacts_made", "changed": "contacts_changed", "tagged": "contacts_given_tags",
    "moved": "contracts_changed", "companies": "companies_made", "fields": "fields_declared",
    "purchases": "purchases_made", "contracts": "contracts_made", "offers": "offers_made",
    "asks": "asks_made", "followed": "asks_changed", "touches": "touches_recorded",
    "tasks": "tasks_made", "in_files": "touches_in_the_files",
    "people": "people_in_the_files", "refused": "left_out", "unused": "rows_not_used", "cut": "cells_cut",
}  # fmt: skip
"""What the entry of an import among the changes calls what came of it."""


@action
def propose(actor: Actor, folder: str, files: Sequence[dict[str, Any]], look: dict[str, Any]) -> Import:
    """Keep an upload and what it seems to mean."""
    record = Import.objects.create(
        made_by=actor.user,
        files=[{"folder": folder, **one} for one in files],
        mapping=look.pop("mapping"),
        counts={"look": look, "digest": look["digest"]},
    )
    note_change(actor, "import.proposed", record, {}, {"files": [one["name"] for one in files]})
    return record


@action
def understand(actor: Actor, record: Import, look: dict[str, Any]) -> None:
    """Keep what somebody says that the columns mean, and what would come of it now."""
    _expect(record, State.PROPOSED)
    record.mapping, record.counts = look.pop("mapping"), {"look": look, "digest": look["digest"]}
    record.save(update_fields=["mapping", "counts"])


@action
def answer(actor: Actor, record: Import, mapping: Mapping) -> None:
    """Keep what somebody says of the people of the files: by which paths they came, whose they become."""
    _expect(record, State.PROPOSED)
    record.mapping = mapping.model_dump(mode="json")
    record.save(update_fields=["mapping"])


@action
def start(actor: Actor, record: Import) -> None:
    """Have the worker take the files in. Raises Conflict where that has begun, or they make no sense."""
    _expect(record, State.PROPOSED, State.FAILED)
    if record.counts.get("look", {}).get("error"):
        raise Conflict("An import was to start", found=record.counts["look"]["error"])
    find_takers(record.mapping.get("owner"))
    Import.objects.filter(pk=record.pk).update(state=State.RUNNING, done=0, total=0, error="")
    enqueue("import.run", {"import": record.pk}, actor.now, dedupe_key=f"import.run:{record.pk}")
    note_change(actor, "import.started", record)


@action
def start_undo(actor: Actor, record: Import) -> None:
    """Have the worker undo an import. Raises Conflict where there is nothing to undo."""
    _expect(record, State.DONE, State.FAILED)
    changes = ImportChange.objects.filter(of=record).count()
    total = changes + touches_of(record).count()
    Import.objects.filter(pk=record.pk).update(state=State.UNDOING, done=0, total=total, error="")
    enqueue("import.undo", {"import": record.pk}, actor.now, dedupe_key=f"import.undo:{record.pk}")
    note_change(actor, "import.undo_started", record)


@action
def discard(actor: Actor, record: Import) -> None:
    """Forget an upload that was never taken in."""
    _expect(record, State.PROPOSED)
    note_change(actor, "import.discarded", record, {"files": [one["name"] for one in record.files]}, {})
    folder = folder_name(record)
    record.delete()
    transaction.on_commit(lambda: forget(folder))


@action
def begin(record: Import, total: int, hold: Any) -> None:
    """So much is to be written: what progress is measured by."""
    hold()
    Import.objects.filter(pk=record.pk, state=State.RUNNING).update(total=total)


@action
def finish(load: Load, unused: int) -> None:
    """Everything is written: what came of it, counted from what is there."""
    load.hold()
    record = load.record
    counts = {
        "digest": record.counts["digest"],
        **count_changes(record),
        "touches": touches_of(record).count() + _sold_touches(record).count(),
        "in_files": len(load.intake.touches),
        "people": len(load.intake.people),
        "matched": dict(load.matched),
        "refused": len(load.refused),
        "unused": unused,
        "cut": load.intake.cut,
        "given": dict(load.takers.given),
    }
    Import.objects.filter(pk=record.pk, state=State.RUNNING).update(state=State.DONE, counts=counts)
    told = {TOLD.get(name, name): count for name, count in counts.items() if isinstance(count, int) and count}
    given = {"given_to": listed([f"{who} ({count:,})" for who, count in load.takers.given.items()])}
    note_change(load.actor, "import.done", record, {}, told | (given if load.takers.given else {}))
    note_stale(load.actor.now)


@action
def fail(actor: Actor, number: int, error: str) -> None:
    """It can't go on: why. What has been written so far stays, and can be undone."""
    running = Import.objects.filter(pk=number, state__in=[State.RUNNING, State.UNDOING])
    running.update(state=State.FAILED, error=error[:2000])
    note_change(actor, "import.failed", f"import:{number}")


def drop_uploads(record: Import) -> None:
    """Remove the files that were taken in; the rows that weren't used stay, with their reasons."""
    folder = folder_of(folder_name(record))
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            path.rmdir()
        elif path.name != UNUSED:
            path.unlink()


def imports_of(user: User) -> Any:
    """The imports that somebody may open: an owner all, others their own."""
    return Import.objects.all() if user.role == "owner" else Import.objects.filter(made_by=user)


def find(user: User, number: int) -> Import:
    """One of them; raises NotFound."""
    record: Import | None = imports_of(user).select_related("made_by").filter(pk=number).first()
    if record is None:
        raise NotFound(f"The import {number} was asked for", found="none that you can see")
    return record


def touches_of(record: Import) -> Any:
    """The touches that an import wrote; `;` is what follows `:`, so that this is one span of the index."""
    name = name_of(record)
    return Touch.objects.filter(origin__gte=f"{name}:", origin__lt=f"{name};", retracts=None)


def _sold_touches(record: Import) -> Any:
    """The touches of asks and purchases that an import made, and of the ends of contracts that it wrote."""
    changes = ImportChange.objects.filter(of=record)
    sales = changes.filter(Q(record__startswith="purchase:") | Q(record__startswith="contract:"))
    sales |= changes.filter(record__startswith="ask:", before__isnull=True)
    return Touch.objects.filter(origin__in=sales.values("record"), in_force=True, retracts=None)


def count_changes(record: Import) -> dict[str, int]:
    """How many records of each sort an import made, and how many contacts, contracts and asks it changed."""
    changes = ImportChange.objects.filter(of=record)
    made = Q(before__isnull=True)
    found = changes.aggregate(
        contacts=Count("id", filter=made & Q(record__startswith="contact:")),
        changed=Count("id", filter=~made & Q(record__startswith="contact:")),
        moved=Count("id", filter=~made & Q(record__startswith="contract:")),
        tagged=Count("id", filter=Q(before__has_key="tags")),
        tasks=Count("id", filter=made & Q(record__startswith="task:")),
        companies=Count("id", filter=made & Q(record__startswith="company:")),
        fields=Count("id", filter=made & Q(record__startswith="field:")),
        purchases=Count("id", filter=made & Q(record__startswith="purchase:")),
        contracts=Count("id", filter=made & Q(record__startswith="contract:")),
        offers=Count("id", filter=made & Q(record__startswith="offer:")),
        asks=Count("id", filter=made & Q(record__startswith="ask:")),
        followed=Count("id", filter=~made & Q(record__startswith="ask:")),
    )
    return dict(found)


def is_waiting(record: Import) -> bool:
    """Whether it was asked for, and no worker has taken it up yet."""
    work = {State.RUNNING: "run", State.UNDOING: "undo"}.get(State(record.state))
    return work is not None and waits(f"import.{work}:{record.pk}")


def folder_name(record: Import) -> str:
    """The folder in which an upload rests."""
    return str(record.files[0]["folder"])


def check_mapping(mapping: Mapping) -> None:
    """Raise BadMapping where it names a meaning or a kind that doesn't exist."""
    mapping.check(warehouse.kinds())


def _expect(record: Import, *states: State) -> None:
    """Raise Conflict unless an import is in one of some states, as it is in the database now."""
    now = Import.objects.select_for_update().filter(pk=record.pk).values_list("state", flat=True).first()
    if now not in states:
        raise Conflict(
            "An import was to be changed",
            found=f"that it is {now}",
            allowed=" or ".join(str(state) for state in states),
        )
