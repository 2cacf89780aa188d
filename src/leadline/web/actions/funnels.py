"""Funnels: drafts, versions, and putting one in force."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from django.db.models import Q

from leadline.engine.conditions import Condition, dump_condition, parse_condition, parse_phrase
from leadline.engine.errors import BadFunnel
from leadline.engine.funnel import Funnel, Stage, dump_funnel, load_funnel, parse_funnel, shipped_funnels
from leadline.engine.instants import to_datetime
from leadline.engine.lookup import Lookup, lookup
from leadline.engine.places import Places
from leadline.web import warehouse
from leadline.web.actions.acting import Actor, action, enqueue, note_change
from leadline.web.actions.standings import BATCH, batches, forget_later, prepare
from leadline.web.errors import Conflict, Invalid, NotFound
from leadline.web.models import FunnelVersion

LONGEST = 100_000
"""The most letters that the text of a funnel may have."""
if TYPE_CHECKING:
    from leadline.engine.funnel import Owner, Role

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def check(text: str, where: str = "funnel", stages: tuple[str, ...] = ()) -> tuple[Funnel, Lookup]:
    """The funnel that a text declares, compiled for our kinds.

    Raises BadFunnel with `where` and the line, or with the stage where the names of all `stages` are given.
    """
    if len(text) > LONGEST or "\0" in text:
        found = "a letter that no text has" if "\0" in text else f"{len(text):,} letters"
        raise BadFunnel("The text of a funnel was asked for", found=found, allowed=f"{LONGEST:,} letters")
    funnel = parse_funnel(text.replace("\r\n", "\n"), where, stages)
    return funnel, lookup(funnel, warehouse.kinds())


@action
def save_draft(actor: Actor, slug: str, text: str, over: str | None = None) -> FunnelVersion:
    """Keep a text as the draft of a funnel; nothing is counted by it. It has to be one that can be used.

    `over` is the text from which it was made: raises Conflict where somebody else saved another meanwhile.
    """
    text = text.replace("\r\n", "\n")
    check(text)
    check_slug(slug)
    newest = latest(slug)
    if over is not None and (newest is None or newest.toml.strip() != over.replace("\r\n", "\n").strip()):
        raise Conflict(
            f"The funnel “{slug}” was to be saved",
            found="that somebody else has saved it meanwhile",
            allowed="to open it again, and to change what is there now",
        )
    if newest is not None and newest.toml == text:
        return newest
    return _draft(actor, slug, text, newest)


@action
def begin(actor: Actor, slug: str, text: str) -> FunnelVersion:
    """Begin a funnel of one's own; raises Conflict where there is one of that name."""
    check(text)
    check_slug(slug)
    if slug in shipped_funnels() or latest(slug) is not None:
        raise Conflict("A funnel was to be called so", found=f"a funnel “{slug}” already")
    return _draft(actor, slug, text, None)


@action
def publish(actor: Actor, version: FunnelVersion, instead_of: int | None = None) -> FunnelVersion:
    """Put a version in force: at once where there are few contacts, or else by a job, batch by batch.

    Until the job is through, the version before stays in force and everybody stands where they stood.
    `instead_of` is the number of the one that whoever publishes saw in force, 0 for none: raises Conflict
    where somebody else has put another one in force, or on its way, meanwhile.
    """
    others = FunnelVersion.objects.filter(slug=version.slug).order_by("pk")
    list(others.select_for_update().values_list("pk"))  # whoever publishes another one waits
    version.refresh_from_db()
    if instead_of is not None and (there := number_in_force(version.slug)) != instead_of:
        there_now = f"put version {there} in force" if there else "took the funnel out of force"
        raise Conflict(
            f"{version} was to be put in force",
            found=f"that somebody else {there_now} meanwhile",
            allowed="to look at what differs from what is in force now, and then to decide",
        )
    if version.in_force or version.coming:
        raise Conflict(f"{version} was to be put in force", found="that it is already")
    return put_in_force(actor, version)


def put_in_force(actor: Actor, version: FunnelVersion) -> FunnelVersion:
    """The same inside an action, where no version of the funnel is in force, or another one."""
    check(version.toml)
    if version.published_at is not None:
        version = _draft(actor, version.slug, version.toml, latest(version.slug))
    _begin(actor, version)
    first = next(batches(), [])
    if len(first) < BATCH:
        prepare(version, actor.now)
        _finish(version, actor.now)
    else:
        enqueue("funnel.publish", {"version": version.pk}, actor.now, f"funnel.publish:{version.pk}")
    version.refresh_from_db()
    return version


def number_in_force(slug: str) -> int:
    """The number of the version of a funnel that is in force, or on its way; 0 where none is."""
    there = FunnelVersion.objects.filter(Q(in_force=True) | Q(coming=True), slug=slug)
    return there.order_by("coming").values_list("number", flat=True).last() or 0


@action
def adopt(actor: Actor, name: str) -> FunnelVersion:
    """A version, ready to be published, of a funnel that comes with Leadline; its draft, if there is one."""
    if name not in shipped_funnels():
        raise NotFound(
            f"The funnel “{name}” was asked for",
            found="none of that name",
            allowed=", ".join(shipped_funnels()),
        )
    newest = latest(name)
    if newest is not None and (newest.in_force or newest.coming):
        raise Conflict(f"The funnel “{name}” was to be put in force", found="that it is already")
    return newest or _draft(actor, name, dump_funnel(load_funnel(name)), None)


@action
def finish(version: FunnelVersion, now: int) -> bool:
    """Put a prepared version in force; False where another one took its place meanwhile."""
    if not FunnelVersion.objects.filter(pk=version.pk, coming=True).exists():
        return False
    _finish(version, now)
    return True


@action
def retire(actor: Actor, slug: str) -> None:
    """Take a funnel out of force; its versions stay. The last one in force can't be."""
    in_force = dict(FunnelVersion.objects.filter(in_force=True).values_list("slug", "number"))
    if slug not in in_force:
        raise NotFound("A funnel was to be taken out of force", found=f"no “{slug}” in force")
    if len(in_force) == 1:
        raise Conflict(
            f"“{slug}” was to be taken out of force",
            found="no other funnel",
            allowed="this, once another one is",
        )
    FunnelVersion.objects.filter(slug=slug).update(in_force=False, coming=False)
    forget_later(actor.now)
    note_change(actor, "funnel.retired", f"funnel:{slug}", {"version": in_force[slug]}, {})


def latest(slug: str) -> FunnelVersion | None:
    """The newest version of a funnel, draft or not."""
    return FunnelVersion.objects.filter(slug=slug).order_by("-number").first()


def reshape(text: str, rows: list[dict[str, Any]]) -> str:
    """The text of a funnel with its stages renamed, described, ordered, left out or added as rows say.

    A row has `was` (the stage's number, from 1; 0: a new one), `name`, `means`, `role`, `owner` and `when`,
    phrases, one a line, of which `how` says whether "all" have to hold or "any". A condition that nests
    others stays as it is. Raises BadFunnel, with the name of the stage, for what can't be used.
    """
    funnel, _ = check(text)
    names = tuple(str(row["name"]).strip() for row in rows)
    made = (_stage(funnel, row, Places(stages=names), place) for place, row in enumerate(rows))
    reshaped = dump_funnel(replace(funnel, stages=tuple(made)))
    check(reshaped, "", names)
    return reshaped


def _stage(funnel: Funnel, row: dict[str, Any], places: Places, place: int) -> Stage:
    try:
        return _reshaped(funnel, row)
    except BadFunnel as error:
        raise places.locate(error, place) from None


def _reshaped(funnel: Funnel, row: dict[str, Any]) -> Stage:
    was, name, means = int(row["was"]), str(row["name"]).strip(), str(row["means"]).strip()
    role, owner = cast("Role", row["role"]), cast("Owner", row["owner"] or None)
    lines = [line.strip() for line in str(row.get("when", "")).splitlines() if line.strip()]
    how = "any" if row.get("how") == "any" else "all"
    if was == 0:
        return Stage(name, means, _condition(name, lines, how), role, owner)
    if not 1 <= was <= len(funnel.stages):
        raise Invalid("A stage was to be changed", found=f"number {was}", allowed="one that there is")
    stage = funnel.stages[was - 1]
    known = phrases_of(stage)
    same = known is None or "when" not in row or known == (lines, how)
    when = stage.when if same else _condition(name, lines, how)
    return replace(stage, name=name, means=means, role=role, owner=owner, when=when)


def phrases_of(stage: Stage) -> tuple[list[str], str] | None:
    """A stage's phrases, and whether "all" or "any" of them have to hold; None where it nests conditions."""
    told = dump_condition(stage.when)
    if isinstance(told, str):
        return [told], "all"
    [*_, (how, lines)] = told.items()
    flat = how in ("all", "any") and all(isinstance(line, str) for line in lines)
    return (lines, how) if flat else None


def _condition(name: str, lines: list[str], how: str) -> Condition:
    if not lines:
        raise Invalid(f"The stage “{name}” needs its condition", found="nothing", allowed="a phrase a line")
    return parse_phrase(lines[0]) if len(lines) == 1 else parse_condition({how: lines})


def _draft(actor: Actor, slug: str, text: str, newest: FunnelVersion | None) -> FunnelVersion:
    if newest is not None and newest.published_at is None:
        newest.toml, newest.made_by = text, actor.user
        newest.save(update_fields=["toml", "made_by"])
        draft = newest
    else:
        number = newest.number + 1 if newest else 1
        draft = FunnelVersion.objects.create(slug=slug, number=number, toml=text, made_by=actor.user)
    note_change(actor, "funnel.drafted", f"funnel:{slug}", {}, {"version": draft.number})
    return draft


def _begin(actor: Actor, version: FunnelVersion) -> None:
    FunnelVersion.objects.filter(slug=version.slug, coming=True).update(coming=False)
    version.coming, version.published_at = True, to_datetime(actor.now)
    version.kept_as = f"version:{version.pk}"
    version.save(update_fields=["coming", "published_at", "kept_as"])
    before = FunnelVersion.objects.filter(slug=version.slug, in_force=True).first()
    note_change(
        actor,
        "funnel.published",
        f"funnel:{version.slug}",
        {"version": before.number} if before else {},
        {"version": version.number},
    )


def _finish(version: FunnelVersion, now: int) -> None:
    FunnelVersion.objects.filter(slug=version.slug, in_force=True).update(in_force=False)
    FunnelVersion.objects.filter(pk=version.pk).update(in_force=True, coming=False)
    forget_later(now)


def check_slug(slug: str) -> None:
    """Raise Invalid for a name that no funnel can have."""
    if not _SLUG.fullmatch(slug) or len(slug) > 64:
        raise Invalid(
            "A short name for a funnel was asked for",
            found=f"“{slug[:80]}”",
            allowed="small letters, digits and hyphens, 64 at most, as in agency-2026",
        )
