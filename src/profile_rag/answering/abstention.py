"""Whether the documents answer a question at all."""

from __future__ import annotations

import re
from collections.abc import Sequence

from profile_rag.answering.question import Question
from profile_rag.answering.ranking import RankedPassage

# A passage close in meaning alone needs more similarity than one that also shares the question's rare words.
_MIN_SIMILARITY_ALONE = 0.52
_MIN_SIMILARITY = 0.28
_MIN_COVERAGE = 0.45
_FULL_COVERAGE = 0.99
_MIN_SIMILARITY_WITH_ALL_WORDS = 0.15
# Read off the cases of eval/cases that are not set aside: above these, 8 of 8 phrases of two words, 30 of 34 of
# three and 69 of 73 of more are answerable. For a single word no threshold parts right from wrong.
_MIN_PHRASE_SIMILARITY = {0: 1.1, 1: 1.1, 2: 0.53, 3: 0.41}
_MIN_LONG_PHRASE_SIMILARITY = 0.33
# A fact stands in one place; an open question is answered by several passages of lesser weight.
_FACT_SHARE = 0.88
_OPEN_SHARE = 0.72
_AMOUNT = re.compile(r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|dozen|several|decade)\b", re.IGNORECASE)
_ASKS_AMOUNT = re.compile(r"\bhow (?:many|much|long|old)\b|\bwhen (?:did|was|were)\b|\bsince when\b", re.IGNORECASE)
_PLACE = re.compile(r"\b(?:in|at|from|near|to|based)\s+(?:the\s+)?[A-Z]|\b[Rr]emote\b|\b[Ll]ocat(?:ed|ion)\b")
_ASKS_PLACE = re.compile(r"\bwhere\b|\bwhich (?:city|country|company)\b", re.IGNORECASE)


def answering_passages(question: Question, ranked: Sequence[RankedPassage]) -> list[RankedPassage]:
    """The passages good enough to stand in an answer, best first; none means that the documents don't say."""
    good = [item for item in ranked if _answers(question, item)]
    if not good:
        return []
    if good[0].is_under_heading:
        return [item for item in good if item.is_under_heading]
    share = _FACT_SHARE if question.kind == "fact" else _OPEN_SHARE
    return [item for item in good if item.score >= share * good[0].score]


def is_about_the_same(phrase: Question, item: RankedPassage) -> bool:
    """Whether a passage says the same as a phrase, in words of its own.

    A phrase of one or two words is a name or nearly one: it is there or it is not, and its nearest neighbour is
    another name. The longer a phrase, the less likely that a passage is near to it by chance.
    """
    words = len(phrase.content_stems)
    if item.coverage >= _FULL_COVERAGE:
        return words >= 2
    return item.similarity >= _MIN_PHRASE_SIMILARITY.get(words, _MIN_LONG_PHRASE_SIMILARITY)


def _answers(question: Question, item: RankedPassage) -> bool:
    if _ASKS_AMOUNT.search(question.text) and not _AMOUNT.search(item.passage.text):
        return False
    if _ASKS_PLACE.search(question.text) and not _PLACE.search(item.passage.text):
        return False
    if item.similarity >= _MIN_SIMILARITY_ALONE:
        return True
    if item.is_under_heading:
        return True  # a heading such as "What I avoid" answers "what does he avoid?" whatever stands below it
    if item.coverage >= _FULL_COVERAGE:
        return item.similarity >= _MIN_SIMILARITY_WITH_ALL_WORDS
    return item.similarity >= _MIN_SIMILARITY and item.coverage >= _MIN_COVERAGE
