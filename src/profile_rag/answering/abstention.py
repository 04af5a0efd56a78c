"""Whether the documents answer a question at all."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from profile_rag.answering.amounts import amounts_of
from profile_rag.answering.answer_types import AnswerType
from profile_rag.answering.evidence import Passage
from profile_rag.answering.question import Question
from profile_rag.answering.ranking import RankedPassage
from profile_rag.answering.relevance import load_threshold
from profile_rag.words import split_words, stems

# A fact stands in one place; an open question is answered by several passages of lesser weight.
_FACT_SHARE = 0.88
_OPEN_SHARE = 0.85

_ASKS_COUNT = re.compile(
    r"^(?:and |so )?(?:about |roughly )?how many (?P<unit>(?:[\w-]+ ){0,2}?[\w-]+s|people)\b", re.IGNORECASE
)
_GENERAL = re.compile(
    r"people|persons|members|employees|colleagues|reports|staff|things|ones|times|units|copies|pieces", re.I
)
_GRAVE = [
    frozenset(stems(group))
    for group in (
        "fired fire firing sacked sack dismissed dismiss dismissal terminated terminate redundant laid",
        "expelled expel expulsion suspended suspend suspension",
        "arrested arrest convicted convict conviction jailed jail prison sentenced charged",
        "sued sue suing lawsuit",
        "banned ban barred bar blacklisted",
        "demoted demote demotion",
        "divorced divorce separated",
        "bankrupt bankruptcy insolvent insolvency",
        "failed fail failing failure flunked",
        "cheated cheat plagiarised plagiarized plagiarism lied lie",
    )
]
_ASKS_LEAVING = re.compile(
    r"\b(?:why|how come|for what reason|what made)\b.*\b(?:leav(?:e|ing)|left|quit|resign\w*|go(?:ne)? from"
    r"|move[d]? on|chang(?:e|ed|ing) jobs?"
    r"|looking for (?:a )?(?:new|another))\b",
    re.IGNORECASE,
)
_LEAVING = frozenset(
    stems("leave leaves leaving left quit quits resigned resign resigns departed moved move moving looking")
)
_ASKS_WHY = re.compile(
    r"\b(?:why|how come|what for|what led to|for what reason)\b.*\b(?:he|she|they|his|her|their)\b", re.IGNORECASE
)


def answering_passages(
    question: Question,
    ranked: Sequence[RankedPassage],
    wanted: AnswerType | None = None,
    *,
    known: Collection[str] = (),
) -> list[RankedPassage]:
    """The passages good enough to stand in an answer, best first; none means that the documents don't say.

    Args:
        question: What is asked.
        ranked: Candidates, best first.
        wanted: What an answer has to offer, where the question's form says so.
        known: Stems of the person's names.
    """
    if wanted:
        if met := [item for item in ranked if wanted.is_met_by(item.passage)]:
            return met[:1]
        ranked = [item for item in ranked if wanted.is_offered_by(item.passage)]
    good = [
        item
        for item in ranked
        if not item.lacks_amount
        and not _counts_other(question.text, item.passage.text)
        and _tells_why_left(question.text, item.passage, known)
    ]
    # A heading such as "What I avoid" answers "what does he avoid?" whatever stands below it.
    if good and good[0].is_under_heading:
        return [item for item in good if item.is_under_heading]
    if not good or good[0].probability < load_threshold("question"):
        return []
    share = _FACT_SHARE if question.kind == "fact" else _OPEN_SHARE
    return [item for item in good if item.probability >= share * good[0].probability]


def is_about_the_same(phrase: Question, item: RankedPassage) -> bool:
    """Whether a passage says the same as a phrase, in words of its own.

    A phrase of one word is a name or nearly one: it is there or it is not, and its nearest neighbour is another name.
    """
    return len(phrase.content_stems) >= 2 and item.probability >= load_threshold("phrase")


def misfortune_in(question: str) -> frozenset[str]:
    """The stems that tell of the misfortune for which a question asks the reason ("why was he fired?")."""
    asked = set(stems(question))
    if not _ASKS_WHY.search(question):
        return frozenset()
    return next((group for group in _GRAVE if group & asked), frozenset())


def _tells_why_left(question: str, passage: Passage, known: Collection[str]) -> bool:
    """Whether a passage may answer; why somebody left is told by what speaks of leaving, and of that place."""
    if not _ASKS_LEAVING.search(question):
        return True
    named = {word.stem for word in split_words(question)[1:] if word.text[0].isupper()}
    return bool(_LEAVING & set(stems(passage.text))) and named.difference(known) <= set(
        stems(passage.chunk.embedding_text)
    )


def _counts_other(question: str, text: str) -> bool:
    """Whether a question asks for a number of something and the text gives only numbers of other things."""
    asked = _ASKS_COUNT.match(question)
    if asked is None or _GENERAL.search(asked["unit"]):
        return False
    amounts = amounts_of(text)
    wanted = set(stems(asked["unit"]))
    if wanted & set(stems(text)) and amounts:
        return False
    return all(amount.unit for amount in amounts) if amounts else bool(re.search(r"\d", text))
