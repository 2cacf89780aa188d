"""Many records that are changed at once, by the worker."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from leadline.web.models.columns import instant


class Edit(models.Model):
    """One change of all records that a list had, made a batch at a time, and undone as a whole.

    `given` are the filters of the list, `change` is what is done with each record (`actions/several.py`).
    Records up to the number `top` are meant, and those up to `upto` were looked at: `done` of them, of which
    `changed` became others. While it is undone, `upto` is the entry in the record of changes that was undone
    last, and `left` counts what was changed again since; none of its entries comes before `mark`.
    """

    class State(models.TextChoices):
        """How far it is."""

        RUNNING = "running", "Running"
        DONE = "done", "Done"
        STOPPED = "stopped", "Stopped"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"

    objects: ClassVar[models.Manager[Edit]] = models.Manager()

    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey("web.User", models.SET_NULL, null=True, related_name="+")
    at = instant()
    of = models.CharField(max_length=8)
    given = models.JSONField(default=dict)
    change = models.JSONField(default=dict)
    key = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    total = models.PositiveBigIntegerField(default=0)
    done = models.PositiveBigIntegerField(default=0)
    changed = models.PositiveBigIntegerField(default=0)
    left = models.PositiveBigIntegerField(default=0)
    mark = models.PositiveBigIntegerField(default=0)
    top = models.PositiveBigIntegerField(default=0)
    upto = models.PositiveBigIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["made_by", "key"], condition=models.Q(state="running"), name="edit_runs_once"
            )
        ]
