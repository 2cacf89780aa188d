"""Which code page the letters of a text are written in that is neither ASCII nor Unicode."""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from chardetng_py import EncodingDetector

BLOCK = 1 << 20
ENOUGH = 1 << 16
"""So many bytes of distinct cells are looked at, from so many of lines that have any:"""
LINES = 1 << 21
MANY = 100
"""From so many distinct cells on, letters that several languages of Europe share are told apart."""
MOST_ODD = 0.05
"""Up to this share of the letters beyond ASCII may stand where none can in a text that is read rightly."""
UNFIT = 1 / 8
"""If a larger share does in the best reading of at least `LEAST` cells, the text is in no known code page."""
LEAST = 8

_EDGES = re.compile(rb'[,;\t"\r\n]+')
MAC = "mac_roman"
_OLD = {"cp850": "DOS (cp850)", "cp852": "DOS (cp852)", MAC: "Mac Roman (mac_roman)"}
_WINDOWS = {f"cp{page}": f"Windows-{page} (cp{page})" for page in (1252, 1250, 1254, 1257)}
_LATIN = {"cp1252": _WINDOWS["cp1252"]} | _OLD | _WINDOWS
"""Code pages of Latin letters, the likelier first."""
_OLD_PLACES = re.compile(r"[ŒœŠšŽžŸŚśŤťŹź]")
"""The letters that Windows has where DOS and the old Mac have most of theirs."""
_CODECS = {
    "Big5": "big5hkscs",
    "EUC-KR": "cp949",
    "ISO-8859-8-I": "iso8859-8",
    "Shift_JIS": "cp932",
    "windows-874": "cp874",
}
"""What the detector, which names encodings as the web does, means by a name, where Python has another."""
_BETWEEN = frozenset("’‘´·…«»")
"""Signs that stand between two letters in names and sentences."""


@dataclass(frozen=True)
class CodePage:
    """A code page: Python's name of the codec, words for people, and up to three cells to check.

    `check` is empty where the letters leave no doubt: where they are many, or of an alphabet that is not
    Latin, as those make no words by chance, or the same in each code page that might as well be meant.
    `fits` says whether the letters make words in it.
    """

    codec: str
    words: str
    check: tuple[str, ...]
    fits: bool


def sample_cells(path: Path) -> list[bytes]:
    """Distinct cells of a file with bytes beyond ASCII, in their order, until there are enough."""
    cells: dict[bytes, None] = {}
    size = looked = 0
    with path.open("rb") as file:
        while size < ENOUGH and looked < LINES and (lines := file.readlines(BLOCK)):
            beyond = b"\n".join(line for line in lines if not line.isascii())
            looked += len(beyond)
            for cell in _EDGES.split(beyond):
                if size < ENOUGH and not cell.isascii() and cell not in cells:
                    cells[cell] = None
                    size += len(cell)
    return list(cells)


def ends_as_mac(start: bytes) -> bool:
    """Whether the lines of a text that begins so end with a carriage return alone, as on the old Mac."""
    return b"\r" in start and b"\n" not in start


def find_code_page(cells: list[bytes], *, of_mac: bool = False) -> CodePage:
    """The code page of cells none of which is ASCII.

    Where the lines end as on the old Mac (`of_mac`) its own is taken, if the letters can be that.

    The detector that Firefox has weighs which letters follow each other in each language. It knows nothing
    of DOS and the old Mac, whose letters are to others signs and capitals in the midst of words: if many
    letters stand where none can, the reading is taken in which the fewest do.
    """
    sample = b"\n".join(cells)
    detector = EncodingDetector()
    detector.feed(sample, last=True)
    name = detector.guess(tld=None, allow_utf8=False)
    guess = codecs.lookup(_CODECS.get(name, name)).name
    odd = {codec: _share_odd(sample.decode(codec, "replace")) for codec in (guess, *_LATIN)}
    codec = min(odd, key=lambda codec: odd[codec]) if odd[guess] > MOST_ODD else guess
    if of_mac and odd[MAC] <= MOST_ODD:
        return CodePage(MAC, _OLD[MAC], (), fits=True)
    return CodePage(
        codec,
        _LATIN.get(codec) or f"{name.replace('windows', 'Windows')} ({codec})",
        tuple(cell.decode(codec, "replace").strip() for cell in _find_doubtful(cells, codec, odd)[:3]),
        fits=odd[codec] <= UNFIT or len(cells) < LEAST,
    )


def _find_doubtful(cells: list[bytes], codec: str, odd: dict[str, float]) -> list[bytes]:
    """The cells with letters that stand where none can, if those are many; or that read otherwise as well."""
    if odd[codec] > MOST_ODD:
        return [cell for cell in cells if _share_odd(cell.decode(codec, "replace"))]
    sample = b"\n".join(cells)
    text = sample.decode(codec, "replace")
    if len(cells) >= MANY or (len(text) == len(sample) and _is_of_other_letters(text)):
        return []
    family = _WINDOWS if codec in _WINDOWS and not _OLD_PLACES.search(text) else _LATIN
    rivals = [other for other in family if codec in _OLD or odd[other] <= odd[codec]]
    return [cell for cell in cells if _differs(cell, codec, rivals)]


def _differs(cell: bytes, codec: str, rivals: list[str]) -> bool:
    read = cell.decode(codec, "replace")
    return any(cell.decode(rival, "replace") != read for rival in rivals)


def _is_of_other_letters(text: str) -> bool:
    """Whether most letters beyond ASCII are of an alphabet that isn't Latin."""
    latin = [
        unicodedata.name(letter, "").startswith("LATIN")
        for letter in text
        if letter.isalpha() and not letter.isascii()
    ]
    return sum(latin) * 2 < len(latin)


def _share_odd(text: str) -> float:
    """The share of the characters beyond ASCII that stand where none can in a name or a sentence."""
    beyond = [place for place, letter in enumerate(text) if not letter.isascii()]
    padded = f" {text} "
    odd = sum(_is_odd(*padded[place : place + 3]) for place in beyond)
    return odd / len(beyond) if beyond else 0.0


def _is_odd(before: str, letter: str, after: str) -> bool:
    """Whether a letter can't stand between these two.

    So it is of a capital after a small letter, a small letter between capitals, either beside a digit, a sign
    between two of them, an accent on its own, and what no text has at all.
    """
    category = unicodedata.category(letter)
    if letter in _BETWEEN or category == "Pd":
        return False
    if letter == "\ufffd" or category in ("Cc", "Sk"):
        return True
    if letter.isupper():
        return before.islower() or before.isdigit() or after.isdigit()
    if letter.islower():
        return (before.isupper() and after.isupper()) or before.isdigit() or after.isdigit()
    return category[0] not in "LM" and _has_case(before) and _has_case(after)


def _has_case(letter: str) -> bool:
    return letter.isupper() or letter.islower()
