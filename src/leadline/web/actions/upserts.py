"""Contacts as another program knows them: changed where they are known, else made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from leadline.web.actions import profiles
from leadline.web.actions.acting import Actor, action
from leadline.web.actions.drafts import Drafts, Given
from leadline.web.actions.identities import Identities
from leadline.web.errors import Invalid, in_row

MOST = 1000
"""Rows of one request."""


@action
def upsert_contacts(actor: Actor, rows: Sequence[Given]) -> list[dict[str, Any]]:
    """Make or change contacts, all or none; who they are is told by `key`, or else by an e-mail address.

    Answers with `id` and `made` for each row. Raises Invalid or Conflict, naming the row.
    """
    if len(rows) > MOST:
        raise Invalid("Contacts were sent", found=f"{len(rows):,}", allowed=f"at most {MOST:,} at a time")
    people = Identities(actor.user, rows, to_change=True)
    drafts, told = Drafts(actor, rows, people), []
    for number, row in enumerate(rows, start=1):
        with in_row(number):
            found = people.find(row)
            keyed = found is not None and row.get("key")  # they have it, or whoever was merged into them
            given = {name: value for name, value in row.items() if name != "key"} if keyed else row
            told.append({"id": drafts.put(found, given).pk, "made": found is None})
    drafts.write()
    profiles.follow(actor, [one["id"] for one in told])
    return told
