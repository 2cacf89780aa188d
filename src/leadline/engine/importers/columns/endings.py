"""Which column of a file says how its deals ended, where no header says it: by the words in it."""

from __future__ import annotations

from collections.abc import Mapping as Named

from leadline.engine.importers.columns.contents import Contents
from leadline.engine.importers.columns.header_words import says
from leadline.engine.importers.columns.mapping import Meaning
from leadline.engine.importers.words import names_members, tokens

STAGES = ("stage", "status", "phase", "stufe", "statut", "etape", "etapa", "fase", "stato", "estado", "state")
"""How a word of a header ends that says that its column holds stages."""
BOTH = frozenset({"won", "lost"})


def find_endings(
    found: Named[str, Meaning], contents: Named[str, Contents], *, deals: bool
) -> dict[str, Meaning]:
    """What changes of the meanings `found` of a file without a column of outcomes."""
    stage = next((header for header, meaning in found.items() if meaning.means == "stage"), None)
    if stage is None:
        return _first_stage(found, contents)
    return _second_stage(found, contents, stage) if deals else {}


def _first_stage(found: Named[str, Meaning], contents: Named[str, Contents]) -> dict[str, Meaning]:
    """A column of words for won and lost holds stages; under a header that says stage, one of them does.

    So does one of members who are still there and others who left, if the header says whose status it is.
    """
    for header, meaning in found.items():
        held = contents[header]
        if meaning.means != "attribute" or not held.are_few or says(header, "blocking"):
            continue
        if held.members and _says_member(header):
            why = f"{held.says}, with words for members who left"
            return {header: Meaning(means="stage", why=why, sure=0.8)}
        if held.ends == BOTH or (held.ends and _says_stage(header)):
            said = " and ".join(sorted(held.ends, reverse=True))
            return {header: Meaning(means="stage", why=f"{held.says}, with words for {said}", sure=0.7)}
    return {}


def _second_stage(
    found: Named[str, Meaning], contents: Named[str, Contents], stage: str
) -> dict[str, Meaning]:
    """Of two columns of stages, the one with nothing but won, lost and open is the outcome."""
    others = [
        header
        for header, meaning in found.items()
        if meaning.means in ("attribute", "ignored") and _says_stage(header)
    ]
    for header, other in [(stage, others[0] if others else None), *((other, stage) for other in others)]:
        if other and _is_plainer(contents[header], contents[other]):
            taken = Meaning(means="outcome", why=f"{contents[header].says}: won, lost or open", sure=0.9)
            typed = Meaning(means="stage", why=f"{contents[other].says}; the header says “{other}”", sure=0.9)
            return {header: taken, other: typed}
    return {}


def _is_plainer(one: Contents, other: Contents) -> bool:
    """Whether one column says nothing but won, lost and open, and the other something else, or no ending."""
    if one.outcomes < 1.0:
        return False
    return other.outcomes < 1.0 or len(one.ends) > len(other.ends)


def _says_stage(header: str) -> bool:
    return any(word.endswith(STAGES) for word in tokens(header))


def _says_member(header: str) -> bool:
    """Whether a header says the status of those who pay: `Patron Status`."""
    return _says_stage(header) and names_members(word for word in tokens(header) if not word.endswith(STAGES))
