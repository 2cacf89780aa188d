"""Lists as somebody likes to see them."""

from __future__ import annotations

from django.db import models


class SavedView(models.Model):
    """Filters, order and columns of a list, with a name."""

    of = models.CharField(max_length=12)
    name = models.CharField(max_length=80)
    owner = models.ForeignKey("web.User", models.CASCADE, related_name="views")
    shared = models.BooleanField(default=False)
    default = models.BooleanField(default=False)
    query = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
