"""Finding the evidence for what a question asks about: by name, by its words, within a longer phrase, by meaning."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Protocol

from profile_rag.answering.abstention import is_about_the_same
from profile_rag.answering.evidence import Evidence, Passage, find_evidence, find_phrase
from profile_rag.answering.kinds import kind_called
from profile_rag.answering.list_items import WordTest
from profile_rag.answering.names import WEAK_STEMS, NameIndex
from profile_rag.answering.question import Question
from profile_rag.answering.ranking import SentenceRanker, asked_about
from profile_rag.answering.stance import judge_phrase
from profile_rag.answering.targets import NO_NAMES, looks_like_name, named_things, narrower_phrases
from profile_rag.answering.verdict import Finding, decide
from profile_rag.answering.wording import is_bare
from profile_rag.schema import Chunk, ScoredChunk
from profile_rag.words import (
    content_words,
    is_form_of_word,
    is_known_name,
    is_stop_word,
    is_technology,
    spellings,
    split_words,
    squash,
    stems,
)

_MAX_MENTIONS = 400  # chunks looked at for one target; a profile has a few hundred in all
_MAX_PARAPHRASES = 2
_MIN_JOINED_LETTERS = 5
_MAX_NAMING_WORDS = 4
# What is written as code stands in the documents to the letter, or not at all.
_CODE = re.compile(r"[<>{}\\$`|=;]|://|--\w|\w/\w+/\w")
_DIGITS = re.compile(r"\b\d[\d.,]*k?\b")  # a number is never said in other words
# Whose word is asked for besides the person's own, and how a passage that has it speaks.
_PROOFS = (
    (
        re.compile(r"\b(?:certif|licen[cs]e|accredit)", re.IGNORECASE),
        re.compile(r"\b(?:certif|licen[cs]e|accredit|charter|exam)", re.IGNORECASE),
    ),
    (
        re.compile(r"\b(?:degrees?|diplomas?|doctorate|bachelor|ph\.?d)\b", re.IGNORECASE),
        re.compile(
            r"\b(?:degrees?|diplomas?|bachelor|master|doctor|ph\.?d|[bm]\.?(?:sc|a|eng)\b|graduat|universit|college"
            r"|thes[ie]s)",
            re.IGNORECASE,
        ),
    ),
    (
        re.compile(
            r"\b(?:manag\w+|lead|led|supervis\w+|hir(?:e|ed|ing))\b.{0,16}\b(?:people|persons|staff|employees|teams?)\b"
            r"|\bdirect reports\b|\b(?:line|people) manag|\bmanager of people\b|\b(?:appraisals|performance reviews)\b",
            re.IGNORECASE,
        ),
        re.compile(
            r"\b(?:manag\w*|led|leads?|leading|leadership|head(?:s|ed)?|supervis\w+|mentor\w*|direct reports"
            r"|reports? to|teams?|hir(?:ed|es|ing)|staff|people|appraisals?|reviews)\b",
            re.IGNORECASE,
        ),
    ),
    (
        re.compile(r"\b(?:papers?|articles?|books?)\b.{0,20}\b(?:accepted|published)\b", re.IGNORECASE),
        re.compile(
            r"\b(?:publi\w+|accepted|authors?|authored|co-?author\w*|wrote|written|writes|journals?|papers?)\b",
            re.IGNORECASE,
        ),
    ),
    (
        re.compile(r"\b(?:speech|voice|spoken|audio)\b", re.IGNORECASE),
        re.compile(
            r"\b(?:speech|voices?|spoken|speak\w*|audio|sound\w*|transcri\w+|podcasts?|phone|music)\b", re.IGNORECASE
        ),
    ),
)
_OPENS_SENTENCE = re.compile(r"[.!?:]\s+\W*$")
_NEGATED = re.compile(r"\b(?:not|never|no|without|avoids?|hates?|dislikes?|weak\w*|lacks?)\b|n['’]t\b", re.IGNORECASE)


class Retriever(Protocol):
    """Finds chunks by question and by name."""

    def retrieve(self, query: str, *, top_k: int) -> list[ScoredChunk]:
        """The best chunks for a query, best first."""
        ...

    def mentioning(self, names: str, *, top_k: int) -> list[Chunk]:
        """Chunks that share a word with these names, best first."""
        ...


class EvidenceFinder:
    """Finds what the documents say of the things that a question names."""

    def __init__(
        self,
        chunks: Sequence[Chunk],
        retriever: Retriever,
        ranker: SentenceRanker,
        *,
        is_word: WordTest,
        own_stems: Collection[str],
        top_k: int,
    ) -> None:
        """Take the parts.

        Args:
            chunks: The documents.
            retriever: Finds chunks among them.
            ranker: Ranks their sentences.
            is_word: Tells English words from others.
            own_stems: Stems of the person's names, which are never unknown.
            top_k: How many chunks are looked at for what is said in other words.
        """
        self._retriever = retriever
        self._ranker = ranker
        self._is_word = is_word
        self._own = frozenset(own_stems)
        self._names = NameIndex(chunks)
        self._squashed = [(chunk, squash(chunk.text)) for chunk in chunks]
        self._top_k = top_k

    def by_target(self, question: Question) -> dict[str, list[Evidence]]:
        """The evidence for each target of a question, under the words by which it was found."""
        if len(question.targets) > 1 and (whole := self.mentions(question.phrase)):
            return {question.phrase: whole}
        evidence: dict[str, list[Evidence]] = {}
        for target in question.targets:
            name, found = self._for_target(target, question)
            evidence[name] = found
        if len(evidence) > 1 and not any(evidence.values()) and (whole := self._paraphrases(question.phrase, question)):
            return {question.phrase: whole}
        return evidence

    def mentions(self, phrase: str) -> list[Evidence]:
        """Every passage that speaks of a phrase by its name, however that is spelt."""
        found = find_evidence(phrase, self._retriever.mentioning(phrase, top_k=_MAX_MENTIONS))
        joined = squash(phrase)
        if found or len(joined) < _MIN_JOINED_LETTERS:
            return found
        return find_evidence(phrase, [chunk for chunk, text in self._squashed if joined in text])

    def unknown_names(self, question: Question, *, from_first: bool = False) -> list[Finding]:
        """Names in a question that stand nowhere in the documents: whatever it asks about them, they don't say.

        Args:
            question: Whose names they are.
            from_first: Whether its first word may be a name too; a sentence begins with a capital anyway.
        """
        text = question.text
        words = [
            word
            for word in split_words(text)[0 if from_first else 1 :]
            if from_first or not _OPENS_SENTENCE.search(text[: word.start])
        ]
        return [
            Finding(word.text, "not_stated", "none", is_unmentioned=True)
            for word in words
            if (
                word.text[0].isupper()
                and word.text != "I"
                and word.stem not in self._own
                and not is_stop_word(word.text)
                and word.text.lower() not in NO_NAMES
                and not (word.start == 0 and is_form_of_word(word.text.lower(), self._is_word))
            )
            and not self._is_mentioned(word.text)
        ]

    def denied_premise(self, question: Question) -> Finding | None:
        """What a question takes for granted of a name ("his five years of running X") and the documents deny."""
        if _NEGATED.search(question.text):
            return None
        for name in self._names.within(question.text):
            finding = decide(name, self.mentions(name), levels=question.levels, asked_stems=question.asked_stems)
            if finding.verdict == "no":
                return finding
        return None

    def _for_target(self, target: str, asked: Question) -> tuple[str, list[Evidence]]:
        phrases = narrower_phrases(target)
        for phrase in phrases:
            if found := self.mentions(phrase):
                return phrase, found
        if self._names_foreign(target):
            return (phrases[-1] if looks_like_name(phrases[-1]) else target), []
        candidates = self._retriever.mentioning(target, top_k=_MAX_MENTIONS)
        for phrase in phrases:
            if passages := find_phrase(phrase, candidates):
                return phrase, _agreeing(self._judged(passages, phrase, asked, names_target=True))
        if named := self._named_within(target):
            return named
        if found := self._paraphrases(target, asked):
            return target, found
        return (phrases[-1] if looks_like_name(phrases[-1]) else target), []

    def _named_within(self, target: str) -> tuple[str, list[Evidence]] | None:
        """The evidence for a name that a longer phrase holds, if the documents hold the rest of the phrase near it."""
        for name in self._names.within(target):
            found = self.mentions(name)
            near = {stem for item in found for stem in stems(item.passage.chunk.embedding_text)}
            rest = {word.stem for word in content_words(target)} - set(stems(name)) - WEAK_STEMS
            if found and rest <= near:
                return name, sorted(found, key=lambda item: -len(rest & set(stems(item.passage.text))))
        return None

    def _paraphrases(self, target: str, asked: Question) -> list[Evidence]:
        """Passages that mean the same in other words; a bare name has none, it is there or it is not."""
        phrase = Question(target, "open", (), frozenset())
        if len(phrase.content_stems) < 2 or is_known_name(target) or self._names_foreign(target):
            return []
        if _CODE.search(target) or not self._is_language(target):
            return []
        kind = kind_called(target)
        if kind and not any(self._is_mentioned(name) for name in kind.names):
            return []  # none of the graph databases there are: what is nearest is another sort of thing
        retrieved = self._retriever.retrieve(target, top_k=self._top_k)
        whole = asked_about(target, asked)
        ranked = self._ranker.rank(phrase, retrieved, form="phrase", asked_as=whole, is_habit=asked.is_habit)
        numbers = set(_DIGITS.findall(target))
        near = [
            item.passage
            for item in ranked[:_MAX_PARAPHRASES]
            if is_about_the_same(phrase, item)
            and not _tells_of_sibling(target, item.passage.text)
            and numbers <= set(_DIGITS.findall(item.passage.text))
            and _has_proof(target, item.passage)
        ]
        return _agreeing(self._judged(near, target, asked, names_target=False))

    def _names_foreign(self, target: str) -> bool:
        """Whether a phrase names a technology or anybody that stands nowhere in the documents."""
        unknown = self.unknown_names(Question(target, "open", (), frozenset()), from_first=True)
        return bool(unknown) or self.names_foreign_technology(target)

    def names_foreign_technology(self, target: str) -> bool:
        """Whether a phrase names a technology that stands nowhere in the documents."""
        words = content_words(target)
        if any(is_technology(word.text) and not self._is_mentioned(word.text) for word in words):
            return True
        # Of a longer phrase a known one ("pull request") may only be a part of what is asked.
        names = named_things(target) if len(words) <= _MAX_NAMING_WORDS else []
        return any(" " in name and is_known_name(name) and not self.mentions(name) for name in names)

    def _is_language(self, phrase: str) -> bool:
        """Whether at least half of a phrase's words are English ones, or the documents' own."""
        words = content_words(phrase)
        known = sum(self._is_word(word.text.lower()) or self._ranker.holds(word.stem) for word in words)
        return 2 * known >= len(words)

    def _judged(
        self, passages: Sequence[Passage], phrase: str, asked: Question, *, names_target: bool
    ) -> list[Evidence]:
        # What a sentence says to bare words can't be read: they are asked about first.
        question = f"Do they have experience with {phrase}?" if is_bare(asked.text) else asked.text
        readings = self._ranker.read(question, passages)
        return [
            Evidence(
                passage,
                judge_phrase(passage.text, phrase=phrase, question=question, chunk=passage.chunk, says=says),
                names_target=names_target,
            )
            for passage, says in zip(passages, readings.says.tolist(), strict=True)
        ]

    def _is_mentioned(self, name: str) -> bool:
        if any(self._ranker.holds(stem) for spelling in spellings(name) for stem in spelling):
            return True
        joined = squash(name)
        return any(joined in text for _, text in self._squashed)


def _has_proof(target: str, passage: Passage) -> bool:
    """Whether a passage has the sort of proof that is asked for: to know a thing is not to be certified in it."""
    said = f"{' '.join(passage.chunk.heading)} {passage.text}"
    return all(shown.search(said) for asked, shown in _PROOFS if asked.search(target))


def _tells_of_sibling(target: str, text: str) -> bool:
    """Whether a text has the phrase's last word behind another ("machine learning" for "reinforcement learning")."""
    words = content_words(target)
    said = split_words(text)
    if len(words) != 2 or words[0].stem in {word.stem for word in said}:
        return False
    own = {word.stem for word in words}
    before = [said[index - 1] for index, word in enumerate(said) if index and word.stem == words[-1].stem]
    return bool(before) and all(word.stem not in own and not is_stop_word(word.text) for word in before)


def _agreeing(evidence: list[Evidence]) -> list[Evidence]:
    """The passages that say the same as the first, the one nearest to the phrase: others rarely mean the same deed."""
    first = evidence[0].judgement.stance == "denies" if evidence else False
    return [item for item in evidence if (item.judgement.stance == "denies") == first]
