"""Open cycles: how many people without names were reached."""

from __future__ import annotations

from django.db import models


class Audience(models.Model):
    """So many people met something of ours on a day: readers, visitors, an audience."""

    path = models.CharField(max_length=80)
    kind = models.CharField(max_length=60)
    day = models.DateField()
    n = models.BigIntegerField()
    content = models.CharField(max_length=200, blank=True)
