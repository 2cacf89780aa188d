"""What is left to be done, by the worker."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class Job(models.Model):
    """One piece of work, written in the transaction that asks for it, and claimed for a while by a worker.

    A job whose claim runs out is taken up again. Of jobs with one `dedupe_key` only one waits at a time.
    """

    kind = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    dedupe_key = models.CharField(max_length=120, null=True, blank=True)
    last_error = models.TextField(blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=models.Q(done_at=None, failed_at=None), name="job_due")
        ]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["dedupe_key"],
                condition=models.Q(done_at=None, failed_at=None, claimed_until=None),
                name="job_waits_once",
            )
        ]
