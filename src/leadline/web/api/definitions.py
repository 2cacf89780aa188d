"""What words mean: funnels and kinds."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from leadline.web import warehouse
from leadline.web.api.door import scoped
from leadline.web.api.shapes import FunnelTold, KindTold

router = Router(tags=["definitions"])


@router.get("/funnels", response=list[FunnelTold], summary="List funnels")
@scoped("definitions:read")
def list_funnels(request: HttpRequest) -> list[dict[str, Any]]:
    """Those in force, the first published first."""
    return [
        {
            "slug": slug,
            "name": funnel.name,
            "means": funnel.means,
            "stages": [
                {"name": stage.name, "means": stage.means, "role": stage.role, "owner": stage.owner}
                for stage in funnel.stages
            ],
        }
        for slug, funnel in warehouse.funnels().items()
    ]


@router.get("/kinds", response=list[KindTold], summary="List kinds of touches")
@scoped("definitions:read")
def list_kinds(request: HttpRequest) -> list[dict[str, Any]]:
    """Those that come with Leadline, and the team's own."""
    return [
        {
            "name": kind.name,
            "means": kind.means,
            "link": kind.link,
            "direction": kind.direction,
            "groups": list(kind.groups),
        }
        for kind in warehouse.kinds().kinds
    ]
