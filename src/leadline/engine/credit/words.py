"""Words of attribution: what each model is called, and what a value does that opens or closes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.engine.wording import listed, number_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadline.engine.credit.credits import Credit

WORDS = {
    "first": "first touch",
    "last": "last touch",
    "linear": "equal parts",
    "position": "position",
    "decay": "time decay",
    "markov": "how much leads over it",
    "shapley": "fair shares",
}
"""What each model is called in a sentence."""


def by_words(models: Sequence[str]) -> str:
    """The models in a sentence: “by first touch and in equal parts”."""
    return listed([f"{'in' if model == 'linear' else 'by'} {WORDS[model]}" for model in models])


def capital(text: str) -> str:
    """A text with a capital, to open a sentence."""
    return text[:1].upper() + text[1:]


def turn_words(one: Credit, name: str, whole: str) -> str:
    """What a value does that comes first more often than last, or the other way round; `whole` are all."""
    first, last = one.credits["first"], one.credits["last"]
    opens = "it opens, and others close" if last * 2 <= first else "it opens more often than it closes"
    closes = "it closes what others opened" if first * 2 <= last else "it closes more often than it opens"
    figures = (
        f"{number_words(round(first))} of {whole} by first touch and {number_words(round(last))} by last"
    )
    return f"{capital(name)} gets {figures}: {opens if first > last else closes}."
