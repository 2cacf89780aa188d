"""What is to be done, and what is worth remembering."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from leadline.web.models.columns import Owned
from leadline.web.models.contacts import Contact


class Task(Owned):
    """Something to do by a day."""

    contact = models.ForeignKey(Contact, models.CASCADE, null=True, blank=True, related_name="tasks")
    title = models.CharField(max_length=200)
    due_on = models.DateField(null=True, blank=True, db_index=True)
    done_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)


class Note(models.Model):
    """A few lines about somebody."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="notes")
    text = models.TextField()
    author = models.ForeignKey("web.User", models.SET_NULL, null=True, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-written_at"]
