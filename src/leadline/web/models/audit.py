"""Who changed what, and when."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class AuditEntry(models.Model):
    """One change, written in the transaction that made it. `before` and `after` hold what differs."""

    at = models.DateTimeField(auto_now_add=True)
    who = models.ForeignKey("web.User", models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.CharField(max_length=200, help_text="Their name then, or the token or job that did it.")
    action = models.CharField(max_length=60)
    record = models.CharField(max_length=80, help_text="As contact:12.")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["record", "-id"], name="audit_record"),
            models.Index(fields=["-at"], name="audit_time"),
        ]
