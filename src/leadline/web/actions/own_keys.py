"""What exports call a contact that has no key: by its number, and by the instant at which it was made.

Where the export is taken in again, that names the same contact. In another installation, where somebody else
has the number, it names nobody.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime

from leadline.web.models import Contact

_OWN = re.compile(r"contact ([1-9][0-9]{0,17})-[0-9a-f]{8}")


def own_key(number: int, made_at: datetime) -> str:
    """What a contact without a key is called: `contact 12-9f3c2a1b`."""
    told = f"{number} {made_at.timestamp():.6f}"
    return f"contact {number}-{hashlib.sha256(told.encode()).hexdigest()[:8]}"


def find_own(keys: Iterable[str]) -> dict[str, Contact]:
    """The contacts of this installation that are called so."""
    told = {int(found[1]): key for key in keys if (found := _OWN.fullmatch(key))}
    there = Contact.objects.filter(pk__in=told).select_related("company")
    return {told[one.pk]: one for one in there if own_key(one.pk, one.created_at) == told[one.pk]}
