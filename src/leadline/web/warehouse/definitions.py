"""What the team's words mean, as the engine has it: kinds and funnels."""

from __future__ import annotations

from leadline.engine.funnel import Funnel, parse_funnel
from leadline.engine.kinds import Kind, Kinds
from leadline.web.models import FunnelVersion, KindDefinition


def kinds() -> Kinds:
    """The kinds that come with Leadline, and the team's own."""
    names = ("name", "means", "link", "direction", "groups")
    own = tuple(Kind(**row) for row in KindDefinition.objects.order_by("name").values(*names))
    return Kinds.shipped().with_kinds(own) if own else Kinds.shipped()


def funnels() -> dict[str, Funnel]:
    """The funnels in force, by slug, the first published first."""
    versions = FunnelVersion.objects.filter(in_force=True).order_by("published_at", "id")
    return {one.slug: parse_funnel(one.toml) for one in versions}


def coming() -> dict[str, Funnel]:
    """The funnels that are being published, by slug: soon in force, and counted nowhere yet."""
    return {one.slug: parse_funnel(one.toml) for one in FunnelVersion.objects.filter(coming=True)}
