"""What a list question wants: the category, what is asked of its members, and how well a label says so."""

from __future__ import annotations

import re
from collections.abc import Sequence

from profile_rag.answering.enumerations import Enumeration
from profile_rag.answering.kinds import core_of, is_artefact, is_generic, relations_of, variants
from profile_rag.schema import Chunk, Person
from profile_rag.sentences import split_sentences
from profile_rag.words import content_words, find_name, is_stop_word, spellings, split_words, stems

BEFORE_MEMBERS = (
    "(?:with|for|in|on|at|as|of|from|to|across|using|by|about|including|such as|like|everything from|anything from)"
)
"""A preposition that may stand between the verb and the members."""
MIN_SAID = 0.6
"""How much of what is asked about the members has to be said of them."""

_SYNONYM = 0.75  # what a word counts that is only meant, where one that is said counts 1
_NEARBY = 0.6  # what a word counts that stands not in the label but around it
_DONE = 0.7  # what a label counts that says the deed asked about but not what its members are
_GENERIC_BONUS = 0.15
_HEAD_BONUS = 0.4
_PREDICATE_BONUS = 0.5
_SECTION_MALUS = 0.1
_MIN_PREDICATE = 0.5
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
_OTHER_THAN = re.compile(
    r"\b(?:besides|other than|apart from|except(?: for)?|aside from|in addition to|not counting)\s+(?P<names>[^?]+?)"
    r"(?=\s+(?:does|do|did|has|have|had|can|is|are|was|were)\b|[\s?]*$)",
    re.IGNORECASE,
)
_CUSTOM_MADE = re.compile(r"\bcustom(?:[ -]made|i[sz]\w+)?\b", re.IGNORECASE)  # its stem is that of "customer"


class ListRequest:
    """What is listed, and by what it is asked: "design tools" — "is fluent in"."""

    def __init__(self, category: str, text: str, person: Person) -> None:
        category = _OTHER_THAN.sub("", category).strip()
        self.category = category
        self.text = text
        words = [word.stem for word in content_words(category)]
        self.parts = tuple(part for part in _ALTERNATIVE.split(category) if part.strip())
        self.alternatives = tuple(core for part in self.parts if (core := core_of(part)))
        whole = core_of(category)
        self.generic = tuple(word for word in words if word not in whole)
        if len(self.parts) == 1:
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
        self.prepositions = {word for word in (*ends[:1], *ends[-1:]) if re.fullmatch(BEFORE_MEMBERS, word)}
        self.written = {word.text.lower() for word in content_words(text)}
        self.predicate = tuple(dict.fromkeys(word for word in said if word not in _LIGHT and not is_generic(word)))
        # "Clients" are told behind "worked with" whether they are asked for as served, helped or had.
        self.relations = relations_of(self.core) if set(self.predicate) <= _RELATING else ()

    def is_within(self, chunk: Chunk) -> bool:
        """Whether a chunk speaks of every name that the question narrows itself to ("in New York")."""
        if not self.entities:
            return True
        own = stems(chunk.embedding_text)
        return all(hit(name, own) for name in self.entities)

    def is_said(self, text: str) -> bool:
        """Whether a text says what is asked for, or the question doesn't."""
        own = stems(text)
        return not self.core or bool(self.relations) or any(hit(word, own) for word in self.core)

    def is_achieved(self, chunk: Chunk) -> bool:
        """Whether a chunk speaks of the deed that the question asks by, if it is one ("published", "won")."""
        deeds = [word for word in self.predicate if word in _DEEDS]
        own = stems(chunk.embedding_text) if deeds else []
        return all(hit(word, own) for word in deeds)

    def core_share(self, label: Sequence[str], around: Sequence[str]) -> float:
        """How well a label says what is asked for, 0 to 1; 0 unless all of it is there and its noun in the label."""
        best = 0.0
        for core in self.alternatives:
            if _whole(core, label):
                return 1.0
            hits = [max(hit(word, label), _NEARBY * hit(word, around)) for word in core]
            in_label = hit(core[-1], label) if self.wants_names or len(core) < 2 else max(hit(w, label) for w in core)
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
                is_said = (is_so_done or is_so_headed) and all(hit(word, label) for word in self.predicate)
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
        is_meant = predicate >= MIN_SAID or hit(self.predicate[0], label) > 0
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
        return sum(hit(word, own) for word in self.predicate) / len(self.predicate)

    def _coverage(self, label: str) -> float:
        """How much of a label is asked for."""
        content = [word.stem for word in content_words(label) if word.stem not in _LIGHT]
        asked = (*self.core, *self.predicate, *self.generic)
        return sum(any(hit(word, [own]) for word in asked) for own in content) / len(content) if content else 0.0

    def predicate_share(self, enumeration: Enumeration) -> float:
        """How much of what is asked about the members the label says, or half as much the words around it."""
        if not self.predicate:
            return 0.0
        label, around = stems(enumeration.label), stems(enumeration.context)
        nearby = 1.0 if enumeration.form == "definition" else 0.5
        hits = [max(hit(word, label), nearby * hit(word, around)) for word in self.predicate]
        return sum(hits) / len(hits) if self.alternatives else sum(hit(w, label) for w in self.predicate) / len(hits)


def hit(word: str, own: Sequence[str]) -> float:
    """How well a text says a word: 1 as it is or in another spelling, less in a synonym, 0 not at all."""
    if word in own:
        return 1.0
    for variant in variants(word):
        if all(stem in own for stem in variant):
            return 1.0 if variant in spellings(word) else _SYNONYM
    return 0.0


def _whole(core: tuple[str, ...], own: Sequence[str]) -> bool:
    """Whether a text holds a category as one name in any spelling (NLP, natural language processing)."""
    return any(all(stem in own for stem in spelling) for spelling in spellings(" ".join(core)) if spelling)
