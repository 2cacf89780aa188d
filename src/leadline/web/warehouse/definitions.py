"""What the team's words mean, as the engine has it: kinds and funnels."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache

from django.db import connection
from django.db.models import OuterRef, Q, Subquery

from leadline.engine.funnel import Funnel, parse_funnel
from leadline.engine.kinds import Kind, Kinds
from leadline.web.models import FunnelVersion, KindDefinition

_OF_KIND = ("name", "means", "link", "direction", "groups")
_KINDS = f"SELECT {', '.join(_OF_KIND)} FROM {KindDefinition._meta.db_table} ORDER BY name"  # noqa: S608 - of this file alone


def kinds() -> Kinds:
    """The kinds that come with Leadline, and the team's own.

    A page asks for them again and again, so the question is written out.
    """
    with connection.cursor() as cursor:
        cursor.execute(_KINDS)
        return _with(tuple(cursor.fetchall()))


class Funnels(dict[str, Funnel]):
    """Funnels by slug; `kept_as` says for each under which name it is kept where everybody stands by it.

    Whoever reads standings takes both from one look, so that these are of the very version that they name.
    """

    def __init__(self, versions: Iterable[FunnelVersion] = ()) -> None:
        known = list(versions)
        super().__init__((one.slug, _parsed(one.toml)) for one in known)
        self.kept_as = {one.slug: one.kept_as or one.slug for one in known}


def funnels() -> Funnels:
    """The funnels in force, the first published first."""
    return followed()[0]


def coming() -> Funnels:
    """The funnels that are being published: soon in force, and counted nowhere yet."""
    return followed()[1]


def followed() -> tuple[Funnels, Funnels]:
    """The funnels in force, and those that are being published, as they are at one instant.

    A funnel keeps its place among the others, whichever of its versions is in force.
    """
    published = FunnelVersion.objects.filter(slug=OuterRef("slug")).exclude(published_at=None)
    first = published.order_by("published_at", "id")[:1]
    known = FunnelVersion.objects.filter(Q(in_force=True) | Q(coming=True)).annotate(
        since=Subquery(first.values("published_at")), begun=Subquery(first.values("id"))
    )
    versions = list(known.order_by("since", "begun", "id"))
    return (
        Funnels(one for one in versions if one.in_force),
        Funnels(one for one in versions if one.coming),
    )


@lru_cache(maxsize=8)
def _with(rows: tuple[tuple[str, ...], ...]) -> Kinds:
    """One object for the same kinds, since the engine compiles a funnel once for each."""
    read = ((*texts, tuple(json.loads(groups))) for *texts, groups in rows)
    own = tuple(Kind(**dict(zip(_OF_KIND, row, strict=True))) for row in read)
    return Kinds.shipped().with_kinds(own) if own else Kinds.shipped()


@lru_cache(maxsize=64)
def _parsed(toml: str) -> Funnel:
    return parse_funnel(toml)
