"""What a file of activities says is still to do: a task of the contact, for whom of us it names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import F

from leadline.web.actions import checks
from leadline.web.actions.acting import Actor, action, name_of
from leadline.web.actions.importing.intake import clean
from leadline.web.models import Import, ImportChange, Task

if TYPE_CHECKING:
    from leadline.engine.importers.sorts.activities import Planned
    from leadline.web.actions.importing.loading import Load
    from leadline.web.actions.importing.undoing import Hold

LONGEST = Task._meta.get_field("title").max_length or 200
BATCH = 1000


def write_tasks(load: Load, planned: Iterable[tuple[int, Planned]]) -> None:
    """Write down what contacts have to do with; what is written down of them already isn't once more."""
    told = list(planned)
    if not told:
        return
    known = Task.objects.filter(contact__in={contact for contact, _ in told})
    there = set(known.values_list("contact_id", "title", "due_on"))
    fresh = []
    for contact, one in told:
        due = None if one.due_at is None else checks.day_of(one.due_at)
        title = clean(" ".join(one.title.split()), LONGEST)
        if (contact, title, due) not in there:
            there.add((contact, title, due))
            owner = load.owners.get(one.owner.casefold()) or load.user
            fresh.append(Task(contact_id=contact, title=title, due_on=due, owner=owner, team=owner.team))
    Task.objects.bulk_create(fresh, batch_size=500)
    ImportChange.objects.bulk_create([ImportChange(of=load.record, record=name_of(one)) for one in fresh])


@action
def undo_tasks(actor: Actor, record: Import, after: int, hold: Hold) -> int | None:
    """Take away some tasks that an import wrote down; those that are done since stay."""
    hold()
    made = ImportChange.objects.filter(of=record, before__isnull=True, record__startswith="task:")
    changes = list(made.order_by("pk")[:BATCH])
    if not changes:
        return None
    numbers = [int(one.record.partition(":")[2]) for one in changes]
    Task.objects.filter(pk__in=numbers, done_at=None).delete()
    ImportChange.objects.filter(pk__in=[one.pk for one in changes]).delete()
    Import.objects.filter(pk=record.pk).update(done=F("done") + len(changes))
    hold()
    return after
