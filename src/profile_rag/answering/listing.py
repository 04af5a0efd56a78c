"""The members of a category that the documents name: "which vector databases?"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from profile_rag.answering import cues
from profile_rag.answering.employment import find_organisations, find_positions, is_organisation_category
from profile_rag.answering.enumerations import Enumeration, enumerations_of
from profile_rag.answering.evidence import Evidence, Passage, sentences_of
from profile_rag.answering.item_heads import item_heads
from profile_rag.answering.kinds import (
    NamedKind,
    core_of,
    is_artefact,
    is_generic,
    kind_called,
    kinds_of,
    longer_names,
    relations_of,
    variants,
)
from profile_rag.answering.list_items import Member, looks_like_name, split_items, without_purpose
from profile_rag.answering.question import Question
from profile_rag.answering.ranking import SentenceRanker
from profile_rag.answering.stance import is_avoided, is_strength_heading
from profile_rag.answering.verdict import Finding, decide
from profile_rag.schema import Chunk, Person
from profile_rag.sentences import split_sentences
from profile_rag.words import content_words, find_name, is_stop_word, known_words, spellings, split_words, stems

_SYNONYM = 0.75  # what a word counts that is only meant, where one that is said counts 1
_NEARBY = 0.6  # what a word counts that stands not in the label but around it
_DONE = 0.7  # what a label counts that says the deed asked about but not what its members are
_GENERIC_BONUS = 0.15
_HEAD_BONUS = 0.4
_PREDICATE_BONUS = 0.5
_SECTION_MALUS = 0.1
_MARGIN = 0.2
# Read off questions asked of the pool: above it labels meant the same in 5 of 5 cases, below it in 2 of 30.
_MIN_SIMILARITY = 0.6
_MIN_SHARED_SIMILARITY = 0.48  # where the category's noun stands in the label too
_MIN_LEAD = 0.08
_MIN_SORTS = 3
_MIN_SUCH = 0.23  # of items to their category; of 24 lists from the pool, right ones had 0.25 to 0.71, wrong ones less
_SAME_FORM = 0.2
_MIN_PREDICATE = 0.5
_MIN_SAID = 0.6
_MAX_STRONG_PASSAGES = 3
_MIN_PASSAGE_SHARE = 0.75
_MAX_QUOTED = 220  # characters of a list that is quoted whole when only some of its items are asked for
_ALTERNATIVE = re.compile(r"\s*/\s*|\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or|&)\s+", re.IGNORECASE)
_LIGHT = frozenset(
    stems(
        "work works worked working keep keeps has had have got use uses used using know knows known list lists listed"
        " name names named mention mentions mentioned show shows choose good comfortable familiar hold holds"
        " possess obtain obtained gave given attend attended study studied experience"
        " experienced far currently today now ever already so often most best well please give tell cover covers handle"
        " handles offer offers deal like bring time times person people part able help apply rely go get take make main"
    )
)
_RELATING = frozenset(
    stems(
        "serve served help helped support come comes came cover covers span spans blend combine background advise coach"
    )
)
_DEEDS = frozenset(
    stems(
        "won win wins published publish authored booked earned received awarded sold founded raised patented"
        " invented shipped"
    )
)
_ANY_FORM = frozenset(stems("model models format formats"))  # these may be described as well as named
_ASKS_AVOIDED = re.compile(
    r"\b(?:avoids?|dislikes?|refuses?|weak(?:\s|ness)|weak(?:nesses)?$|gaps?$|limit(?:s|ations)$|shortcomings?"
    r"|blind spots?"
    r"|(?:not|n['’]t|never) (?:use|do|like|know|touch|work|want))",
    re.IGNORECASE,
)
_LIMITS_HEADING = re.compile(
    r"\b(?:limits?|limitations|weak\w*|gaps|shortcomings|leaves? to others|not my|won['’]t|can['’]t|avoids?|blind spots"
    r"|do(?:es)?n['’]t|not (?:good|do|use)|what \w+['’]?\w* not)\b",
    re.IGNORECASE,
)
_LACK = re.compile(
    r"\b(?:haven['’]t (?!seen|met)|hasn['’]t|has not|have not|no (?:\w+ )?experience|not (?:an? |my |his |her "
    r"|their )?(?:\w+ )?"
    r"(?:expert|specialist|fluent|primary|strong)|shallow|rusty|basics only|(?:don['’]t|doesn['’]t|does not|do not)"
    r" (?:use|build|write|code|hold|speak|have the)|not an? (?:\w+ ){1,3}and won['’]t)\b",
    re.IGNORECASE,
)
_MAX_LACKS = 3
_MAX_CHECKED = 16  # members held against what else the documents say of them
_OTHER_THAN = re.compile(
    r"\b(?:besides|other than|apart from|except(?: for)?|aside from|in addition to|not counting)\s+(?P<names>[^?]+?)"
    r"(?=\s+(?:does|do|did|has|have|had|can|is|are|was|were)\b|[\s?]*$)",
    re.IGNORECASE,
)
_LANGUAGES = ("languag",)  # spoken or for programming: the question or the documents tell which
_HOW_MANY = re.compile(r"^how many (?P<category>[\w/+# -]+?) (?:does|do|did|can|has|have|is|are)\b", re.IGNORECASE)
_POSITIONS = re.compile(
    r"^(?:previous |past |former |earlier )?(?:jobs|positions|posts|job titles|roles)$", re.IGNORECASE
)
_STRENGTHS = re.compile(
    r"^(?:main |core |key |top |biggest |greatest |strongest |primary )*(?:skills?|strengths?|competenc\w+|specialit\w+"
    r"|specialt\w+|expertise|areas of expertise|strong points)$",
    re.IGNORECASE,
)
_CUSTOM_MADE = re.compile(r"\bcustom(?:[ -]made|i[sz]\w+)?\b", re.IGNORECASE)  # its stem is that of "customer"
_DASH = re.compile(r"\s[—–]\s")
_LEADING_DASH = re.compile(r"\s*[—–]\s+")
_FINITE = re.compile(r"\b(?:is|are|was|were|has|have|had|holds?|I|he|she|they|we)\b")
_NOT_BEFORE = re.compile(r"(?:\bnot|\bnever|n['’]t)\s+(?:\w+\s+){0,2}\w+$", re.IGNORECASE)
_SENTENCE = re.compile(r"^(?:I|He|She|They|It|We)\b")
_ASKS_USED = re.compile(r"\b(?:uses?|used|work(?:s|ed)? with)\b", re.IGNORECASE)
_USES = re.compile(r"\b(?:uses?|using|works? (?:with|in))\b.*\s[A-Z]")
_SPOKEN = re.compile(r"\b(?:speaks?|spoken|fluent(?! in code)|foreign|native|mother|human|natural)\b", re.IGNORECASE)
_CODED = re.compile(
    r"\b(?:program\w*|cod(?:e|es|ing)|scripts?|scripting|develops?|software|writes? in)\b", re.IGNORECASE
)
_SPEAKING = re.compile(
    r"\b(?:speaks?|spoken|fluen\w+|native|tongue|bilingual|languages?|conversational|proficien\w+|[ABC][12])\b",
    re.IGNORECASE,
)
_ASKS_SORTS = re.compile(r"\b(?:kinds?|sorts?|types?) of\b", re.IGNORECASE)
_AMOUNTS = {
    "percentag": re.compile(r"\d+(?:[.,]\d+)?\s?(?:%|percent\b|per cent\b)"),
    "percent": re.compile(r"\d+(?:[.,]\d+)?\s?(?:%|percent\b|per cent\b)"),
}
_COMPLEMENT = re.compile(r"\s(?:for|with|in|to|before|that|of|from|using)\s.*$")
_DOES = re.compile(r"^[A-Z][a-z]+(?<!s)s\s")
_LEADING_VERB = re.compile(r"^(?:[a-z]+ing)\s+(?=[\dA-Z])")
_TO_COMMA = re.compile(r"[^,;.]+\sto\s(?:[^,;.]|[,.](?=\d))+")
_RANGE = re.compile(r"^(?:everything |anything )?from\s+(?P<range>.+\sto\s.+)$", re.IGNORECASE)
_PREPOSITION = (
    "(?:with|for|in|on|at|as|of|from|to|across|using|by|about|including|such as|like|everything from|anything from)"
)
_AFTER_VERB = re.compile(
    rf"^(?:\s*(?:[a-z]+\s+){{0,2}}?{_PREPOSITION}\b)?(?:\s*(?:{_PREPOSITION}|the|both|an?|mostly|mainly|:)(?!\w))*\s+"
)


_AFTER_RELATION = re.compile(
    r"^(?:\s*(?:(?:everyone|everything|anyone|people) from|both|the|an?|mostly|mainly|:)(?!\w))*\s+"
)
# How nouns for people end, so far as it tells them from things.
_PEOPLE = re.compile(
    r"(?:[a-z]{2,}(?:ers|ors|ists|ians|ants|ees|eurs|ives|ians)|academics|athletes|parents|people|teams|startups|companies"
    r"|families|students|kids|children|adults|men|women|teens|teenagers|couples|patients|agents|clients|professionals"
    r"|individuals|brands|businesses|firms|agencies|nonprofits|non-profits|NGOs|charities|schools|CEOs|communities)$"
)
_TO_PEOPLE = re.compile(r"\b(?:for|with|to|by|from)\s+(?=\w)")
_PEOPLE_ASKED = frozenset(stems("client clients audience audiences customer customers people readership group groups"))


@dataclass(frozen=True, slots=True)
class Listed:
    """A member with the passage that makes it one."""

    name: str
    passage: Passage
    is_described: bool = False
    """Whether the passage tells something of the member beyond its name."""


class MemberFinder:
    """Finds the members of a category among everything that the documents list."""

    def __init__(
        self,
        chunks: Sequence[Chunk],
        person: Person,
        find_mentions: Callable[[str], list[Evidence]],
        ranker: SentenceRanker,
        is_word: Callable[[str], bool],
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
            return self._avoided(_Request(category, question.text, self._person))
        if _STRENGTHS.match(category):
            return _once(self._strengths())
        request = _Request(category, question.text, self._person)
        if amounts := self._amounts(request):
            return amounts
        if _POSITIONS.match(category) and not request.predicate:
            return _once(Listed(name, passage) for name, passage in find_positions(self._chunks))
        if is_organisation_category(category) and not _ASKS_SORTS.search(question.text):
            organisations = _once(
                Listed(name, passage)
                for name, passage in find_organisations(category, self._chunks, self._person)
                if request.is_within(passage.chunk)
            )
            if organisations or not request.predicate:
                return organisations  # "media companies" are kinds of companies, not the ones asked for
        kind = self._kind(request)
        score, found = self._listed(request, kind)
        told = self._told(request)
        is_same = bool(told and found) and told[0].passage.chunk is found[0].passage.chunk
        # "For what has she …?" is answered behind that preposition, not by what merely has such a label.
        is_sought = bool(request.prepositions and request.entities)
        if kind is None and told and not is_same and (not found or is_sought or score < _MIN_SAID):
            found = told
        elif kind is None and _ASKS_SORTS.search(question.text) and (sorts := self._sorts(request)):
            found = sorts
        if kind is not None:
            found = [*found, *self._named(request, kind)]
        elif not found and request.core:
            found = self._people(request) or self._meant(request)
        others = [member for member in found if not any(find_name(name, member.name) for name in request.known)]
        return _joined(_once(others))

    def count(self, question: Question) -> list[Listed]:
        """The members that "how many …?" asks to count; none unless the category is a kind of names."""
        asked = _HOW_MANY.match(question.text.strip())
        if asked is None:
            return []
        category = asked.group("category")
        if kind_called(category) is None and core_of(category) != _LANGUAGES:
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
        request = _Request(question.targets[0], question.text, self._person)
        return not request.core and bool(request.predicate)

    def strong_passages(self, question: Question) -> list[Passage]:
        """Sentences that hold the category and nearly all else that is asked, where nothing is listed."""
        request = _Request(question.targets[0], question.text, self._person)
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
                if core == 0 or not any(_hit(word, own) for words in request.alternatives for word in words):
                    continue
                if request.wants_names and not any(word in own for word in request.generic):
                    continue  # that something is done names no tool for it
                wanted = [*request.core, *request.predicate]
                share = sum(_hit(word, around) > 0 for word in wanted) / len(wanted)
                if share >= _MIN_PASSAGE_SHARE:
                    found.append(passage)
        return found[:_MAX_STRONG_PASSAGES]

    # --- by what the documents list -----------------------------------------------------------------

    def _listed(self, request: _Request, kind: NamedKind | None) -> tuple[float, list[Listed]]:
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
        listed = _once(
            Listed(member.name, passage, is_described=enumeration.form in {"definition", "section"})
            for _, enumeration, members in inner or chosen
            for member, passage in _quoted(enumeration, members)
        )
        said = max(request.said(enumeration) for _, enumeration, _ in inner or chosen)
        if said == 0.0 and len(request.core) == 1 and len({item[1].label for item in inner or chosen}) > 1:
            return 0.0, []  # labels that only have a word in common with the question
        return said, listed

    def _chosen(self, enumeration: Enumeration, request: _Request, kind: NamedKind | None) -> list[Member]:
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

    def _sorts(self, request: _Request) -> list[Listed]:
        """List items that are sorts of what is asked for by their own names: "Regression testing coordination: …"."""
        found = []
        for item in self._enumerations:
            if item.form != "section" or item.chunk.kind != "list_item" or is_avoided(item.chunk):
                continue
            for member in item.members:
                own = [word.stem for word in content_words(_COMPLEMENT.sub("", member.name))]
                if _DOES.match(member.name):
                    continue  # "Writes workflows in YAML"
                # Only the last word of the category counts, and only behind a word that tells which sort it is.
                if request.core and any(_hit(request.core[-1], [word]) == 1.0 for word in own[1:]):
                    found.append(Listed(member.name, Passage(item.chunk, member.start, member.end), is_described=True))
        found = _once(found)
        return found if len(found) >= _MIN_SORTS else []

    def _meant(self, request: _Request) -> list[Listed]:
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
        is_shared = _hit(request.core[-1], stems(best)) > 0
        if first < (_MIN_SHARED_SIMILARITY if is_shared else _MIN_SIMILARITY) or first - second < _MIN_LEAD:
            return []
        return [
            Listed(member.name, passage, is_described=item.form == "section")
            for item in candidates
            if item.label == best
            for member, passage in _quoted(item, self._chosen(item, request, None))
        ]

    def _strengths(self) -> Iterator[Listed]:
        for chunk in self._chunks:
            if chunk.kind != "heading" and is_strength_heading(chunk):
                if chunk.kind == "table_row":
                    yield Listed(chunk.text.split(" | ")[0], Passage(chunk, 0, len(chunk.text)), is_described=True)
                    continue
                for member in item_heads(chunk, self._is_word):
                    yield Listed(member.name, Passage(chunk, member.start, member.end), is_described=True)

    def _avoided(self, request: _Request) -> list[Listed]:
        sections = [
            chunk
            for chunk in self._chunks
            if chunk.kind != "heading" and (is_avoided(chunk) or _is_limits_section(chunk))
        ]
        asked = {word.stem for word in content_words(request.text)}
        named = [chunk for chunk in sections if asked & set(stems(" ".join(chunk.heading)))]
        found = []
        for chunk in named or sections:
            members = item_heads(chunk, self._is_word) or [Member("", 0, len(chunk.text))]
            span = (members[0].start, members[0].end) if chunk.title else (0, len(chunk.text))
            limiting = [p for p in sentences_of(chunk) if cues.DENIES.search(p.text) or cues.LIMITS.search(p.text)]
            passage = limiting[0] if chunk.title and limiting else Passage(chunk, *span)
            for member in members:
                is_sentence = chunk.kind == "paragraph" or _SENTENCE.match(member.name)
                found.append(Listed("" if is_sentence else member.name, passage, is_described=True))
        if not named:
            found += [Listed(item.chunk.title, item, is_described=True) for item in self._lacks(sections)][:_MAX_LACKS]
        return _once(found)

    def _lacks(self, sections: Sequence[Chunk]) -> Iterator[Passage]:
        """Sentences outside such sections that say what the person can't do or has not done."""
        for chunk in self._chunks:
            if chunk.kind not in {"heading", "code"} and chunk not in sections:
                yield from (
                    passage
                    for passage in sentences_of(chunk)
                    if _LACK.search(passage.text) and not cues.CONDITIONAL.search(passage.text)
                )

    def _amounts(self, request: _Request) -> list[Listed]:
        pattern = next((_AMOUNTS[word] for word in request.core if word in _AMOUNTS), None)
        if pattern is None:
            return []
        best: list[Listed] = []
        for chunk in self._chunks:
            for start, end in split_sentences(chunk.text):
                amounts = list(pattern.finditer(chunk.text, start, end))
                own = " ".join(stems(chunk.text[start:end]))
                # Written together or apart: "rolls out", "rollout".
                if len(amounts) > max(1, len(best)) and any(word in own for word in request.predicate):
                    passage = Passage(chunk, start, end)
                    best = [Listed(match.group(), passage) for match in amounts]
        return best

    # --- by what a name is the name of ----------------------------------------------------------------

    def _kind(self, request: _Request) -> NamedKind | None:
        if request.core == _LANGUAGES:
            if _SPOKEN.search(request.text):
                return kind_called("spoken languages")
            if _CODED.search(request.text):
                return kind_called("programming languages")
            return self._kind_of_section("languag")
        for alternative in _ALTERNATIVE.split(request.category):
            if kind := kind_called(alternative):
                return kind
        return kind_called(request.category)

    def _kind_of_section(self, word: str) -> NamedKind | None:
        """Where a category may mean two kinds, the one that most names under such a heading belong to."""
        counts: dict[str, int] = {}
        for enumeration in self._enumerations:
            if word in stems(enumeration.label):
                for member in enumeration.members:
                    for title in kinds_of(member.name.split(" (")[0].split(" / ")[0].split()[0]):
                        if "language" in title:
                            counts[title] = counts.get(title, 0) + 1
        best = max(counts, key=counts.__getitem__, default="programming languages")
        return kind_called(best)

    def _named(self, request: _Request, kind: NamedKind) -> Iterator[Listed]:
        order = {chunk.id: number for number, chunk in enumerate(self._chunks)}
        found: list[tuple[int, int, str, Passage]] = []
        for name in kind.names:
            evidence = [
                item
                for item in self._find_mentions(name)
                if item.names_target or item.is_own_entry
                if request.is_within(item.passage.chunk) and self._is_own(item, name, kind)
                if kind.title != "spoken languages" or _SPEAKING.search(item.passage.chunk.embedding_text)
            ]
            finding = decide(name, evidence)
            # Known a little is known; what only a section on limits speaks of is not.
            shown = [
                item.passage
                for item in (*finding.support, *finding.limits)
                if not _is_denied(item.passage, name)
                and not is_avoided(item.passage.chunk)
                and not _is_limits_section(item.passage.chunk)
            ]
            if finding.verdict not in {"yes", "partly"}:
                shown = _spoken(evidence, name) if kind.title == "spoken languages" and finding.verdict != "no" else []
            if not shown:
                continue
            entry = next((passage.chunk for passage in shown if _titles(passage.chunk, name)), None)
            passage = (self._described(entry) if entry else None) or shown[0]
            written = find_name(name, passage.chunk.text) or (0, 0)
            found.append((order[passage.chunk.id], written[0], passage.chunk.text[slice(*written)] or name, passage))
        last = (-1, 0)
        for number, at, name, passage in sorted(found, key=lambda item: (*item[:2], -len(item[2]))):
            if (number, at) >= last:  # else it is the beginning of a longer name
                yield Listed(name, passage, is_described=True)
                last = (number, at + len(name))

    def _are_such(self, items: Sequence[Member], request: _Request, before: str, sentence: str) -> bool:
        """Whether items behind a verb can be what is asked for: their sentence says so, or they mean such things."""
        if request.is_said(sentence):
            return True
        preposition = before.split()[-1:]
        if len(request.predicate) > 1 and preposition and preposition[0] in request.prepositions:
            return True  # "built models for …" answers "what has she built models for?", whatever they are called
        is_list = len(items) > 2 or all(looks_like_name(item.name, self._is_word) for item in items)
        named = ", ".join(item.name for item in items)
        return is_list and self._ranker.similarities(request.category, [named])[0] >= _MIN_SUCH

    def _described(self, chunk: Chunk) -> Passage | None:
        members = item_heads(chunk, self._is_word)
        return Passage(chunk, members[0].start, members[0].end) if members else None

    def _is_own(self, item: Evidence, name: str, kind: NamedKind) -> bool:
        """Whether a mention says that the person has to do with the thing, and writes it as a name."""
        passage = item.passage
        span = find_name(name, passage.text)
        if span is None:
            return item.is_own_entry
        written = passage.text[span[0] : span[1]]
        if passage.text[max(0, span[0] - 1) : span[0]] == "-" or passage.text[span[1] : span[1] + 1] == "-":
            return False  # "C-level" is no language
        if len(name) == 1 and passage.text[max(0, span[0] - 2) : span[0]] == " /":
            return False  # a switch of a command
        if any(find_name(longer, passage.text) is not None for longer in longer_names(name)):
            return False  # "Cloud SQL" is not SQL
        if span[0] and not re.match(r"[\s(/\[“\"']", passage.text[span[0] - 1]):
            return False  # nor "40°C"
        if written.islower() and not name.islower() and len(written) < 12:
            return False
        if passage.chunk.kind not in {"paragraph", "entry", "card"} or item.is_own_entry:
            return True
        if kind.title == "spoken languages":
            return _SPEAKING.search(passage.text) is not None
        return item.judgement.stance == "affirms" or item.judgement.is_negative

    # --- by what is told in a sentence ----------------------------------------------------------------

    def _told(self, request: _Request) -> list[Listed]:
        """Members enumerated behind the verb that the question asks by ("has written grants for a, b and c")."""
        best: list[Listed] = []
        best_share = 0.0
        for chunk in self._chunks:
            if chunk.kind == "heading" or is_avoided(chunk) or not request.is_within(chunk):
                continue
            for start, end in split_sentences(chunk.text):
                share, items = _behind_verb(chunk, start, end, request)
                before = chunk.text[start : items[0].start] if items else ""
                if share > best_share and items and self._are_such(items, request, before, chunk.text[start:end]):
                    best_share = share
                    # From the sentence's beginning, which has the verb.
                    passage = Passage(chunk, start, max(item.end for item in items))
                    best = [Listed(item.name, passage) for item in items]
        return _once(best)

    def _people(self, request: _Request) -> list[Listed]:
        """Sorts of people that something is done for, where clients or audiences are asked for."""
        if request.core[-1] not in _PEOPLE_ASKED or len(request.core) > 1:
            return []
        for chunk in self._chunks:
            if chunk.kind == "heading" or is_avoided(chunk) or not request.is_within(chunk):
                continue
            for start, end in split_sentences(chunk.text):
                for match in _TO_PEOPLE.finditer(chunk.text, start, end):
                    items = split_items(chunk.text[match.end() : end].rstrip("."), match.end())
                    named = [item for item in items if _PEOPLE.search(_COMPLEMENT.sub("", item.name).split(" (")[0])]
                    if len(items) > 1 and len(named) == len(items) and not cues.DENIES.search(chunk.text, start, end):
                        passage = Passage(chunk, start, items[-1].end)
                        return [Listed(item.name, passage) for item in items]
        return []


class _Request:
    """What is listed, and by what it is asked: "design tools" — "is fluent in"."""

    def __init__(self, category: str, text: str, person: Person) -> None:
        category = _OTHER_THAN.sub("", category).strip()
        self.category = category
        self.text = text
        words = [word.stem for word in content_words(category)]
        parts = [part for part in _ALTERNATIVE.split(category) if part.strip()]
        self.alternatives = tuple(core for part in parts if (core := core_of(part)))
        whole = core_of(category)
        self.generic = tuple(word for word in words if word not in whole)
        if len(parts) == 1:
            self.alternatives = (whole,) if whole else ()
        self.core = whole
        self.wants_names = bool(words) and is_artefact(words[-1])
        self.is_any_form = bool(words) and words[-1] in _ANY_FORM
        names = set(stems(f"{person.name} {person.other_name}"))
        rest = [word for word in split_words(text) if word.stem not in {*words, *names}]
        other = _OTHER_THAN.search(text)
        self.known = tuple(_ALTERNATIVE.split(other.group("names"))) if other else ()
        start, end = other.span() if other else (len(text), len(text))
        self.entities = tuple(
            word.stem
            for word in rest
            if word.start > 0
            and not start <= word.start < end
            and word.text[0].isupper()
            and word.text not in {"I", "BI"}
            and not is_stop_word(word.text)
        )
        said = [word.stem for word in content_words(text[:start] + text[end:]) if word.stem not in {*words, *names}]
        ends = re.findall(r"[a-z]+", text.lower())
        self.prepositions = {word for word in (*ends[:1], *ends[-1:]) if re.fullmatch(_PREPOSITION, word)}
        self.written = {word.text.lower() for word in content_words(text)}
        self.predicate = tuple(dict.fromkeys(word for word in said if word not in _LIGHT and not is_generic(word)))
        # "Clients" are told behind "worked with" whether they are asked for as served, helped or had.
        self.relations = relations_of(self.core) if set(self.predicate) <= _RELATING else ()

    def is_within(self, chunk: Chunk) -> bool:
        """Whether a chunk speaks of every name that the question narrows itself to ("in New York")."""
        if not self.entities:
            return True
        own = stems(chunk.embedding_text)
        return all(_hit(name, own) for name in self.entities)

    def is_said(self, text: str) -> bool:
        """Whether a text says what is asked for, or the question doesn't."""
        own = stems(text)
        return not self.core or bool(self.relations) or any(_hit(word, own) for word in self.core)

    def is_achieved(self, chunk: Chunk) -> bool:
        """Whether a chunk speaks of the deed that the question asks by, if it is one ("published", "won")."""
        deeds = [word for word in self.predicate if word in _DEEDS]
        own = stems(chunk.embedding_text) if deeds else []
        return all(_hit(word, own) for word in deeds)

    def core_share(self, label: Sequence[str], around: Sequence[str]) -> float:
        """How well a label says what is asked for, 0 to 1; 0 unless all of it is there and its noun in the label."""
        best = 0.0
        for core in self.alternatives:
            if _whole(core, label):
                return 1.0
            hits = [max(_hit(word, label), _NEARBY * _hit(word, around)) for word in core]
            in_label = _hit(core[-1], label) if self.wants_names or len(core) < 2 else max(_hit(w, label) for w in core)
            if all(hits) and in_label:
                best = max(best, sum(hits) / len(hits))
        return best

    def score(self, enumeration: Enumeration) -> float:
        """How much speaks for these being the members; 0 for nothing."""
        if enumeration.form == "purpose" and not self.wants_names and self.category != "things":
            return 1.0 if self._does(enumeration.label) else 0.0
        label, around = stems(_CUSTOM_MADE.sub("", enumeration.label)), stems(enumeration.context)
        predicate = self.predicate_share(enumeration)
        # A word before the noun narrows it ("model versioning tools"); the noun itself may be any of tools, libraries …
        is_noun = [word == self.generic[-1] and is_artefact(word) for word in self.generic]
        generic = sum(
            _GENERIC_BONUS if noun else _HEAD_BONUS
            for word, noun in zip(self.generic, is_noun, strict=True)
            if word in label
        )
        if self.alternatives:
            share = self.core_share(label, around)
            if not share and self.wants_names and enumeration.form in {"bracket", "label"}:
                # "machine learning libraries" may stand in a bracket deep inside the list that is labelled so.
                outer = enumeration.context.split("\n")[0]
                if any(_whole(core, stems(outer)) for core in self.alternatives):
                    share = _NEARBY
            if not share:
                # "measuring retrieval quality (MRR, NDCG)" answers "which numbers does she measure it with?".
                is_so_done = len(self.predicate) > 1 and enumeration.form in {"bracket", "label", "examples"}
                # "Selected work" answers "which clients are in the portfolio?".
                is_so_headed = enumeration.form == "section" and bool(self.predicate) and bool(enumeration.chunk.title)
                is_said = (is_so_done or is_so_headed) and all(_hit(word, label) for word in self.predicate)
                return _DONE if is_said else 0.0
            if enumeration.form == "section" and self._coverage(enumeration.label) < _MIN_PREDICATE:
                return 0.0
            other = {word for word in label if is_artefact(word)} - {*self.generic, *self.core}
            if enumeration.form == "definition" and other and not self.wants_names:
                return 0.0  # an "NLP library" is no NLP task
            if enumeration.form == "definition" and share < 1.0 and not (self.wants_names and share > _SYNONYM):
                return 0.0
            return (
                share
                + generic
                + _PREDICATE_BONUS * predicate
                - (_SECTION_MALUS if enumeration.form == "section" else 0)
            )
        if not self.predicate or enumeration.form == "definition":
            wanted = [word for word in self.generic if word in label]
            words = [word for word in label if not is_stop_word(word)]
            is_so_headed = enumeration.form == "section" and bool(wanted) and len(words) <= 2
            return 1.0 if is_so_headed else 0.0
        coverage = self._coverage(enumeration.label)
        is_meant = predicate >= _MIN_SAID or _hit(self.predicate[0], label) > 0
        if not is_meant or (predicate < _MIN_PREDICATE and coverage < 1.0) or coverage < _MIN_PREDICATE:
            return 0.0
        return (predicate + coverage) / 2 + generic

    def _does(self, label: str) -> bool:
        """Whether a label says what such a thing does: "ad blocking" is what ad blockers are for."""
        doing = re.sub(r"(?:er|or)s?$", "ing", self.category.lower())
        return doing != self.category.lower() and find_name(doing, label) is not None

    def said(self, enumeration: Enumeration) -> float:
        """How surely the members are what is asked about: how much of the predicate their sentence says."""
        if not self.predicate:
            return 1.0
        if not self.alternatives:
            return self._coverage(enumeration.label)
        chunk = enumeration.chunk
        around = next((chunk.text[a:b] for a, b in split_sentences(chunk.text) if a <= enumeration.start < b), "")
        own = stems(f"{enumeration.label} {around} {' '.join(chunk.heading[-1:])}")
        return sum(_hit(word, own) for word in self.predicate) / len(self.predicate)

    def _coverage(self, label: str) -> float:
        """How much of a label is asked for."""
        content = [word.stem for word in content_words(label) if word.stem not in _LIGHT]
        asked = (*self.core, *self.predicate, *self.generic)
        return sum(any(_hit(word, [own]) for word in asked) for own in content) / len(content) if content else 0.0

    def predicate_share(self, enumeration: Enumeration) -> float:
        """How much of what is asked about the members the label says, or half as much the words around it."""
        if not self.predicate:
            return 0.0
        label, around = stems(enumeration.label), stems(enumeration.context)
        nearby = 1.0 if enumeration.form == "definition" else 0.5
        hits = [max(_hit(word, label), nearby * _hit(word, around)) for word in self.predicate]
        return sum(hits) / len(hits) if self.alternatives else sum(_hit(w, label) for w in self.predicate) / len(hits)


def _words(text: str) -> set[str]:
    return {word.text.lower() for word in split_words(text)}


def _hit(word: str, own: Sequence[str]) -> float:
    if word in own:
        return 1.0
    for variant in variants(word):
        if all(stem in own for stem in variant):
            return 1.0 if variant in spellings(word) else _SYNONYM
    return 0.0


def _whole(core: tuple[str, ...], own: Sequence[str]) -> bool:
    """Whether a text holds a category as one name in any spelling (NLP, natural language processing)."""
    return any(all(stem in own for stem in spelling) for spelling in spellings(" ".join(core)) if spelling)


def _is_denied(passage: Passage, name: str) -> bool:
    """Whether a passage takes back all of what it names: "have not shipped a site in Vue"."""
    denial = cues.DENIES.search(passage.text)
    span = find_name(name, passage.text)
    return denial is not None and span is not None and denial.start() < span[0]


def _spoken(evidence: Sequence[Evidence], name: str) -> list[Passage]:
    """Sentences that tell of somebody's languages without a verb that affirms them ("grew up bilingual (…)")."""
    passages = [item.passage for item in evidence if not item.judgement.is_negative]
    return [passage for passage in passages if _SPEAKING.search(passage.text) and not _is_denied(passage, name)]


def _belongs(name: str, kind: NamedKind) -> bool:
    return any(find_name(other, name) is not None for other in kind.names)


def _is_other_kind(name: str, kind: NamedKind) -> bool:
    kinds = kinds_of(name.split(" (")[0])
    return bool(kinds) and kind.title not in kinds


def _quoted(enumeration: Enumeration, members: Sequence[Member]) -> Iterator[tuple[Member, Passage]]:
    if not members:
        return
    whole = enumeration.passage(members)
    if enumeration.form in {"definition", "section"} or whole.end - whole.start <= _MAX_QUOTED:
        for member in members:
            yield member, Passage(whole.chunk, min(whole.start, member.start), whole.end)
        return
    yield from (
        (member, Passage(whole.chunk, min(m.start for m in members), max(m.end for m in members))) for member in members
    )


def _once(members: Iterable[Listed]) -> list[Listed]:
    found: dict[tuple[str, ...], Listed] = {}
    for number, member in enumerate(members):
        if not member.name:  # a sentence is quoted, not named
            found.setdefault((str(number),), member)
            continue
        name = re.sub(r"\s+\([^()]*\)$|\s+for\s.*$", "", member.name).strip()
        key = next((spelling for spelling in spellings(name) if spelling in found), tuple(stems(name)))
        if any(set(key) < set(other) and member.passage.chunk is found[other].passage.chunk for other in found):
            continue  # "Terraform" beside "Terraform modules"
        found.setdefault(key, member)
    return list(found.values())


def _joined(members: Sequence[Listed]) -> list[Listed]:
    """Members named in one list are quoted together, label and all, as long as that stays short."""
    spans: dict[tuple[str, int], tuple[int, int]] = {}
    keys: list[tuple[str, int]] = []
    for member in members:
        chunk, passage = member.passage.chunk, member.passage
        sentence = next((start for start, end in split_sentences(chunk.text) if start <= passage.start < end), 0)
        key = (chunk.id, sentence)
        start, end = spans.get(key, (passage.start, passage.end))
        wide = (min(start, passage.start), max(end, passage.end))
        if wide[1] - wide[0] > _MAX_QUOTED and wide not in {(start, end), (passage.start, passage.end)}:
            key = (chunk.id, -1 - len(keys))
            wide = (passage.start, passage.end)
        spans[key] = wide
        keys.append(key)
    return [
        replace(member, passage=Passage(member.passage.chunk, *spans[key]))
        for member, key in zip(members, keys, strict=True)
    ]


def _titles(chunk: Chunk, name: str) -> bool:
    return bool(chunk.title) and find_name(name, chunk.title) is not None


def _is_limits_section(chunk: Chunk) -> bool:
    return any(_LIMITS_HEADING.search(part) for part in chunk.heading)


def _ends_of_range(item: Member) -> list[Member]:
    """What a range goes from and to ("complete beginners to competitive athletes")."""
    return [replace(item, name=name) for name in re.split(r"\s(?:through\s|all the way\s)?to\s", item.name)]


def _behind_verb(chunk: Chunk, start: int, end: int, request: _Request) -> tuple[float, list[Member]]:
    """The items coordinated behind the words that the question asks by, and the share of these words found."""
    text = chunk.text[start:end]
    words = split_words(text)
    asked = request.predicate
    wanted = [*asked, *request.core]
    relation = next((found for phrase in request.relations if (found := phrase.search(text))), None)
    if relation is not None:
        share, behind = 1.0, relation.end()
    else:
        hits = [index for index, word in enumerate(words) if any(_hit(item, [word.stem]) for item in asked)]
        own = [*stems(text), *request.entities]  # the chunk speaks of these
        if not hits or not request.predicate or not all(_hit(item, own) for item in asked):
            return 0.0, []
        comma = text.find(",", words[hits[0]].end)
        last = max((index for index in hits if comma < 0 or words[index].start < comma), default=hits[0])
        share, behind = sum(_hit(item, own) > 0 for item in wanted) / len(wanted), words[last].end
    if _NOT_BEFORE.search(text[:behind]) or cues.DENIES.search(text[:behind]) or cues.OTHERS.search(text[:behind]):
        return 0.0, []
    share += _SAME_FORM * sum(word.text.lower() in request.written for word in words) / len(words)
    rest = text[behind:]
    lead = (_AFTER_VERB if relation is None else _AFTER_RELATION).match(rest)
    preposition = re.search(r"(\w+)\s*$", lead.group()) if lead else None
    before = stems(text[: behind + (lead.end() if lead else 0)])
    if (
        preposition
        and any(word in before for word in request.core)
        and preposition.group(1) not in _words(request.text)
    ):
        return 0.0, []  # "shipped games in Unity" names no games
    skipped = lead.end() if lead else 0
    if dash := _LEADING_DASH.match(rest, skipped):
        skipped = dash.end()
    if label := re.match(r"[^,;:]{1,60}:\s+", rest[skipped:]):
        skipped += label.end()
    body = _DASH.split(rest[skipped:], maxsplit=1)[0]
    items = []
    at = start + behind + skipped
    if re.search(r"\bfrom\s*$", chunk.text[start:at]) and (whole := _TO_COMMA.match(body)):
        items = _ends_of_range(Member(whole.group().strip(), at, at + len(whole.group().rstrip())))
        body, at = body[whole.end() :], at + whole.end()
    items += split_items(body, at)
    other = next(
        (index for index, item in enumerate(items) if index and cues.DEMONSTRATED.match(item.name)), len(items)
    )
    items = items[:other]  # a new verb begins another story
    if items and (whole := _RANGE.match(items[0].name)):
        items[:1] = _ends_of_range(replace(items[0], name=whole.group("range")))
    is_list = len(items) > 1 and not any(_FINITE.search(item.name) for item in items)
    if len(items) == 2 and any(re.search(r"ly$|^(?:first|last)\b", item.name) for item in items):
        is_list = False  # "plans the first and last day carefully"
    return (share, items) if is_list else (0.0, [])
