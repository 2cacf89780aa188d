"""Files that were taken in, and what each changed, so that it can be undone."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Import(models.Model):
    """One run of an import: its files, what their columns mean, and what came of it."""

    class State(models.TextChoices):
        """How far it is."""

        PROPOSED = "proposed", "Proposed"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"

    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey("web.User", models.SET_NULL, null=True, related_name="+")
    files = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]


class ImportChange(models.Model):
    """One record that an import made or changed.

    `before` is None for what was made; for a change it has of each column what it `was` and what it `became`,
    and under `addresses` and `tags` those that were added. A contact that the import made itself is
    `tagged:12` in the line of its tags.
    """

    of = models.ForeignKey(Import, models.CASCADE, related_name="changes")
    record = models.CharField(max_length=80)
    before = models.JSONField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["record"], name="import_change_record")]
