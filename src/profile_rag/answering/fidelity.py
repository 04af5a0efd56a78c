"""What a language model may not do to the evidence: bring in words of its own, or turn what is compared around.

The grounding check lets other words through where they mean the same. A model writes as fluently about "financial" as
about "marketing analytics", and the two mean nearly the same to an embedding; so of a model's words only those may be
its own that carry no fact.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from profile_rag.answering.support import is_light
from profile_rag.words import split_words, stems

# How evidence is told, whatever it says: verbs of having, doing and saying, and names for what documents hold.
_WORDING = frozenset(
    stems(
        "person profile document documents resume text evidence quote passage entry section heading mention mentions"
        " mentioned state states stated say says said list lists listed listing name names named note notes noted"
        " describe describes described give gives given show shows shown include includes included including appear"
        " appears appeared present tell tells according own word words cover covers"
        " use uses used using work works worked working do does done make makes made have has had hold holds take takes"
        " apply applies applied employ employs employed involve involves involved relate related"
        " know knows known knowledge familiar experience experienced skill skills skilled ability able capability"
        " capabilities area areas field fields part parts kind kinds type types thing things topic topics strength"
        " strengths good tool tools technology technologies well also too such example especially among along alongside"
        " next together within under addition additionally furthermore both either other others various several"
        " treat treats treated approach approaches approached see sees seen regard regards view views"
        " consider considers"
        " matter matters focus focuses focused emphasis value values describe way ways as like role position job"
        " career background speak speaks talk talks write writes wrote come comes place places instead rather while"
        " although though however but because since so then there here what which who one more most than"
    )
)
# Forms that no stemmer brings together: in another tense a word is no other word.
_SAME = {
    stems(form)[0]: stems(base)[0]
    for base, forms in {
        "build": "built",
        "run": "ran",
        "write": "wrote written",
        "lead": "led",
        "teach": "taught",
        "grow": "grew grown",
        "drive": "drove driven",
        "begin": "began begun",
        "find": "found",
        "think": "thought",
        "bring": "brought",
        "buy": "bought",
        "sell": "sold",
        "speak": "spoke spoken",
        "win": "won",
        "choose": "chose chosen",
        "understand": "understood",
        "leave": "left",
        "spend": "spent",
        "draw": "drew drawn",
    }.items()
    for form in forms.split()
}
_CLAUSE = re.compile(r"[.;:!?>]\s")
_COMPARING = re.compile(r"\b(?:over|than|rather than|instead of|as opposed to|before|after)\b", re.IGNORECASE)


def added_words(text: str, evidence: Sequence[str], *, known: Collection[str] = ()) -> list[str]:
    """The words of a sentence that carry a fact and stand nowhere in its evidence.

    Args:
        text: The sentence.
        evidence: What it rests on.
        known: Stems that need no evidence, such as the person's own names.
    """
    held = {_SAME.get(stem, stem) for item in evidence for stem in stems(item)}.union(known)
    return [
        word.text
        for word in split_words(text)
        if _SAME.get(word.stem, word.stem) not in held and word.stem not in _WORDING and not is_light(word)
    ]


def is_turned_around(text: str, evidence: Sequence[str]) -> bool:
    """Whether "A over B" is said where the evidence has B over A."""
    return any(
        _overlap(before, other_after) + _overlap(after, other_before)
        > _overlap(before, other_before) + _overlap(after, other_after)
        for word, before, after in _compared(text)
        for item in evidence
        for other_word, other_before, other_after in _compared(item)
        if word == other_word
    )


def _compared(text: str) -> list[tuple[str, frozenset[str], frozenset[str]]]:
    return [
        (found[0].lower(), _facts(clause[: found.start()]), _facts(clause[found.end() :]))
        for clause in _CLAUSE.split(text)
        for found in _COMPARING.finditer(clause)
    ]


def _facts(text: str) -> frozenset[str]:
    return frozenset(word.stem for word in split_words(text) if not is_light(word))


def _overlap(one: frozenset[str], other: frozenset[str]) -> int:
    return len(one & other)
