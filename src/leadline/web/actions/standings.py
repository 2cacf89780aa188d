"""Where everybody stands: the cache of what follows from touches, kept equal to it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction
from django.db.models import Q

from leadline.engine.funnel import Funnel, parse_funnel
from leadline.engine.history import History, derive, fetch_compiled
from leadline.engine.instants import DAY, NEVER, to_datetime
from leadline.engine.touches import Touches
from leadline.web import warehouse
from leadline.web.actions.acting import announce, enqueue
from leadline.web.actions.rows import Row, insert, rewrite
from leadline.web.among import one_of
from leadline.web.errors import NotFound
from leadline.web.models import Contact, FunnelVersion, Standing

AHEAD = 36_525 * DAY
"""How far ahead it is worked out when a stage will change by itself: no window is longer."""
NEVER_ENTERED = 0
"""Since when somebody is a stranger who never stood in a stage."""
TOGETHER = 60_000_000
"""How far apart the clocks may be of those who act at the same time, one after the other."""
BATCH = 2000
SWEPT = 500
"""How many are written anew at a time: of all, and of those whose stage has changed by itself."""
READ = 15 * 60 * 1_000_000
"""How long what a version kept stays after another one took its place: nobody reads on for longer."""
COLUMNS = (
    "funnel", "contact_id", "stage", "step", "entered_at", "changes_at", "cause_id", "owner_id", "team_id",
    "last_touch_at",
)  # fmt: skip
"""What is kept of a standing, in the order of the rows of this file."""


class Place(NamedTuple):
    """Where somebody stands in a funnel (by what it is kept as), since when, until when, by which touch."""

    funnel: str
    contact_id: int
    stage: int
    step: int
    entered_at: int
    changes_at: int | None
    cause_id: int | None


Followed = tuple[warehouse.Funnels, warehouse.Funnels]
"""The funnels in force, and those about to be."""
Moves = list[tuple[Place, int]]
"""Who came to another stage, each with the number of the stage before."""


@dataclass(frozen=True)
class People:
    """Contacts whose touches changed, held until the running transaction is through.

    `kept` are they, or whom they were merged into; `everybody` both. `told` has what stands of each now: whom
    they belong to (owner, team), the last touch and the first path. `same` says who was merged into whom.
    """

    everybody: list[int]
    kept: list[int]
    told: Mapping[int, tuple[int | None, int | None, int | None, str]]
    same: Mapping[int, int]

    def touches(self, columns: Sequence[str] = ()) -> Touches:
        """What happened with them."""
        return warehouse.touches_of(self.kept, columns, self.same)


def hold(contacts: Iterable[int]) -> People:
    """Let nobody else work out where these contacts stand until the running transaction is through."""
    given = sorted(set(contacts))
    kept = warehouse.survivors(given)
    everybody = sorted({*given, *kept})
    theirs = Q(pk__in=everybody) | Q(merged_into__in=kept)  # told as a whole, PostgreSQL would ask everybody
    rows = Contact.objects.filter(theirs).order_by("pk")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(no_key=True)
    told = list(rows.values_list("pk", "merged_into", "owner_id", "team_id", "last_touch_at", "path"))
    same = {number: into for number, into, *_ in told if into is not None}
    return People(everybody, kept, {n: (owner, team, at, path) for n, _, owner, team, at, path in told}, same)


def restate(contacts: Iterable[int], now: int) -> Moves:
    """Write anew where some contacts stand: those whose stage became another one."""
    people, funnels = hold(contacts), warehouse.followed()
    touches = people.touches()
    return write(people, follow(funnels, touches, now), last_touches(touches), funnels, now)


def follow(funnels: Followed, touches: Touches, now: int) -> list[Place]:
    """Where everybody in the touches stands in every funnel in force, and in those about to be."""
    return [one for known in funnels for one in _places(known, touches, now)]


def write(
    people: People, found: Sequence[Place], last: Mapping[int, int], funnels: Followed, now: int
) -> Moves:
    """Write where people stand in these funnels, and when they were touched last.

    Answers with those whose stage in a funnel in force became another one, each with the stage before.
    """
    moves = _put(people, found, last, None, now)
    slugs = {kept: slug for slug, kept in funnels[0].kept_as.items()}
    return [(one._replace(funnel=slugs[one.funnel]), before) for one, before in moves if one.funnel in slugs]


def stand(kept: str, funnel: Funnel, touches: Touches, now: int) -> list[Place]:
    """Where everybody in the touches stands in one funnel, and until when; who never stood anywhere, too.

    `kept` is the name under which the funnel is kept. What was recorded already counts at once: whoever
    waited for somebody else's write has looked at the clock before them.
    """
    history = derive(touches, funnel, now + AHEAD)
    seen = _seen(touches, now)[history.contact]
    here = np.flatnonzero((history.entered_at <= seen) & (seen < history.left_at))
    numbers, people = touches.id.labels if touches.id else (), history.subjects
    columns = (
        history.contact,
        history.stage,
        history.step,
        history.entered_at,
        history.left_at,
        history.cause,
    )
    rows = zip(*(np.asarray(column)[here].tolist() for column in columns), strict=True)
    found = [
        Place(
            kept,
            people[contact],
            stage,
            step,
            entered,
            None if left == NEVER else left,
            numbers[cause] if numbers and cause >= 0 else None,
        )
        for contact, stage, step, entered, left, cause in rows
    ]
    return found + _strangers(kept, history, touches, {one.contact_id for one in found})


def _seen(touches: Touches, now: int) -> npt.NDArray[np.int64]:
    """Until when each contact is looked at: now, or the last touch that came TOGETHER with it."""
    seen = np.full(len(touches.contact.labels), now, dtype=np.int64)
    soon = (now < touches.happened_at) & (touches.happened_at <= now + TOGETHER) & touches.counting()
    np.maximum.at(seen, touches.contact.codes[soon], touches.happened_at[soon])
    return seen


def _strangers(kept: str, history: History, touches: Touches, placed: set[int]) -> list[Place]:
    """Those who were touched and never stood in a stage, until they come to one by themselves."""
    without = [number for number in touches.contact.labels if number not in placed]
    if not without:
        return []
    soon: dict[int, int] = {}
    for contact, at in zip(history.contact.tolist(), history.entered_at.tolist(), strict=True):
        soon.setdefault(history.subjects[contact], at)  # rows stand in order of time
    return [Place(kept, number, 0, 0, NEVER_ENTERED, soon.get(number), None) for number in without]


def last_touches(touches: Touches) -> dict[int, int]:
    """When each contact was touched last."""
    last = np.full(len(touches.contact.labels), np.iinfo(np.int64).min)
    known = touches.contact.codes >= 0
    np.maximum.at(last, touches.contact.codes[known], touches.happened_at[known])
    return dict(zip(touches.contact.labels, last.tolist(), strict=True))


def sweep(now: int, most: int = SWEPT) -> int:
    """Write anew where those stand whose stage has changed by itself; how many they were."""
    due = Standing.objects.filter(changes_at__lte=now).values_list("contact_id", flat=True)[:most]
    contacts = set(due)
    if contacts:
        with transaction.atomic():
            announce_moves(restate(contacts, now), now)
    return len(contacts)


def announce_moves(moves: Moves, now: int) -> None:
    """Tell the webhooks who came to another stage, from which, and by which touch."""
    funnels, told = warehouse.funnels() if moves else {}, []
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
        told.append(("stage.changed", said))
    announce(told, now)


def rebuild(funnel: str, now: int) -> int:
    """Work out anew, from all touches, where everybody stands in a funnel in force; how many contacts.

    Batch by batch, each a transaction of its own: nobody waits long, and what isn't done yet is as it was.
    """
    if funnel not in warehouse.funnels():
        raise NotFound("A funnel was to be rebuilt", found=f"no “{funnel}” in force")
    done = 0
    for numbers in batches():
        with transaction.atomic():
            in_force, coming = warehouse.followed()
            if funnel not in in_force:
                break
            for known in (in_force, coming):  # the one to come was begun by what held then
                if funnel in known:
                    _put_batch(numbers, known.kept_as[funnel], known[funnel], now)
        done += len(numbers)
    return done


def prepare(version: FunnelVersion, now: int, pause: float = 0) -> bool:
    """Work out where everybody stands by a version that is being published; False: no longer wanted.

    Touches that are recorded meanwhile are counted: `write` does so for the version to come too. Between two
    batches there is a pause of so many seconds, in which others can write.
    """
    declared = parse_funnel(version.toml)
    for numbers in batches():
        with transaction.atomic():
            if not FunnelVersion.objects.filter(pk=version.pk, coming=True).exists():
                return False
            _put_batch(numbers, version.kept_as, declared, now)
        time.sleep(pause)
    return True


def forget_later(now: int) -> None:
    """Inside an action: have forgotten, in a while, what is kept of versions that are followed no longer."""
    enqueue("standings.forget", {}, now + READ, "standings.forget")


def forget(most: int = SWEPT) -> int:
    """Forget some of what is kept of versions that are followed no longer; how many rows it was."""
    in_force, coming = warehouse.followed()
    followed, name = {*in_force.kept_as.values(), *coming.kept_as.values()}, ""
    names = Standing.objects.order_by("funnel").values_list("funnel", flat=True)
    while name := names.filter(funnel__gt=name).first() or "":  # one look at the index for each name
        if name not in followed:
            with transaction.atomic():
                return Standing.objects.filter(pk__in=list(_numbered(name, most))).delete()[0]
    return 0


def batches() -> Iterator[list[int]]:
    """The numbers of all contacts, some thousands at a time, in their order."""
    last = 0
    while True:
        some = Contact.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]
        if not (numbers := list(some)):
            return
        if len(numbers) == BATCH:
            fetch_compiled()
        yield numbers
        last = numbers[-1]


def _numbered(kept: str, most: int) -> Iterable[int]:
    return Standing.objects.filter(funnel=kept).values_list("pk", flat=True)[:most]


def _places(funnels: warehouse.Funnels, touches: Touches, now: int) -> list[Place]:
    known = ((funnels.kept_as[slug], funnel) for slug, funnel in funnels.items())
    return [one for kept, funnel in known for one in stand(kept, funnel, touches, now)]


def _put_batch(numbers: list[int], kept: str, funnel: Funnel, now: int) -> None:
    people = hold(numbers)
    touches = people.touches()
    _put(people, stand(kept, funnel, touches, now), last_touches(touches), kept, now)


def _put(
    people: People, found: Sequence[Place], last: Mapping[int, int], kept: str | None, now: int
) -> Moves:
    """Write standings of some people in place of those that there were, under one name or under all.

    Only what differs is written. Answers with those whose stage differs, each with the stage before.
    """
    old = Standing.objects.filter(one_of(people.everybody, "contact"))
    old = old.filter(funnel=kept) if kept else old
    there = {(row[1], row[2]): row for row in old.values_list("id", *COLUMNS)}
    fresh, changed, moves = [], [], []
    for one in found:
        owner, team, *_ = people.told[one.contact_id]
        row: Row = (*one, owner, team, last[one.contact_id])
        before = there.pop(one[:2], None)
        if before is None:
            fresh.append(row)
        else:
            changed.append((before[1:], row, before[0]))
        if one.stage != (stage := before[3] if before else 0):
            moves.append((one, stage))
    Standing.objects.filter(one_of(row[0] for row in there.values())).delete()
    rewrite(Standing, COLUMNS, changed)
    fresh.sort(key=lambda row: (row[0], row[2], row[-1]))  # near each other in the indexes: a fifth quicker
    insert(Standing, COLUMNS, fresh)
    gone = ((Place(row[1], row[2], 0, 0, now, None, None), row[3]) for row in there.values())
    return moves + [(one, stage) for one, stage in gone if stage]
