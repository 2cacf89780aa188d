"""Messages of chats, texts, e-mails: each is a touch of whoever is on the other side of it.

What we wrote is `messaged`. What they wrote is `replied` where we had written to them before; in a group, and
where they wrote first, it is `chatted`.
"""

from __future__ import annotations

import numpy as np

from leadline.engine.importers.evidence import Evidence, Integers
from leadline.engine.importers.exports import Export
from leadline.engine.importers.sorts.correspondence import CONVERSATION, GROUPS, SENT, WAY
from leadline.engine.importers.sorts.touch_log import read_instants
from leadline.engine.instants import NEVER
from leadline.engine.wording import counted


def read_messages(export: Export, _amounts: Integers) -> list[Evidence]:
    """A touch for each row that has a day, and somebody on either side."""
    instants = read_instants(export, "happened at")
    way, talk = export.derived[WAY].codes, export.derived[CONVERSATION].codes
    sent, count = export.used & (way == SENT), int(talk.max(initial=-1)) + 1
    first = np.full(count + 1, NEVER)
    np.minimum.at(first, talk[sent], instants[sent])
    answered = (instants > first[talk]) & (export.derived[GROUPS].codes < 0)
    kinds = np.where(answered, export.kinds.code("replied"), export.kinds.code("chatted"))
    kinds = np.where(sent, export.kinds.code("messaged"), kinds)
    ours, theirs = int(np.sum(sent)), int(np.sum(export.used & ~sent))
    export.notes.append(f"{counted(ours, 'message')} of yours, and {counted(theirs, 'message')} to you")
    return [Evidence.of(export.used, kinds, instants)]
