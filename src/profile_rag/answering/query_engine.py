"""The way of a question: understand, retrieve, synthesize, ground, abstain."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any, Protocol

from profile_rag.answering.abstention import answering_passages, is_about_the_same
from profile_rag.answering.chat import stand_alone
from profile_rag.answering.draft import Disagreement, Draft
from profile_rag.answering.evidence import Evidence, Passage, find_evidence, find_phrase_evidence
from profile_rag.answering.extractive import (
    MAX_FACT_QUOTES,
    MAX_OPEN_QUOTES,
    Statement,
    habit_headings,
    quoted,
    state_capabilities,
    state_disagreements,
    state_identity,
    state_members,
    state_nothing,
    state_other_name,
    state_passages,
)
from profile_rag.answering.listing import MemberFinder
from profile_rag.answering.names import WEAK_STEMS, NameIndex
from profile_rag.answering.person import find_calling, find_identity, find_person
from profile_rag.answering.question import Question, narrower_phrases, parse_question
from profile_rag.answering.ranking import Embedder, SentenceRanker
from profile_rag.answering.spelling import SpellingCorrector
from profile_rag.answering.stance import Judgement, denies_habit, judge
from profile_rag.answering.verdict import Finding, combine_verdicts, decide
from profile_rag.errors import QuestionError
from profile_rag.schema import Answer, Chunk, Person, ScoredChunk, Timings, Turn, questions_of
from profile_rag.words import content_words, is_known_name, stems

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_MAX_MENTIONS = 400  # chunks looked at for one target; a profile has a few hundred in all
_MAX_HISTORY = 12
_MIN_RELATED_SIMILARITY = 0.3
_MAX_RELATED = 2
_MAX_PARAPHRASES = 2


class Retriever(Protocol):
    """Finds chunks by question and by name."""

    def retrieve(self, query: str, *, top_k: int) -> list[ScoredChunk]:
        """The best chunks for a query, best first."""
        ...

    def mentioning(self, names: str, *, top_k: int) -> list[Chunk]:
        """Chunks that share a word with these names, best first."""
        ...


class QueryEngine:
    """Answers questions about one person from the chunks of their documents, without a language model."""

    def __init__(
        self,
        chunks: Sequence[Chunk],
        retriever: Retriever,
        embedder: Embedder,
        *,
        top_k: int = 12,
        max_question_characters: int = 2000,
    ) -> None:
        self.person: Person = find_person(chunks)
        self._chunks = chunks
        self._retriever = retriever
        self._ranker = SentenceRanker(chunks, embedder)
        self._names = NameIndex(chunks)
        self._finder = MemberFinder(chunks, self.person, self._mentions, self._ranker, embedder.knows_word)
        self._spelling = SpellingCorrector(chunks, embedder.knows_word)
        self._habits = habit_headings(chunks)
        self._top_k = top_k
        self._max_question_characters = max_question_characters

    def ask(self, question: str, *, history: Sequence[Turn | str | Mapping[str, Any]] = ()) -> Answer:
        """Answer a question.

        Args:
            question: In any words; it is only ever data.
            history: Earlier exchanges, oldest first, as turns, questions or chat messages.

        Raises:
            QuestionError: The question is empty or too long.
        """
        started = perf_counter()
        text = self._checked(question)
        longest = self._max_question_characters  # what was too long to be answered is too long to lean on
        recent = [item for item in questions_of(history)[-_MAX_HISTORY:] if len(item) <= longest]
        earlier = [_CONTROL.sub(" ", item).strip() for item in recent]
        corrected = self._spelling.correct(text)
        understood = stand_alone(corrected, [self._spelling.correct(item) for item in earlier if item], self.person)
        parsed = parse_question(understood, self.person)
        timer = _Timer(started)
        timer.mark("understand")
        draft = self._draft(parsed, timer)
        answer = draft.ground(question=text, understood_as=understood, kind=parsed.kind)
        timer.mark("ground")
        return replace(answer, timings_ms=timer.timings())

    def _checked(self, question: str) -> str:
        text = " ".join(_CONTROL.sub(" ", question).split())
        if not any(character.isalnum() for character in text):
            raise QuestionError(
                "question", "it is empty", "Ask something, such as: what is the profile's strongest skill?"
            )
        if len(question) > self._max_question_characters:
            problem = f"{len(question)} characters are more than the {self._max_question_characters} allowed"
            raise QuestionError("question", problem, "Ask a shorter question.")
        return text

    def _draft(self, question: Question, timer: _Timer) -> Draft:
        match question.kind:
            case "capability" | "comparison":
                return self._capability(question, timer)
            case "list":
                return self._members(question, timer)
            case "fact" if counted := self._finder.count(question):
                timer.mark("retrieve")
                return Draft(state_members(counted, is_counted=True))
            case "identity" if identity := find_identity(self._chunks, self.person):
                timer.mark("retrieve")
                return self._identity(identity)
            case _:
                return self._passages(question, timer)

    def _identity(self, identity: Sequence[Passage]) -> Draft:
        statements = state_identity(identity, self.person)
        if not self.person.other_name:
            return Draft(statements)
        calling = find_calling(self._chunks, self.person.other_name)
        statements.append(state_other_name(calling, self.person))
        explanation = f"One place gives the name {self.person.name}, another speaks of {self.person.other_name}."
        return Draft(statements, disagreements=(Disagreement("name", (identity[0], calling), explanation),))

    # --- can he do X? ---------------------------------------------------------------------------

    def _capability(self, question: Question, timer: _Timer) -> Draft:
        evidence = self._evidence_by_target(question)
        timer.mark("retrieve")
        findings = [
            replace(
                decide(target, found, levels=question.levels, asked_stems=question.asked_stems),
                is_unmentioned=not any(self._ranker.holds(word.stem) for word in content_words(target)),
            )
            for target, found in evidence.items()
        ]
        if all(finding.verdict == "not_stated" for finding in findings):
            return self._nothing(question, timer, findings)
        statements = state_capabilities(findings, self.person)
        timer.mark("synthesize")
        # "A or B?" asks for no yes or no; each of them still gets its own verdict.
        verdict = None if question.kind == "comparison" else combine_verdicts([each.verdict for each in findings])
        return Draft(statements, verdict, tuple(findings))

    def _evidence_by_target(self, question: Question) -> dict[str, list[Evidence]]:
        if len(question.targets) > 1 and (whole := self._mentions(question.phrase)):
            return {question.phrase: whole}
        evidence: dict[str, list[Evidence]] = {}
        for target in question.targets:
            name, found = self._evidence_for(target, question)
            evidence[name] = found
        return evidence

    def _evidence_for(self, target: str, asked: Question) -> tuple[str, list[Evidence]]:
        phrases = narrower_phrases(target)
        for phrase in phrases:
            if found := self._mentions(phrase):
                return phrase, found
        candidates = self._retriever.mentioning(target, top_k=_MAX_MENTIONS)
        for phrase in phrases:
            if found := find_phrase_evidence(phrase, candidates):
                return phrase, found
        if named := self._named_within(target):
            return named
        return (target, found) if (found := self._paraphrases(target, asked)) else (phrases[-1], [])

    def _named_within(self, target: str) -> tuple[str, list[Evidence]] | None:
        """The evidence for a name that a longer phrase holds, if the documents hold the rest of the phrase near it."""
        for name in self._names.within(target):
            found = self._mentions(name)
            near = {stem for item in found for stem in stems(item.passage.chunk.embedding_text)}
            rest = {word.stem for word in content_words(target)} - set(stems(name)) - WEAK_STEMS
            if found and rest <= near:
                return name, found
        return None

    def _mentions(self, phrase: str) -> list[Evidence]:
        return find_evidence(phrase, self._retriever.mentioning(phrase, top_k=_MAX_MENTIONS))

    def _paraphrases(self, target: str, asked: Question) -> list[Evidence]:
        """Passages that mean the same in other words; a bare name has none, it is there or it is not."""
        phrase = Question(target, "open", (), frozenset())
        if len(phrase.content_stems) < 2 or is_known_name(target):
            return []
        ranked = self._ranker.rank(phrase, self._retriever.retrieve(target, top_k=self._top_k))
        near = [item.passage for item in ranked[:_MAX_PARAPHRASES] if is_about_the_same(phrase, item)]
        return [
            Evidence(passage, self._judge_paraphrase(passage, target, asked), names_target=False) for passage in near
        ]

    @staticmethod
    def _judge_paraphrase(passage: Passage, target: str, asked: Question) -> Judgement:
        judgement = judge(passage.text, target=target, chunk=passage.chunk, names_target=False, is_title=False)
        if asked.is_habit:
            # "Would she ship without tests?" is denied by any word on her tests; "would she ship untested code?"
            # by "never ships untested code".
            is_denied = asked.is_contrary or denies_habit(passage.text)
            return Judgement("denies", "denied") if is_denied else Judgement("affirms", "stated")
        return Judgement("affirms", "stated") if judgement.stance == "mentions" else judgement

    # --- which X? how does he …? ----------------------------------------------------------------

    def _members(self, question: Question, timer: _Timer) -> Draft:
        members = self._finder.find(question)
        timer.mark("retrieve")
        if members:
            disagreeing = self._finder.findings(members)
            statements = state_members(members)
            statements += state_disagreements(disagreeing, told=statements)
            timer.mark("synthesize")
            return Draft(statements, findings=tuple(disagreeing))
        if not question.asks_for_several or self._finder.is_general(question):
            return self._passages(question, timer)
        passages = self._finder.strong_passages(question)
        if not passages:
            return self._nothing(question, timer, [])
        statements = [Statement(quoted(passage), (passage,)) for passage in passages]
        timer.mark("synthesize")
        return Draft(statements)

    def _passages(self, question: Question, timer: _Timer) -> Draft:
        ranked = self._ranker.rank(question, self._retriever.retrieve(question.text, top_k=self._top_k))
        timer.mark("retrieve")
        good = answering_passages(question, ranked)
        if not good:
            return self._nothing(question, timer, [])
        most = MAX_FACT_QUOTES if question.kind == "fact" else MAX_OPEN_QUOTES
        statements = state_passages(good, self.person, habits=self._habits, most=most)
        timer.mark("synthesize")
        return Draft(statements)

    def _nothing(self, question: Question, timer: _Timer, findings: Sequence[Finding]) -> Draft:
        about = " and ".join(finding.target for finding in findings) or question.text
        ranked = self._ranker.rank(Question(about, "open", (), frozenset()), self._retriever.retrieve(about, top_k=6))
        near = {
            item.passage.chunk.id: item.passage
            for item in reversed(ranked)
            if item.similarity >= _MIN_RELATED_SIMILARITY
        }
        related = list(reversed(near.values()))[:_MAX_RELATED]  # the best sentence of each chunk
        timer.mark("synthesize")
        return Draft(state_nothing(findings), "not_stated", tuple(findings), tuple(related), abstained=True)


class _Timer:
    """Milliseconds of each stage, the time between two marks."""

    def __init__(self, started: float) -> None:
        self._started = self._last = started
        self._spent: dict[str, float] = {}

    def mark(self, stage: str) -> None:
        """End a stage here."""
        now = perf_counter()
        self._spent[stage] = self._spent.get(stage, 0.0) + (now - self._last) * 1000
        self._last = now

    def timings(self) -> Timings:
        """All stages and the total."""
        spent = {stage: round(value, 2) for stage, value in self._spent.items()}
        return Timings(**spent, total=round((self._last - self._started) * 1000, 2))
