"""The way of a question: understand, retrieve, synthesize, ground, abstain."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import permutations
from time import perf_counter
from typing import Any

from profile_rag.answering.abstention import answering_passages, misfortune_in
from profile_rag.answering.asked_types import answer_type
from profile_rag.answering.career import Career
from profile_rag.answering.chat import stand_alone
from profile_rag.answering.contact import Reach, draft_contact
from profile_rag.answering.contradiction import find_contradiction, state_contradiction
from profile_rag.answering.dates import Month
from profile_rag.answering.draft import Draft
from profile_rag.answering.evidence import Evidence, whole_sentence
from profile_rag.answering.extractive import (
    MAX_FACT_QUOTES,
    MAX_OPEN_QUOTES,
    Statement,
    habit_headings,
    quoted,
    state_capabilities,
    state_limits,
    state_members,
    state_nothing,
    state_off_subject,
    state_passages,
    state_preference,
)
from profile_rag.answering.grounding import GroundingChecker
from profile_rag.answering.identity import draft_identity
from profile_rag.answering.listed import Listed
from profile_rag.answering.listing import MemberFinder
from profile_rag.answering.overview import draft_overview
from profile_rag.answering.person import find_person
from profile_rag.answering.question import Question
from profile_rag.answering.question_parser import parse_question
from profile_rag.answering.ranking import Embedder, Reranker, SentenceRanker
from profile_rag.answering.sections import draft_section
from profile_rag.answering.skills import find_skills
from profile_rag.answering.spelling import SpellingCorrector
from profile_rag.answering.stance import Judgement, chosen_of, favourite_of, is_predicate
from profile_rag.answering.target_evidence import EvidenceFinder, Retriever
from profile_rag.answering.targets import looks_like_name, narrower_phrases
from profile_rag.answering.verdict import Finding, combine_verdicts, decide, shows_level
from profile_rag.errors import QuestionError
from profile_rag.schema import Answer, Chunk, Person, Skill, Timings, Turn, Verdict, questions_of
from profile_rag.words import content_words, stems

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_MAX_HISTORY = 12
_MIN_RELATED_SIMILARITY = 0.28  # of a sentence read in its chunk, which is less like any question than it is alone
_MAX_RELATED = 2
_ANY_REACH = Reach()


class QueryEngine:
    """Answers questions about one person from the chunks of their documents, without a language model."""

    def __init__(
        self,
        chunks: Sequence[Chunk],
        retriever: Retriever,
        embedder: Embedder,
        reranker: Reranker,
        *,
        top_k: int = 12,
        max_question_characters: int = 2000,
        reach: Reach = _ANY_REACH,
        as_of: Month | None = None,
    ) -> None:
        self.person: Person = find_person(chunks)
        self._chunks = chunks
        self._retriever = retriever
        self._own = stems(f"{self.person.name} {self.person.other_name}")
        self._ranker = SentenceRanker(chunks, embedder, reranker, known=self._own)
        self._evidence = EvidenceFinder(
            chunks, retriever, self._ranker, is_word=embedder.knows_word, own_stems=self._own, top_k=top_k
        )
        self._finder = MemberFinder(chunks, self.person, self._evidence.mentions, self._ranker, embedder.knows_word)
        self.checker = GroundingChecker(embedder, known=self._own)
        """Holds an answer against its evidence."""
        self._spelling = SpellingCorrector(chunks, embedder.knows_word)
        self._career = Career(chunks, self.person, mentions=self._evidence.mentions, as_of=as_of)
        self._knows_word = embedder.knows_word
        self._habits = habit_headings(chunks)
        self._top_k = top_k
        self._max_question_characters = max_question_characters
        self._reach = reach

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
        earlier = [" ".join(_CONTROL.sub(" ", item).split()) for item in recent]
        corrected = self._spelling.correct(text)
        before = [self._spelling.correct(item) for item in earlier if item]
        understood = stand_alone(corrected, before, self.person, members_of=self._names_of)
        parsed = parse_question(understood, self.person)
        timer = _Timer(started)
        timer.mark("understand")
        draft = self._draft(parsed, timer)
        answer = draft.ground(self.checker, question=text, understood_as=understood, kind=parsed.kind)
        timer.mark("ground")
        return replace(answer, timings_ms=timer.timings())

    def warm_up(self) -> None:
        """Load the weights, read the sentences and find the skills now rather than at the first question."""
        about = Question("What is it about?", "open", (), frozenset())
        self.ask(about.text)  # compiles the patterns of the question parser
        self._ranker.rank(about, self._retriever.retrieve(about.text, top_k=self._top_k))
        _ = self.skills

    @cached_property
    def skills(self) -> tuple[Skill, ...]:
        """What the documents name as skills, with what they say of each."""
        return find_skills(self._chunks, self._evidence.mentions, self._knows_word)

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
        if question.kind in {"list", "open", "fact"}:
            # A list's category may be said in other words than the documents' own ("BI tools").
            if question.kind != "list" and (unknown := self._evidence.unknown_names(question)):
                return self._nothing(question, timer, unknown)
            if denied := self._evidence.denied_premise(question):
                timer.mark("retrieve")
                return Draft(state_capabilities([denied], self.person), "no", (denied,))
            if differing := self._career.disagreement(question.text):
                timer.mark("retrieve")
                return Draft(state_contradiction(differing), disagreements=(differing,))
            if not question.asks_for_several and (told := self._career.answer(question.text)):
                timer.mark("retrieve")
                return Draft(told)
            if self._career.asks_in_vain(question.text):
                return self._nothing(question, timer, [])
        match question.kind:
            case "capability" | "comparison":
                return self._capability(question, timer)
            case "list":
                return self._members(question, timer)
            case "fact" if counted := self._finder.count(question):
                timer.mark("retrieve")
                return Draft(state_members(counted, is_counted=True))
            case "off_subject":
                return Draft(state_off_subject(self.person), "not_stated", abstained=True)
            case "contact":
                timer.mark("retrieve")
                return draft_contact(question.text, self._chunks, self.person, self._reach)
            case "section":
                timer.mark("retrieve")
                return draft_section(question.section, self._chunks, self.person, self._career, self._knows_word)
            case "overview" | "pitch" if draft := draft_overview(
                self._chunks, self.person, self._career, self._knows_word, is_pitch=question.kind == "pitch"
            ):
                timer.mark("retrieve")
                return draft
            case "identity" if draft := draft_identity(question.text, self._chunks, self.person):
                timer.mark("retrieve")
                return draft
            case _:
                return self._passages(question, timer)

    # --- can he do X? ---------------------------------------------------------------------------

    def _capability(self, question: Question, timer: _Timer) -> Draft:
        if question.premise and (draft := self._capability(question.premise, timer)).verdict != "yes":
            return draft  # what the question takes for granted comes first
        if question.preferred_to:
            # That both are known says nothing of which is liked better.
            return self._preference(question) or self._nothing(question, timer, [])
        evidence = self._evidence.by_target(question)
        for target in question.targets:
            if degrees := self._career.degrees(target):
                held = Judgement("affirms", "stated")
                evidence[target] = [Evidence(passage, held, names_target=True) for passage in degrees]
        if question.asks_role:
            evidence = {target: _of_the_role(target, found) for target, found in evidence.items()}
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
        if question.kind == "comparison":
            statements = [*self._weighing(question.targets), *statements]
        timer.mark("synthesize")
        # "A or B?" asks for no yes or no; each of them still gets its own verdict.
        verdict = None if question.kind == "comparison" else combine_verdicts([each.verdict for each in findings])
        return Draft(statements, verdict, tuple(findings))

    def _preference(self, question: Question) -> Draft | None:
        """The answer to "does she prefer A to B?" where a sentence weighs the two; else none."""
        one, other = (narrower_phrases(each)[-1] for each in (question.targets[0], question.preferred_to))
        for item in [*self._evidence.mentions(one), *self._evidence.mentions(other)]:
            sentence = whole_sentence(item.passage)
            if chosen := chosen_of(sentence.text, one, other) or favourite_of(sentence.text, one, other):
                verdict: Verdict = "yes" if chosen == one else "no"
                judgement = Judgement("affirms", "stated") if chosen == one else Judgement("denies", "denied")
                evidence = (Evidence(sentence, judgement, names_target=True),)
                finding = Finding(one, verdict, judgement.basis, *((evidence, ()) if chosen == one else ((), evidence)))
                return Draft(state_capabilities([finding], self.person), verdict, (finding,))
        return None

    def _weighing(self, targets: Sequence[str]) -> list[Statement]:
        """The sentence that says which of several things is preferred, if there is one."""
        for one, other in permutations(targets, 2):
            for item in self._evidence.mentions(one):
                sentence = whole_sentence(item.passage)
                if chosen_of(sentence.text, one, other) == one:
                    return state_preference(one, sentence, self.person)
        return []

    # --- which X? how does he …? ----------------------------------------------------------------

    def _members(self, question: Question, timer: _Timer) -> Draft:
        wanted = answer_type(question.text, known=self._own)
        if question.targets[0] != "limits" and self._evidence.names_foreign_technology(question.targets[0]):
            return self._nothing(question, timer, [])
        members = self._finder.find(question)
        if wanted:
            members = [
                member
                for member in members
                if wanted.is_offered_by(member.passage) and (not wanted.is_name or looks_like_name(member.name))
            ]
        members = _at_level(members, question.levels)
        timer.mark("retrieve")
        if members:
            findings = self._finder.findings(members)
            statements = state_members(members)
            statements += state_limits(findings, told=statements)
            timer.mark("synthesize")
            return Draft(statements, findings=tuple(finding for finding in findings if finding.disagrees))
        if unknown := self._evidence.unknown_names(question):
            return self._nothing(question, timer, unknown)
        if wanted or not question.asks_for_several or self._finder.is_general(question):
            return self._passages(question, timer)
        passages = self._finder.strong_passages(question)
        if not passages:
            return self._passages(question, timer)
        statements = [Statement(quoted(passage), (passage,)) for passage in passages]
        timer.mark("synthesize")
        return Draft(statements)

    def _names_of(self, category: str) -> list[str]:
        """The members of a category by their names alone."""
        listed = self._finder.find(Question(category, "list", (category,), frozenset()))
        return [re.sub(r"\s*\([^()]*\)", "", member.name) for member in listed]

    def _passages(self, question: Question, timer: _Timer) -> Draft:
        ranked = self._ranker.rank(question, self._retriever.retrieve(question.text, top_k=self._top_k))
        timer.mark("retrieve")
        misfortune = misfortune_in(question.text)
        if misfortune and not any(map(self._ranker.holds, misfortune)):
            return self._nothing(question, timer, [])
        good = answering_passages(question, ranked, answer_type(question.text, known=self._own), known=self._own)
        if not good:
            return self._nothing(question, timer, [])
        good = [item for item in good if shows_level(item.passage.text, question.levels)] or good
        if differing := find_contradiction(question.text, good, ranked):
            timer.mark("synthesize")
            return Draft(state_contradiction(differing), disagreements=(differing,))
        most = MAX_FACT_QUOTES if question.kind == "fact" else MAX_OPEN_QUOTES
        statements = state_passages(good, self.person, habits=self._habits, most=most)
        timer.mark("synthesize")
        return Draft(statements)

    def _nothing(self, question: Question, timer: _Timer, findings: Sequence[Finding]) -> Draft:
        about = " and ".join(finding.target for finding in findings) or question.text
        retrieved = self._retriever.retrieve(about, top_k=self._top_k)
        ranked = self._ranker.rank(Question(about, "open", (), frozenset()), retrieved, form="phrase", is_rough=True)
        near = {
            item.passage.chunk.id: item.passage
            for item in reversed(ranked)
            if item.similarity >= _MIN_RELATED_SIMILARITY
        }
        related = list(reversed(near.values()))[:_MAX_RELATED]  # the best sentence of each chunk
        timer.mark("synthesize")
        return Draft(state_nothing(findings), "not_stated", tuple(findings), tuple(related), abstained=True)


def _at_level(members: Sequence[Listed], levels: frozenset[str]) -> list[Listed]:
    """The members said to be known as well as is asked ("which tools is she an expert in?"); all where none is."""
    return [member for member in members if shows_level(member.passage.text, levels)] or list(members)


def _of_the_role(target: str, evidence: Sequence[Evidence]) -> list[Evidence]:
    """What says that the person is such a one; that the word occurs is not enough."""
    return [
        replace(item, judgement=Judgement("denies", "denied")) if item.judgement.is_negative else item
        for item in evidence
        if item.judgement.is_negative or is_predicate(target, item.passage.text, item.passage.chunk)
    ]


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
