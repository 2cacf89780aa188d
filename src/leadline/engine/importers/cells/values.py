"""What the text of a cell says: nothing at all, a number, an amount of money, yes or no."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from leadline.engine.currencies import CODES, SIGNS, decimals_of, name_currency

SAMPLE = 2000
"""How many distinct texts of a column are looked at when only its nature is asked."""

LONGEST = 60
"""No number is written with more characters than this."""

PLACEHOLDERS = frozenset({
    "select", "please select", "select one", "select an option", "choose", "please choose", "choose one",
    "none", "none selected", "na", "n/a", "n.a", "nd", "n/d", "n.d", "k.a", "not applicable",
    "not available", "null", "nil", "nan", "nat", "unknown", "not known", "blank", "empty", "missing",
    "undefined", "tbd", "tba", "tbc", "to be determined", "not set", "not specified", "unspecified",
    "not provided", "not given", "no value", "no data", "no label", "no status",
    "\\n", "#n/a", "#na", "#ref", "#value", "#div/0",
    "#name", "#null", "#num", "#error", "0000-00-00", "0000-00-00 00:00:00", "00/00/0000", "00.00.0000",
    "keine angabe", "unbekannt", "inconnu", "non défini", "desconocido", "sin definir", "desconhecido",
    "sconosciuto",
})  # fmt: skip
"""Texts, in small letters and without the marks around them, that exports write where there is no value."""

AROUND = " \t-–—_.…?!*~<>()[]{}:;'\"/\u00a0"
YES = frozenset({
    "yes", "y", "true", "t", "1", "on", "x", "✓", "✔", "ja", "wahr", "oui", "vrai", "si", "sí", "sì", "vero",
    "verdadero", "sim", "tak", "prawda", "evet", "はい", "да",
})  # fmt: skip
NO = frozenset({
    "no", "n", "false", "f", "0", "off", "nein", "falsch", "non", "faux", "falso", "não", "nao", "nee",
    "onwaar", "nie", "fałsz", "hayır", "いいえ", "нет", "nej",
})  # fmt: skip

_SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2009\u2007\u2008\u200a\t"), " ") | {
    ord("−"): "-",
    ord("’"): "'",
}
SCALES = {
    "k": 3, "tsd": 3, "tsd.": 3, "m": 6, "mm": 6, "mn": 6, "mio": 6, "mio.": 6, "mln": 6, "million": 6,
    "millions": 6, "b": 9, "bn": 9, "mrd": 9, "mrd.": 9, "bln": 9, "billion": 9, "billions": 9,
}  # fmt: skip

ABOUT = (
    "ca.", "ca", "circa", "approx.", "approx", "about", "around", "etwa", "rund", "env.", "environ", "aprox.",
    "~", "≈",
)  # fmt: skip
"""What stands before an amount that is no exact one."""


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_CURRENCY = _either([*CODES, *SIGNS])
_ABOUT = re.compile(rf"\s*(?:{_either(ABOUT)})(?=[\s\d(])\s*", re.IGNORECASE)
_BEFORE = re.compile(rf"(\()?\s*([-+])?\s*({_CURRENCY})?\s*([-+])?\s*", re.IGNORECASE)
_AFTER = re.compile(rf"\s*({_either(SCALES)})?\s*(%)?\s*({_CURRENCY})?\s*(-)?\s*(\))?", re.IGNORECASE)
_NUMBER = re.compile(r"((?:[^\d.,]|(?<=[A-Za-z])\.)*)([.,]?\d[\d.,' ]*)(?:[eE]([-+]?\d{1,2}))?(\D*)")
_THOUSANDS = {".": r"[1-9]\d{0,2}(?:,\d{2,3})*,\d{3}", ",": r"[1-9]\d{0,2}(?:\.\d{3})+"}
_READINGS = {
    mark: re.compile(rf"(?:\d+|[1-9]\d{{0,2}}(?:[ ']\d{{3}})+|{thousands})(?:[{mark}]\d*)?|[{mark}]\d+")
    for mark, thousands in _THOUSANDS.items()
}
_ENGLISH = {".": str.maketrans("", "", ", '"), ",": str.maketrans(",", ".", ". '")}


def is_placeholder(text: str) -> bool:
    """Whether a text, seen alone, is what exports write for "no value": `Select`, `-- None --`, `N/A`, `?`.

    Only a judgement of this one text: in its column `NA` may be North America and `None` an answer that was
    chosen. A blank text is a placeholder too. `Table.placeholders` counts them column by column.
    """
    bare = text.casefold().strip(AROUND)
    return not bare or bare in PLACEHOLDERS


def parse_truth(text: str) -> bool | None:
    """True for `yes`, `true`, `1`, `x` …, False for `no`, `false`, `0` …, in some languages; else None."""
    word = text.strip().casefold()
    return True if word in YES else False if word in NO else None


@dataclass(frozen=True)
class NumberForm:
    """How a column writes its decimals: `mark` is "." or ","; not `certain` where both were possible."""

    mark: str
    certain: bool = True


def decide_number_form(labels: Iterable[str], *, money: bool = False) -> NumberForm:
    """Whether a column writes a decimal point or a decimal comma, from what is possible in all of its texts.

    Where every text can be read both ways (`1,234`, `1.234`: three digits follow), the mark is taken to part
    thousands; but a lone `1.234` is read as English writes it, unless it is `money`, which has no
    third decimal. Looks no further than the first thousand texts that leave no choice.
    """
    votes = {".": 0, ",": 0}
    either = {".": 0, ",": 0}
    for text in labels:
        found = _match_number(text) if "." in text or "," in text else None
        digits = found[2].strip() if found else ""
        marks = [mark for mark, reading in _READINGS.items() if reading.fullmatch(digits)]
        if len(marks) == 1:
            votes[marks[0]] += 1
        elif marks and not digits.isdecimal():
            either["." if "." in digits else ","] += 1
        if votes["."] + votes[","] >= 1000:
            break
    if votes["."] or votes[","]:
        return NumberForm("," if votes[","] > votes["."] else ".")
    points = either["."] > max(0 if money else 1, either[","])
    return NumberForm("," if points else ".", certain=not any(either.values()))


@dataclass(frozen=True)
class _Written:
    """A number as it was written: English `digits` without thousands, times ten to the power of `shift`."""

    digits: str
    negative: bool
    shift: int
    percent: bool
    sign: str


@lru_cache(maxsize=4096)
def _read_frame(before: str, after: str) -> tuple[bool, int, bool, str] | None:
    """What stands around the digits: negative, power of ten, percent, sign of a currency; None if words."""
    head, tail = _BEFORE.fullmatch(before), _AFTER.fullmatch(after)
    if head is None or tail is None or bool(head[1]) != bool(tail[5]) or (head[3] and tail[2]):
        return None
    scale = SCALES[tail[1].casefold()] if tail[1] else 0
    minuses = (head[1], head[2], head[4], tail[4])
    return any(mark in ("(", "-") for mark in minuses), scale, bool(tail[2]), tail[3] or head[3] or ""


def _match_number(text: str) -> re.Match[str] | None:
    return _NUMBER.fullmatch(text.translate(_SPACES)) if len(text) <= LONGEST else None


def _take_apart(text: str, form: NumberForm) -> _Written | None:
    found = _match_number(text)
    if found is None:
        return None
    digits, after = found[2].strip(), found[4]
    frame = _read_frame(found[1], after.lstrip("-") if digits[-1] in ".," else after)
    if frame is None or not _READINGS[form.mark].fullmatch(digits):
        return None
    negative, scale, percent, sign = frame
    shift = scale + int(found[3] or 0) - 2 * percent
    return _Written(digits.translate(_ENGLISH[form.mark]), negative, shift, percent, sign)


def parse_number(text: str, form: NumberForm | None = None) -> float | None:
    """The number in a text, or None: `$1,234.50`, `€ 1.234,50`, `12K`, `(500)` = -500, `5%` = 0.05, `1e6`.

    Without the form of its column, a text that can be read both ways is read as English writes it (`1.234` is
    a little more than one).
    """
    written = _take_apart(text, form or decide_number_form([text]))
    if written is None:
        return None
    number = float(f"{written.digits}e{written.shift}")
    return (-number if written.negative else number) if math.isfinite(number) else None


def parse_numbers(
    labels: Sequence[str], form: NumberForm | None = None
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """The numbers of a column's distinct texts and which of them could be read (the others are 0)."""
    form = form or decide_number_form(labels)
    mark = form.mark
    numbers = [
        float(text.replace(mark, ".", 1)) if _is_bare(text, mark) else parse_number(text, form)
        for text in labels
    ]
    ok = np.fromiter((number is not None for number in numbers), np.bool_, len(numbers))
    return np.fromiter((number or 0.0 for number in numbers), np.float64, len(numbers)), ok


@dataclass(frozen=True)
class Money:
    """An exact amount in minor units (cents); `currency` is None where the text doesn't say it."""

    minor: int
    currency: str | None


def without_about(text: str) -> str:
    """An amount without what says that it is no exact one: `ca. 500 €` is `500 €`."""
    return _ABOUT.sub("", text, count=1) if _ABOUT.match(text) else text


def parse_money(text: str, form: NumberForm | None = None, currency: str | None = None) -> Money | None:
    """The amount that a text says, exact, or None; `currency` is that of texts which name none.

    What is finer than the minor unit is rounded half up. A percentage is no amount.
    """
    text = without_about(text)
    written = _take_apart(text, form or decide_number_form([text], money=True))
    if written is None or written.percent:
        return None
    named = name_currency(written.sign) if written.sign else currency
    places = written.shift + decimals_of(named)
    exact = Decimal(written.digits).scaleb(places, Context(prec=400))
    minor = int(exact.to_integral_value(ROUND_HALF_UP, Context(prec=400)))
    return Money(-minor if written.negative else minor, named) if minor < 2**62 else None


def parse_typed(text: str, mark: str = ".", decimals: int = 2) -> Decimal | None:
    """The number that somebody typed, exact, without a currency: `1200.5`, `1,200.50`, `1.200,50`; or None.

    What can be read both ways (`1.200`, `1,200`) is more than a thousand where there are fewer than three
    `decimals`, as amounts in most currencies have; otherwise it is read with the decimal `mark`.
    """
    form = decide_number_form([text], money=True)
    form = form if form.certain or decimals < 3 else NumberForm(mark)
    written = _take_apart(text, form)
    if written is None or written.percent or written.sign:
        return None
    exact = Decimal(written.digits).scaleb(written.shift, Context(prec=400))
    return -exact if written.negative else exact


def _is_bare(text: str, mark: str) -> bool:
    """Whether a text is digits with at most one decimal mark, as most cells of numbers are."""
    return len(text) < 16 and text.replace(mark, "", 1).isdecimal()


def _read_bare(text: str, mark: str, places: int) -> int | None:
    """The minor units of a bare text that is no finer than they are, otherwise None."""
    whole, _, rest = text.partition(mark)
    return int(whole + rest.ljust(places, "0")) if len(rest) <= places and _is_bare(text, mark) else None


@dataclass(frozen=True, eq=False)
class Amounts:
    """The amounts of a column's distinct texts: `minor` units, which were `ok`, and each one's currency."""

    minor: npt.NDArray[np.int64]
    ok: npt.NDArray[np.bool_]
    currencies: tuple[str | None, ...]
    form: NumberForm


def _read_either(text: str, form: NumberForm, currency: str | None) -> Money | None:
    other = NumberForm("," if form.mark == "." else ".")
    return parse_money(text, form, currency) or parse_money(text, other, currency)


def parse_moneys(
    labels: Sequence[str], form: NumberForm | None = None, currency: str | None = None
) -> Amounts:
    """The amounts that a column's distinct texts say, read in one form; 0 and not ok where there is none.

    What can't be read in that form, and can in the other (`1.200,50 €` among `900.5`), is read so.
    """
    form = form or decide_number_form(labels, money=True)
    places = decimals_of(currency)
    bare = (_read_bare(text, form.mark, places) for text in labels)
    read = [
        _read_either(text, form, currency) if minor is None else Money(minor, currency)
        for text, minor in zip(labels, bare, strict=True)
    ]
    return Amounts(
        np.fromiter((money.minor if money else 0 for money in read), np.int64, len(read)),
        np.fromiter((money is not None for money in read), np.bool_, len(read)),
        tuple(money.currency if money else None for money in read),
        form,
    )


def looks_like_number(labels: Sequence[str]) -> float:
    """The share, 0 to 1, of a column's texts that say a number, placeholders left out; 0 if none is left."""
    sample = [text for text in spread(labels) if not is_placeholder(text)]
    return float(parse_numbers([*map(without_about, sample)])[1].mean()) if sample else 0.0


def spread(labels: Sequence[str], size: int = SAMPLE) -> Sequence[str]:
    """At most `size` of the texts, taken evenly from the whole column."""
    return labels if len(labels) <= size else [labels[i * len(labels) // size] for i in range(size)]
