"""What the team's words mean: funnels, kinds, paths, the ideal customer."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class FunnelVersion(models.Model):
    """One version of a funnel, as TOML. The published one is in force; a draft is nowhere counted.

    One that was published is `coming` while it is worked out where everybody stands by it. `kept_as` is the
    name under which that is kept; empty: the funnel's own.
    """

    slug = models.SlugField(max_length=64)
    number = models.PositiveIntegerField()
    toml = models.TextField()
    published_at = models.DateTimeField(null=True, blank=True)
    in_force = models.BooleanField(default=False)
    coming = models.BooleanField(default=False)
    kept_as = models.CharField(max_length=64, blank=True)
    made_by = models.ForeignKey("web.User", models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["slug", "number"], name="funnel_version_once"),
            models.UniqueConstraint(
                fields=["slug"], condition=models.Q(in_force=True), name="funnel_one_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slug} {self.number}"


class KindDefinition(models.Model):
    """A kind of one's own, which counts as groups that there are."""

    name = models.SlugField(max_length=60, unique=True)
    means = models.CharField(max_length=300)
    link = models.CharField(max_length=12)
    direction = models.CharField(max_length=8)
    groups = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.name


class PathDefinition(models.Model):
    """A path by which business comes, with one sentence."""

    name = models.CharField(max_length=80, unique=True)
    means = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Profile(models.Model):
    """The ideal customer: rules over fields, all of which make the fact `fit`."""

    name = models.CharField(max_length=80, unique=True)
    rules = models.JSONField(default=list)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name
