"""What every page knows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def workplace(request: HttpRequest) -> dict[str, Any]:
    """Nothing yet beyond what Django gives."""
    return {}
