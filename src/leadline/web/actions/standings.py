"""Where everybody stands: the cache of what follows from touches, kept equal to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

import numpy as np
from django.db import connection, transaction

from leadline.engine.funnel import Funnel, parse_funnel
from leadline.engine.history import derive
from leadline.engine.instants import DAY, NEVER, to_datetime
from leadline.engine.touches import Touches
from leadline.web import warehouse
from leadline.web.actions.acting import announce
from leadline.web.errors import NotFound
from leadline.web.models import ComingStanding, Contact, FunnelVersion, Standing

AHEAD = 36_525 * DAY
"""How far ahead it is worked out when a stage will change by itself: no window is longer."""
BATCH = 2000
Moves = list[tuple[Standing, int]]
"""Who came to another stage, each with the number of the stage before."""
S = TypeVar("S", Standing, ComingStanding)
_COLUMNS = ("funnel", "contact_id", "stage", "step", "entered_at", "changes_at", "cause_id")


def restate(contacts: Iterable[int], now: int) -> Moves:
    """Write anew where some contacts stand in every funnel in force, and in those about to be.

    Answers with those whose stage became another one, each with the stage before.
    """
    given = sorted(set(contacts))
    numbers = warehouse.survivors(given)
    everybody = sorted({*given, *numbers})
    lock(everybody)
    touches, coming = warehouse.touches_of(numbers), warehouse.coming()
    found = [one for slug, it in warehouse.funnels().items() for one in stand(slug, it, touches, now)]
    if coming:
        ahead = [one for slug, it in coming.items() for one in stand(slug, it, touches, now)]
        _write(ComingStanding, everybody, ahead)
    return _replace(everybody, found, now)


def stand(slug: str, funnel: Funnel, touches: Touches, now: int) -> list[Standing]:
    """Where everybody in the touches stands in one funnel, and until when; nobody without a stage so far."""
    history = derive(touches, funnel, now + AHEAD)
    here = np.flatnonzero((history.entered_at <= now) & (now < history.left_at))
    numbers = touches.id
    return [
        Standing(
            funnel=slug,
            contact_id=history.subjects[int(history.contact[row])],
            stage=int(history.stage[row]),
            step=int(history.step[row]),
            entered_at=int(history.entered_at[row]),
            changes_at=None if history.left_at[row] == NEVER else int(history.left_at[row]),
            cause_id=numbers[int(history.cause[row])] if numbers and history.cause[row] >= 0 else None,
        )
        for row in here.tolist()
    ]


def sweep(now: int, most: int = BATCH) -> int:
    """Write anew where those stand whose stage has changed by itself; how many they were."""
    due = Standing.objects.filter(changes_at__lte=now).values_list("contact_id", flat=True).distinct()[:most]
    contacts = list(due)
    if contacts:
        with transaction.atomic():
            announce_moves(restate(contacts, now), now)
    return len(contacts)


def announce_moves(moves: Moves, now: int) -> None:
    """Tell the webhooks who came to another stage, from which, and by which touch."""
    funnels = warehouse.funnels() if moves else {}
    for one, before in moves:
        names = funnels[one.funnel].stage_names
        said = {
            "record": f"contact:{one.contact_id}",
            "funnel": one.funnel,
            "before": names[before] if before < len(names) else "",
            "after": names[one.stage],
            "entered_at": to_datetime(one.entered_at).isoformat(),
            "cause": None if one.cause_id is None else f"touch:{one.cause_id}",
        }
        announce("stage.changed", said, now)


def rebuild(funnel: str, now: int) -> int:
    """Work out anew, from all touches, where everybody stands in a funnel in force; how many contacts.

    Batch by batch, each a transaction of its own: nobody waits long, and what isn't done yet is as it was.
    """
    if funnel not in warehouse.funnels():
        raise NotFound("A funnel was to be rebuilt", found=f"no “{funnel}” in force")
    done = 0
    for numbers in batches():
        with transaction.atomic():
            lock(numbers)
            if (declared := warehouse.funnels().get(funnel)) is None:
                break
            _write(Standing, numbers, _stand_batch(funnel, declared, numbers, now), funnel)
        done += len(numbers)
    return done


def prepare(version: FunnelVersion, now: int) -> bool:
    """Work out where everybody will stand by a version that is being published; False: no longer wanted.

    Touches that are recorded meanwhile are counted: `restate` writes for the version to come too.
    """
    declared = parse_funnel(version.toml)
    for numbers in batches():
        with transaction.atomic():
            lock(numbers)
            if not FunnelVersion.objects.filter(pk=version.pk, coming=True).exists():
                return False
            _write(ComingStanding, numbers, _stand_batch(version.slug, declared, numbers, now), version.slug)
    return True


def swap(funnel: str) -> None:
    """Put what was prepared in the place of what was, inside a transaction: only what differs is written."""
    standing, coming, names = Standing._meta.db_table, ComingStanding._meta.db_table, ", ".join(_COLUMNS)
    alike = " AND ".join(f"s.{name} IS NOT DISTINCT FROM c.{name}" for name in _COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {standing} WHERE funnel = %s AND id NOT IN"  # noqa: S608 -- our own names
            f" (SELECT s.id FROM {standing} s JOIN {coming} c"
            f" ON s.contact_id = c.contact_id AND s.funnel = c.funnel AND {alike} WHERE c.funnel = %s)",
            [funnel, funnel],
        )
        cursor.execute(
            f"INSERT INTO {standing} ({names}) SELECT {names} FROM {coming} c WHERE c.funnel = %s"  # noqa: S608 -- our own names
            f" AND NOT EXISTS (SELECT 1 FROM {standing} s"
            " WHERE s.funnel = c.funnel AND s.contact_id = c.contact_id)",
            [funnel],
        )
    ComingStanding.objects.filter(funnel=funnel).delete()


def lock(contacts: list[int]) -> None:
    """Let nobody else work out where these contacts stand until the running transaction is through."""
    found = Contact.objects.select_for_update(no_key=True).filter(pk__in=contacts).order_by("pk")
    if connection.features.has_select_for_update:
        list(found.values_list("pk", flat=True))


def batches() -> Iterator[list[int]]:
    """The numbers of all contacts, some thousands at a time, in their order."""
    last = 0
    while True:
        some = Contact.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]
        if not (numbers := list(some)):
            return
        yield numbers
        last = numbers[-1]


def _stand_batch(slug: str, funnel: Funnel, numbers: list[int], now: int) -> list[Standing]:
    return stand(slug, funnel, warehouse.touches_of(numbers), now)


def _write(table: type[S], contacts: list[int], found: list[Standing], slug: str | None = None) -> None:
    """Write standings of some contacts in place of those that there were, in one funnel or in all."""
    old: Any = table._default_manager.filter(contact__in=contacts)
    (old.filter(funnel=slug) if slug else old).delete()
    rows = [table(**{name: getattr(one, name) for name in _COLUMNS}) for one in found]
    table._default_manager.bulk_create(rows, batch_size=BATCH)


def _replace(contacts: list[int], found: list[Standing], now: int) -> Moves:
    before = _stages(contacts)
    _write(Standing, contacts, found)
    known = {(one.contact_id, one.funnel): one for one in found}
    gone = [
        Standing(contact_id=contact, funnel=funnel, stage=0, entered_at=now)
        for contact, funnel in before.keys() - known.keys()
    ]
    pairs = [(one, before.get((one.contact_id, one.funnel), 0)) for one in (*found, *gone)]
    return [(one, stage) for one, stage in pairs if one.stage != stage]


def _stages(contacts: list[int]) -> Mapping[tuple[int, str], int]:
    rows = Standing.objects.filter(contact__in=contacts).values_list("contact_id", "funnel", "stage")
    return {(contact, funnel): stage for contact, funnel, stage in rows}
