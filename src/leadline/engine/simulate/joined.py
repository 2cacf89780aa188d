"""The log of known contacts and the audiences without names, as one log of touches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from leadline.engine.simulate.tables import Rows
from leadline.engine.touches import MISSING, Column, Touches

TOLD = ("path", "channel", "campaign")
"""What is known of an audience."""


def with_audience(touches: Touches, audience: Rows) -> Touches:
    """The touches and after them a row for each audience, of `n` people without a contact."""
    more, kinds = len(audience["n"]), touches.kinds
    names = [*touches.columns, *(name for name in TOLD if name not in touches.columns)]
    columns = {
        name: _lengthened(touches.columns.get(name), len(touches), audience.get(name), more) for name in names
    }
    contact, own = touches.contact, touches.id
    assert own is not None  # every simulated touch has one, and those of audiences come after them
    ids = [*own.labels, *(f"U{number:07d}" for number in range(1, more + 1))]
    value = np.full(len(touches), MISSING) if touches.value is None else touches.value
    kind = np.array([kinds.code(name) for name in audience["kind"].tolist()], dtype=np.uint16)
    return replace(
        touches,
        contact=Column(np.append(contact.codes, np.full(more, -1, dtype=np.int32)), contact.labels),
        kind=np.concatenate([touches.kind, kind]),
        happened_at=np.concatenate([touches.happened_at, audience["happened_at"].astype(np.int64)]),
        columns={name: column for name, column in columns.items() if len(column.labels)},
        value=np.append(value, np.full(more, MISSING)),
        n=np.append(np.full(len(touches), MISSING), audience["n"].astype(np.int64)),
        id=Column(np.append(own.codes, np.arange(len(own.labels), len(ids), dtype=np.int32)), ids),
    )


def only_seen(touches: Touches) -> Touches:
    """The same touches, without the contacts that have none."""
    seen, codes = np.unique(np.append(touches.contact.codes, -1), return_inverse=True)
    labels = [touches.contact.labels[code] for code in seen[1:].tolist()]
    return replace(touches, contact=Column((codes[:-1] - 1).astype(np.int32), labels))


def _lengthened(column: Column | None, length: int, added: object, more: int) -> Column:
    """A column of so many rows with more below it; None and what isn't told are blanks."""
    told = [None] * more if added is None else list(added)  # type: ignore[call-overload]
    column = column or Column(np.full(length, -1, dtype=np.int32), [])
    labels = list(dict.fromkeys([*column.labels, *(one for one in told if one is not None)]))
    places = {label: place for place, label in enumerate(labels)}
    codes = [-1 if one is None else places[one] for one in told]
    return Column(np.concatenate([column.codes, np.array(codes, dtype=np.int32)]), labels)
