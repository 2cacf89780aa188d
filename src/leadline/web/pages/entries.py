"""What the timeline of a contact shows: touches, those taken back too, and notes."""

from __future__ import annotations

import base64
import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db.models import Q

from leadline.engine.instants import to_datetime, to_instant
from leadline.engine.kinds import Kinds
from leadline.web import access, warehouse
from leadline.web.actions import touches
from leadline.web.actions.acting import name_of
from leadline.web.among import among, as_told
from leadline.web.models import Contact, Import, Note, Purchase, Touch, User
from leadline.web.pages import dates
from leadline.web.templatetags.spoken import said_kind
from leadline.web.templatetags.words import money
from leadline.web.together import Place, Question, Told, as_time, put_together, records_of, rows_of

SIZE = 40
LATELY, USUAL = 500, 6
"""Among so many touches of contacts that somebody recorded last are the kinds of lately; so many at hand."""
OF_LATELY = "Lately"
_NEVER = to_instant(datetime.max.replace(tzinfo=UTC))
LINKS = {
    "generate": "Lead generation",
    "nurture": "Nurturing",
    "ask": "Direct asks",
    "answer": "Answers",
    "fact": "What they told us",
    "exit": "Leaving",
}


@dataclass(frozen=True)
class Entry:
    """One line of the timeline: a touch or a note."""

    at: int
    number: int
    touch: Touch | None
    note: Note | None
    when: str
    means: str = ""
    link: str = ""
    amount: str = ""
    gone: Touch | None = None
    gone_on: str = ""
    source: str = ""
    restore: str = ""
    """The number of the purchase that it stood for, where that was taken back and can be put back."""
    sale: Purchase | None = None
    """The purchase that it stands for."""
    repaid: bool = False
    """Whether it says that money was given back, which can be taken back."""

    @property
    def kind(self) -> str:
        """What happened, as people say it."""
        return said_kind(self.touch.kind) if self.touch else ""

    @property
    def fixed(self) -> bool:
        """Whether it stands for another record, where it is to be changed."""
        return self.touch is not None and touches.is_of_record(self.touch)


def link_of(name: str, kinds: Kinds) -> str:
    """The link of the cycle that a kind is; empty for one that isn't known any more."""
    return kinds.kinds[kinds.code(name)].link if name in kinds else ""


def entries_of(
    contact: Contact, user: User, cursor: str = "", twins: Iterable[int] | None = None
) -> tuple[list[Entry], str]:
    """A page of the timeline, the latest first, and where the next begins; `twins` as `access.touches`."""
    before, same = _read(cursor), warehouse.merged([contact.pk]) if twins is None else twins
    times: Told = {"before": before, "time": as_time(to_datetime(before))}
    told: Told = {**times, "contact": contact.pk, "contacts": as_told([contact.pk, *same])}
    happened, written = (records_of(one, told) for one in _page(merged=bool(same)))
    merged = heapq.merge(
        _told(happened, contact, user), _noted(written, user), key=lambda one: (-one.at, -one.number)
    )
    found = list(merged)
    if len(found) <= SIZE:
        return found, ""
    last = found[SIZE - 1].at  # those of one instant stay together: a page ends before the next instant
    shown = [one for one in found[:SIZE] if one.at > found[SIZE].at] or _whole(same, last, contact, user)
    return shown, base64.urlsafe_b64encode(str(shown[-1].at).encode()).decode()


@cache
def _page(*, merged: bool) -> tuple[Question, Question]:
    """The touches and the notes of a contact that came before an instant, as far as a page goes.

    Those of whoever was merged into them come with theirs.
    """
    theirs = among(Place("contacts"), "contact") if merged else Q(contact=Place("contact"))
    happened = Touch.objects.filter(theirs, retracts=None, happened_at__lt=Place("before"))
    happened = happened.select_related("recorded_by")
    notes = Note.objects.filter(contact=Place("contact"), written_at__lt=Place("time"))
    written = notes.select_related("author").order_by("-written_at", "-pk")
    return (
        put_together(happened.order_by("-happened_at", "-pk")[: SIZE + 1]),
        put_together(written[: SIZE + 1]),
    )


def _whole(twins: Iterable[int], at: int, contact: Contact, user: User) -> list[Entry]:
    """Everything of one instant, where that is more than a page."""
    rows = access.touches(contact, twins).filter(retracts=None, happened_at=at).select_related("recorded_by")
    notes = contact.notes.select_related("author").filter(written_at=to_datetime(at)).order_by("-pk")
    return [*_told(list(rows.order_by("-pk")[:2000]), contact, user), *_noted(list(notes), user)]


def _told(rows: list[Touch], contact: Contact, user: User) -> Iterable[Entry]:
    kinds = warehouse.kinds()
    gone = Touch.objects.filter(retracts__in=[one.pk for one in rows if not one.in_force], in_force=True)
    by = {one.retracts_id: one for one in gone.select_related("recorded_by")}
    files, restorable, sales = _files_of(rows), _restorable(rows, kinds), _sales_of(rows)
    repaid = {kinds.kinds[code].name for code in kinds.named("repaid")}
    for one in rows:
        kind = kinds.kinds[kinds.code(one.kind)] if one.kind in kinds else None
        back = by.get(one.pk)
        yield Entry(
            at=one.happened_at,
            number=one.pk,
            touch=one,
            note=None,
            when=dates.time_said(one.happened_at, user.zone),
            means=kind.means if kind else "",
            link=kind.link if kind else "",
            amount=money(one.value, one.currency),
            gone=back,
            gone_on=dates.day_said(back.recorded_at, user.zone) if back else "",
            source=_source(one, contact, files),
            restore=one.origin.partition(":")[2] if back and one.origin in restorable else "",
            sale=sales.get(one.origin) if one.in_force and one.kind not in repaid else None,
            repaid=one.in_force and one.kind in repaid and one.origin in sales,
        )


def _files_of(rows: list[Touch]) -> dict[str, str]:
    """The files of each import that touches came by, by its number."""
    parts = [one.origin.split(":") for one in rows]
    numbers = {told[1] for told in parts if told[0] == "import" and len(told) > 1 and told[1].isdigit()}
    there = Import.objects.filter(pk__in=numbers).values_list("pk", "files") if numbers else ()
    return {str(number): _named([str(file["name"]) for file in files]) for number, files in there}


def _named(files: list[str]) -> str:
    """A file by its name, or several by how many they are: a timeline is no list of files."""
    return files[0] if len(files) == 1 else f"one of {len(files)} files"


def _sales_of(rows: list[Touch]) -> dict[str, Purchase]:
    """The purchases that touches in force stand for, by their origin."""
    told = {one.origin for one in rows if one.in_force and one.origin.startswith("purchase:")}
    numbers = [int(origin.partition(":")[2]) for origin in told]
    return {name_of(one): one for one in Purchase.objects.filter(pk__in=numbers)} if numbers else {}


def _restorable(rows: list[Touch], kinds: Kinds) -> set[str]:
    """The origins of touches that stood for purchases which were taken back."""
    names = {kinds.kinds[code].name for code in kinds.named("purchased")}
    taken = {one.origin for one in rows if not one.in_force and one.kind in names}
    gone = {origin for origin in taken if origin.startswith("purchase:")}
    there = {int(origin.partition(":")[2]) for origin in gone}
    there = set(Purchase.objects.filter(pk__in=there).values_list("pk", flat=True)) if there else there
    return {origin for origin in gone if int(origin.partition(":")[2]) not in there}


def _source(touch: Touch, contact: Contact, files: dict[str, str]) -> str:
    """Where a touch comes from, in words."""
    what, _, number = touch.origin.partition(":")
    by = str(touch.recorded_by) if touch.recorded_by else touch.actor
    said = f"from {what} {number}".strip() if touch.origin else f"by {by}" if by else ""
    if what == "import":
        of, _, place = number.partition(":")
        line = place.rpartition(":")[2]
        said = f"from {files.get(of, f'import {of}')}" + (f", line {line}" if line.isdigit() else "")
    return said + (", under a number merged into this one" if touch.contact_id != contact.pk else "")


def _noted(rows: list[Note], user: User) -> Iterable[Entry]:
    for one in rows:
        at = to_instant(one.written_at)
        yield Entry(at=at, number=one.pk, touch=None, note=one, when=dates.time_said(at, user.zone))


def _read(cursor: str) -> int:
    """The instant before which a page is; one that never comes for the first page."""
    try:
        at = int(base64.urlsafe_b64decode(cursor.encode()))
    except (ValueError, TypeError):
        return _NEVER
    return at if 0 < at < _NEVER else _NEVER


def kinds_offered(user: User) -> list[dict[str, Any]]:
    """The kinds that somebody can record by hand, by link; those they recorded lately stand first."""
    kinds = warehouse.kinds()
    typed = kinds.named("typed") if "typed" in kinds.groups else frozenset()
    offered = [kind for code, kind in enumerate(kinds.kinds) if not kind.machine and code not in typed]
    by_hand = (kind for kind, origin in rows_of([_mine()], {"user": user.pk})[0] if not origin)
    lately = list(dict.fromkeys(by_hand))[:5]
    known = {kind.name: kind for kind in offered}
    groups: list[dict[str, Any]] = [
        {"label": OF_LATELY, "kinds": [known[name] for name in lately if name in known]}
    ]
    groups += [
        {"label": label, "kinds": [kind for kind in offered if kind.link == link]}
        for link, label in LINKS.items()
    ]
    return [
        {
            "label": group["label"],
            "kinds": [
                {"name": kind.name, "said": said_kind(kind.name), "means": kind.means}
                for kind in group["kinds"]
            ],
        }
        for group in groups
        if group["kinds"]
    ]


@cache
def _mine() -> Question:
    """What somebody recorded last."""
    mine = Touch.objects.filter(recorded_by=Place("user"), contact__isnull=False, retracts=None)
    return put_together(mine.order_by("-pk").values_list("kind", "origin")[:LATELY])


def kinds_usual(offered: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Of the kinds that are offered those at one press, each with what it means: of lately, then ours."""
    lately = [one for group in offered if group["label"] == OF_LATELY for one in group["kinds"]]
    return list(dict([*((one["name"], one["means"]) for one in lately), *kinds_of_ours()]).items())[:USUAL]


def kinds_of_ours() -> list[tuple[str, str]]:
    """What somebody did who turned to a person, each with what it means: ours to them, and talks."""
    kinds = warehouse.kinds().kinds
    ours = [one for one in kinds if one.link == "nurture" and one.direction != "in" and not one.machine]
    return [(one.name, one.means) for one in ours if "contacted" in one.groups]
