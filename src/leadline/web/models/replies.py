"""What was answered to requests that carry a key of their own, so that the same request is done once."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class Reply(models.Model):
    """The answer to a request with an Idempotency-Key, kept for a day.

    `digest` is the SHA-256 of what was asked for: another request with the same key is a mistake.
    """

    user = models.ForeignKey("web.User", models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    body = models.JSONField()
    made_at = models.BigIntegerField(db_index=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["user", "key"], name="reply_once")
        ]
