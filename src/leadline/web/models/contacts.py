"""People and organisations."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Lower

from leadline.web.models.columns import (
    Carried,
    Owned,
    for_each_circle,
    of_nobody,
    small,
    small_after_first_word,
)

_LISTED = ("erased_at", "merged_into")
"""What everybody is asked who is to stand in a list."""
_ASKED = ("path", *_LISTED)


class Tag(models.Model):
    """A word that contacts are marked with."""

    name = models.CharField(max_length=60, unique=True)

    def __str__(self) -> str:
        return self.name


class Company(Owned):
    """An organisation."""

    name = models.CharField(max_length=200, db_index=True)
    domain = models.CharField(max_length=200, blank=True, db_index=True)
    fields = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    name_small = small("name", 200)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["created_at"], name="company_made")]

    def __str__(self) -> str:
        return self.name


class Contact(Owned):
    """A person. `key` is what an import calls them; erased people keep a row without anything about them.

    Somebody who is `merged_into` another is the same person under another number, and shows nowhere by
    themselves; their touches stay theirs, so that a merge can be undone. Whoever is merged has nobody merged
    into them.

    `last_touch_at` and `path` (where they came from) follow from the touches; they stand here for lists.
    """

    name = models.CharField(max_length=200, blank=True, db_index=True)
    key = models.CharField(max_length=200, null=True, blank=True, unique=True)
    company = models.ForeignKey(Company, models.SET_NULL, null=True, blank=True, related_name="contacts")
    job_title = models.CharField(max_length=200, blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="contacts", through="Mark")
    fields = models.JSONField(default=dict, blank=True)
    path = models.CharField(max_length=80, blank=True)
    last_touch_at = models.BigIntegerField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    name_small = small("name", 200)
    second_name_small = small_after_first_word("name", 200)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            *for_each_circle("contact_touched", "last_touch_at", "id", beside=_ASKED),
            of_nobody("contact_touched", "last_touch_at", "id", beside=_ASKED),
            of_nobody("contact_named", "name_small", "id", beside=_ASKED),
            models.Index(
                fields=["path", "last_touch_at", "id"],
                include=["owner", "team", *_LISTED],
                name="contact_path",
            ),
            models.Index(fields=["created_at"], name="contact_made"),
            models.Index(  # gone through as a whole, for a text somewhere in it
                fields=["job_title"], condition=models.Q(job_title__gt=""), name="contact_titled"
            ),
            *for_each_circle("contact_named", "name_small", "id", beside=_ASKED)[1:],
            models.Index(
                fields=["erased_at"], condition=models.Q(erased_at__isnull=False), name="contact_erased"
            ),
            models.Index(  # of the few who are: an index of all would draw every list away from its order
                fields=["merged_into"], condition=models.Q(merged_into__isnull=False), name="contact_merged"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.key or f"contact {self.pk}"


class Mark(Carried):
    """That a contact is marked with a tag."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="marks", db_index=False)
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="marks", db_index=False)

    class Meta:
        db_table = "web_contact_tags"
        unique_together: ClassVar[list[Any]] = [("contact", "tag")]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["tag", "contact"], name="contact_tags_tagged"),
            models.Index(fields=["tag", "owner", "team", "contact"], name="contact_tags_own"),
            models.Index(fields=["tag", "team", "owner", "contact"], name="contact_tags_team"),
        ]

    def __str__(self) -> str:
        return f"{self.tag_id} of {self.contact_id}"


class Address(models.Model):
    """A way to reach somebody: the e-mail, the phone, the street, the handle."""

    class Sort(models.TextChoices):
        """What sort of address it is."""

        EMAIL = "email", "E-mail"
        PHONE = "phone", "Phone"
        POSTAL = "postal", "Address"
        SOCIAL = "social", "Social"

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="addresses")
    sort = models.CharField(max_length=6, choices=Sort)
    value = models.CharField(max_length=300)
    label = models.CharField(max_length=40, blank=True)
    value_small = small("value", 300)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["contact", "sort", "value"], name="address_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["value"], name="address_value"),
            models.Index(Lower("value"), name="address_lower"),
        ]

    def __str__(self) -> str:
        return self.value


class FieldValue(models.Model):
    """The value of a field of one's own of a contact, to be looked for; it stands in `Contact.fields`.

    The database itself keeps it (`warehouse/values.py`). `text` begins with so much of a text that an index
    takes it, and `cut` says that there is more; yes and no are `true` and `false`.
    """

    objects: ClassVar[models.Manager[FieldValue]] = models.Manager()

    contact = models.ForeignKey(
        Contact, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    field = models.CharField(max_length=60)
    text = models.CharField(max_length=200, null=True)
    number = models.FloatField(null=True)
    cut = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["contact", "field"], name="field_value_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["field", "text", "contact"],
                condition=models.Q(text__isnull=False),
                name="field_value_text",
            ),
            models.Index(
                fields=["field", "number", "contact"],
                condition=models.Q(number__isnull=False),
                name="field_value_number",
            ),
            models.Index(fields=["field", "contact"], condition=models.Q(cut=True), name="field_value_cut"),
        ]

    def __str__(self) -> str:
        return f"{self.field} {self.text if self.number is None else self.number}"


class Field(models.Model):
    """A field of one's own, of contacts or companies, with a type."""

    class Type(models.TextChoices):
        """What its values are."""

        TEXT = "text", "Text"
        NUMBER = "number", "Number"
        DATE = "date", "Date"
        CHOICE = "choice", "One of a list"
        FLAG = "flag", "Yes or no"

    of = models.CharField(max_length=8, choices=[("contact", "Contact"), ("company", "Company")])
    name = models.SlugField(max_length=60)
    label = models.CharField(max_length=80)
    type = models.CharField(max_length=6, choices=Type, default=Type.TEXT)
    choices = models.JSONField(default=list, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["of", "name"], name="field_once")]

    def __str__(self) -> str:
        return self.label
