"""What the team's words mean, as the engine has it: kinds and funnels."""

from __future__ import annotations

from functools import lru_cache

from leadline.engine.funnel import Funnel, parse_funnel
from leadline.engine.kinds import Kind, Kinds
from leadline.web.models import FunnelVersion, KindDefinition


def kinds() -> Kinds:
    """The kinds that come with Leadline, and the team's own."""
    names = ("name", "means", "link", "direction", "groups")
    rows = KindDefinition.objects.order_by("name").values(*names)
    return _with(tuple(Kind(**row | {"groups": tuple(row["groups"])}) for row in rows))


def funnels() -> dict[str, Funnel]:
    """The funnels in force, by slug, the first published first."""
    versions = FunnelVersion.objects.filter(in_force=True).order_by("published_at", "id")
    return {one.slug: _parsed(one.toml) for one in versions}


def coming() -> dict[str, Funnel]:
    """The funnels that are being published, by slug: soon in force, and counted nowhere yet."""
    return {one.slug: _parsed(one.toml) for one in FunnelVersion.objects.filter(coming=True)}


@lru_cache(maxsize=8)
def _with(own: tuple[Kind, ...]) -> Kinds:
    """One object for the same kinds, since the engine compiles a funnel once for each."""
    return Kinds.shipped().with_kinds(own) if own else Kinds.shipped()


@lru_cache(maxsize=64)
def _parsed(toml: str) -> Funnel:
    return parse_funnel(toml)
