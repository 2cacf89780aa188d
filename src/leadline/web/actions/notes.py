"""A few lines about somebody: to write them, and to take them away."""

from __future__ import annotations

from typing import Any

from leadline.engine.instants import to_instant
from leadline.web.actions.acting import Actor, action, note_change
from leadline.web.actions.texts import tidy
from leadline.web.errors import Invalid
from leadline.web.models import Contact, Note


@action
def write_note(actor: Actor, contact: Contact, text: str) -> Note:
    """Write a note. A note is no touch: it changes no stage."""
    text = tidy(text, "A note")
    if not text:
        raise Invalid("A note was to be written", found="nothing", allowed="a few words")
    note = Note.objects.create(contact=contact, text=text, author=actor.user)
    note_change(actor, "note.written", contact, {}, _said(note))
    return note


@action
def remove_note(actor: Actor, note: Note) -> None:
    """Take a note away; what it said stays in the record of changes."""
    note_change(actor, "note.removed", note.contact, _said(note), {})
    note.delete()


def _said(note: Note) -> dict[str, Any]:
    return {"note": note.text, "author_id": note.author_id, "written_at": to_instant(note.written_at)}
