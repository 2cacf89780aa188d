"""What every page knows: its look, and what words mean."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from leadline.web import warehouse

THEMES = ("light", "dark")


class Meanings:
    """What each stage, kind and group means; read when a page first asks."""

    def __init__(self, first: str) -> None:
        self.first = first

    def of(self, word: str, funnel: str = "") -> str:
        """The sentence of a stage in that funnel, or in the one seen first; else of a kind, group or fact."""
        stages = self._stages
        order = [funnel or self.first, *stages]
        found = next((stages[slug][word] for slug in order if word in stages.get(slug, {})), "")
        return found or self._kinds.get(word, "")

    @cached_property
    def _stages(self) -> dict[str, dict[str, str]]:
        return {
            slug: {step.name: step.means for stage in funnel.stages for step in stage.steps}
            | {stage.name: stage.means for stage in funnel.stages}
            for slug, funnel in warehouse.funnels().items()
        }

    @cached_property
    def _kinds(self) -> dict[str, str]:
        kinds = warehouse.kinds()
        return {
            each.name: each.means for each in (*kinds.facts.values(), *kinds.groups.values(), *kinds.kinds)
        }


def workplace(request: HttpRequest) -> dict[str, Any]:
    """The look that was chosen ("": the device decides), the frame, what words mean, if mail goes out."""
    theme = request.COOKIES.get("theme", "")
    user = getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    return {
        "theme": theme if theme in THEMES else "",
        "frame": "web/base.html" if known else "web/outside.html",
        "mail": bool(settings.EMAIL_HOST),
        "meanings": Meanings(getattr(user, "funnel", "")),
    }
