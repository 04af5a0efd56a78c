"""The members of a category that the documents name: "which vector databases?"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from profile_rag.answering import cues
from profile_rag.answering.employment import find_organisations, find_positions, is_organisation_category
from profile_rag.answering.enumerations import Enumeration, enumerations_of
from profile_rag.answering.evidence import Passage, sentences_of
from profile_rag.answering.kinds import NamedKind, kinds_of
from profile_rag.answering.list_items import Member, WordTest, looks_like_name, without_complement, without_purpose
from profile_rag.answering.list_request import MIN_SAID, ListRequest, hit
from profile_rag.answering.listed import Listed, joined, once, quoted_members
from profile_rag.answering.named_members import FindMentions, is_kind_of_names, kind_asked, named_members
from profile_rag.answering.question import Question
from profile_rag.answering.ranking import SentenceRanker
from profile_rag.answering.stance import is_avoided
from profile_rag.answering.strengths import limits_of, strengths_of
from profile_rag.answering.told_members import amounts_told, people_told, told_members
from profile_rag.answering.verdict import Finding, decide
from profile_rag.schema import Chunk, Person
from profile_rag.words import content_words, find_name, known_words, stems

_MARGIN = 0.2
# Read off questions asked of the pool: above it labels meant the same in 5 of 5 cases, below it in 2 of 30.
_MIN_SIMILARITY = 0.6
_MIN_SHARED_SIMILARITY = 0.48  # where the category's noun stands in the label too
_MIN_LEAD = 0.08
_MIN_SORTS = 3
_MAX_STRONG_PASSAGES = 3
_MIN_PASSAGE_SHARE = 0.75
_ASKS_AVOIDED = re.compile(
    r"\b(?:avoids?|dislikes?|refuses?|weak(?:\s|ness)|weak(?:nesses)?$|gaps?$|limit(?:s|ations)$|shortcomings?"
    r"|blind spots?"
    r"|(?:not|n['’]t|never) (?:use|do|like|know|touch|work|want))",
    re.IGNORECASE,
)
_MAX_CHECKED = 16  # members held against what else the documents say of them
_HOW_MANY = re.compile(r"^how many (?P<category>[\w/+# -]+?) (?:does|do|did|can|has|have|is|are)\b", re.IGNORECASE)
_POSITIONS = re.compile(
    r"^(?:previous |past |former |earlier )?(?:jobs|positions|posts|job titles|roles)$", re.IGNORECASE
)
_STRENGTHS = re.compile(
    r"^(?:main |core |key |top |biggest |greatest |strongest |primary )*(?:skills?|strengths?|competenc\w+|specialit\w+"
    r"|specialt\w+|expertise|areas of expertise|strong points)$",
    re.IGNORECASE,
)
_ASKS_USED = re.compile(r"\b(?:uses?|used|work(?:s|ed)? with)\b", re.IGNORECASE)
_USES = re.compile(r"\b(?:uses?|using|works? (?:with|in))\b.*\s[A-Z]")
_ASKS_SORTS = re.compile(r"\b(?:kinds?|sorts?|types?) of\b", re.IGNORECASE)
_DOES = re.compile(r"^[A-Z][a-z]+(?<!s)s\s")
_LEADING_VERB = re.compile(r"^(?:[a-z]+ing)\s+(?=[\dA-Z])")


class MemberFinder:
    """Finds the members of a category among everything that the documents list."""

    def __init__(
        self,
        chunks: Sequence[Chunk],
        person: Person,
        find_mentions: FindMentions,
        ranker: SentenceRanker,
        is_word: WordTest,
    ) -> None:
        self._chunks = chunks
        self._person = person
        self._find_mentions = find_mentions
        self._ranker = ranker
        self._is_word = is_word

    @cached_property
    def _enumerations(self) -> list[Enumeration]:
        return enumerations_of(self._chunks, self._is_word)

    def find(self, question: Question) -> list[Listed]:
        """The members asked for, in document order, each once; none when nothing is listed under such words."""
        category = question.targets[0]
        if category == "limits" or _ASKS_AVOIDED.search(category) or _ASKS_AVOIDED.search(question.text):
            return limits_of(ListRequest(category, question.text, self._person), self._chunks, self._is_word)
        if _STRENGTHS.match(category):
            return once(strengths_of(self._chunks, self._is_word))
        request = ListRequest(category, question.text, self._person)
        if amounts := amounts_told(request, self._chunks):
            return amounts
        if _POSITIONS.match(category) and not request.predicate:
            return once(Listed(name, passage) for name, passage in find_positions(self._chunks))
        if is_organisation_category(category) and not _ASKS_SORTS.search(question.text):
            organisations = once(
                Listed(name, passage)
                for name, passage in find_organisations(category, self._chunks, self._person)
                if request.is_within(passage.chunk)
            )
            if organisations or not request.predicate:
                return organisations  # "media companies" are kinds of companies, not the ones asked for
        kind = kind_asked(request, self._enumerations)
        score, found = self._listed(request, kind)
        told = told_members(request, self._chunks, self._ranker, self._is_word)
        is_same = bool(told and found) and told[0].passage.chunk is found[0].passage.chunk
        # "For what has she …?" is answered behind that preposition, not by what merely has such a label.
        is_sought = bool(request.prepositions and request.entities)
        if kind is None and told and not is_same and (not found or is_sought or score < MIN_SAID):
            found = told
        elif kind is None and _ASKS_SORTS.search(question.text) and (sorts := self._sorts(request)):
            found = sorts
        if kind is not None:
            found = [*found, *named_members(request, kind, self._chunks, self._find_mentions, self._is_word)]
        elif not found and request.core:
            found = people_told(request, self._chunks) or self._meant(request)
        others = [member for member in found if not any(find_name(name, member.name) for name in request.known)]
        return joined(once(others))

    def count(self, question: Question) -> list[Listed]:
        """The members that "how many …?" asks to count; none unless the category is a kind of names."""
        asked = _HOW_MANY.match(question.text.strip())
        if asked is None:
            return []
        category = asked.group("category")
        if not is_kind_of_names(category):
            return []
        return self.find(replace(question, kind="list", targets=(category,)))

    def findings(self, members: Sequence[Listed]) -> list[Finding]:
        """What the documents say of the members that they limit or deny as well as list."""
        findings = []
        for member in members[:_MAX_CHECKED]:
            name = member.name.split(" (")[0]
            if not looks_like_name(name, self._is_word):
                continue
            finding = decide(name, self._find_mentions(name))
            if finding.disagrees or (finding.verdict == "partly" and finding.limits):
                findings.append(finding)
        return findings

    def is_general(self, question: Question) -> bool:
        """Whether the category says nothing and all is in the rest ("which things did she paint?")."""
        request = ListRequest(question.targets[0], question.text, self._person)
        return not request.core and bool(request.predicate)

    def strong_passages(self, question: Question) -> list[Passage]:
        """Sentences that hold the category and nearly all else that is asked, where nothing is listed."""
        request = ListRequest(question.targets[0], question.text, self._person)
        if is_organisation_category(request.category) and not request.predicate:
            return []
        found: list[Passage] = []
        for chunk in self._chunks:
            if chunk.kind in {"heading", "code"} or not request.is_within(chunk):
                continue
            for passage in sentences_of(chunk):
                own = stems(passage.text)
                around = [*own, *stems(" ".join((*chunk.heading[-1:], chunk.title)))]
                if not request.core:
                    if (
                        _ASKS_USED.search(request.text)
                        and _USES.search(passage.text)
                        and not cues.DENIES.search(passage.text)
                    ):
                        found.append(passage)
                    continue
                core = request.core_share(own, around)
                if core == 0 or not any(hit(word, own) for words in request.alternatives for word in words):
                    continue
                if request.wants_names and not any(word in own for word in request.generic):
                    continue  # that something is done names no tool for it
                wanted = [*request.core, *request.predicate]
                share = sum(hit(word, around) > 0 for word in wanted) / len(wanted)
                if share >= _MIN_PASSAGE_SHARE:
                    found.append(passage)
        return found[:_MAX_STRONG_PASSAGES]

    # --- by what the documents list -----------------------------------------------------------------

    def _listed(self, request: ListRequest, kind: NamedKind | None) -> tuple[float, list[Listed]]:
        """The members under the labels that say best what is asked for, and how much of the predicate these say."""
        scored: list[tuple[float, Enumeration, list[Member]]] = []
        for enumeration in self._enumerations:
            if is_avoided(enumeration.chunk) or not request.is_within(enumeration.chunk):
                continue
            score = request.score(enumeration)
            if score <= 0 or not request.is_achieved(enumeration.chunk):
                continue
            members = self._chosen(enumeration, request, kind)
            if members:
                scored.append((score, enumeration, members))
        if not scored:
            return 0.0, []
        best = max(score for score, _, _ in scored)
        chosen = [item for item in scored if item[0] >= best - _MARGIN]
        inner = [item for item in chosen if item[1].form != "section"]
        listed = once(
            Listed(member.name, passage, is_described=enumeration.form in {"definition", "section"})
            for _, enumeration, members in inner or chosen
            for member, passage in quoted_members(enumeration, members)
        )
        said = max(request.said(enumeration) for _, enumeration, _ in inner or chosen)
        if said == 0.0 and len(request.core) == 1 and len({item[1].label for item in inner or chosen}) > 1:
            return 0.0, []  # labels that only have a word in common with the question
        return said, listed

    def _chosen(self, enumeration: Enumeration, request: ListRequest, kind: NamedKind | None) -> list[Member]:
        """The items that can be what is asked for: where tools are asked for, things with names."""
        members = list(enumeration.members)
        if kind is not None:
            own = [member for member in members if _belongs(member.name, kind)]
            if len(own) < len(members) / 2:
                is_named_so = any(word in stems(enumeration.label) for word in request.generic)
                members = own if own or not is_named_so else members
            else:
                members = [member for member in members if member in own or not _is_other_kind(member.name, kind)]
        if request.wants_names and enumeration.form not in {"definition", "purpose"}:
            if request.is_any_form and enumeration.form in {"bracket", "label", "examples"}:
                return members  # models, formats need have no names of their own
            if not self._are_names(members):
                return []
            # "prioritization frameworks (RICE, ICE, weighted scoring)" says itself that all of them are frameworks.
            is_named_so = enumeration.form != "label" and request.generic[-1:] == tuple(stems(enumeration.label)[-1:])
            members = [
                replace(member, name=without_purpose(member.name, self._is_word))
                for member in members
                if is_named_so or looks_like_name(member.name, self._is_word) or member.name in known_words()
            ]
        if len(members) > 1 and sum(bool(_LEADING_VERB.match(member.name)) for member in members) == 1:
            members = [replace(member, name=_LEADING_VERB.sub("", member.name)) for member in members]
        return members

    def _are_names(self, members: Sequence[Member]) -> bool:
        named = sum(looks_like_name(member.name, self._is_word) for member in members)
        return bool(members) and named >= 0.4 * len(members)

    def _sorts(self, request: ListRequest) -> list[Listed]:
        """List items that are sorts of what is asked for by their own names: "Regression testing coordination: …"."""
        found = []
        for item in self._enumerations:
            if item.form != "section" or item.chunk.kind != "list_item" or is_avoided(item.chunk):
                continue
            for member in item.members:
                own = [word.stem for word in content_words(without_complement(member.name))]
                if _DOES.match(member.name):
                    continue  # "Writes workflows in YAML"
                # Only the last word of the category counts, and only behind a word that tells which sort it is.
                if request.core and any(hit(request.core[-1], [word]) == 1.0 for word in own[1:]):
                    found.append(Listed(member.name, Passage(item.chunk, member.start, member.end), is_described=True))
        found = once(found)
        return found if len(found) >= _MIN_SORTS else []

    def _meant(self, request: ListRequest) -> list[Listed]:
        """The members under a label that says what is asked for in other words."""
        candidates = [
            item
            for item in self._enumerations
            if item.form in {"label", "bracket", "section"} and not is_avoided(item.chunk)
            if request.is_within(item.chunk) and request.is_achieved(item.chunk)
        ]
        labels = list(dict.fromkeys(item.label for item in candidates))
        if not labels:
            return []
        similarity = dict(zip(labels, self._ranker.similarities(request.category, labels), strict=True))
        first, second = [*sorted(similarity.values(), reverse=True), 0.0][:2]
        best = max(labels, key=similarity.__getitem__)
        is_shared = hit(request.core[-1], stems(best)) > 0
        if first < (_MIN_SHARED_SIMILARITY if is_shared else _MIN_SIMILARITY) or first - second < _MIN_LEAD:
            return []
        return [
            Listed(member.name, passage, is_described=item.form == "section")
            for item in candidates
            if item.label == best
            for member, passage in quoted_members(item, self._chosen(item, request, None))
        ]


def _belongs(name: str, kind: NamedKind) -> bool:
    return any(find_name(other, name) is not None for other in kind.names)


def _is_other_kind(name: str, kind: NamedKind) -> bool:
    kinds = kinds_of(name.split(" (")[0])
    return bool(kinds) and kind.title not in kinds
