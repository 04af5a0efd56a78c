"""What a passage says about a target: it affirms, limits, denies, prefers something else or merely mentions it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from profile_rag.answering import cues
from profile_rag.answering.polarity import asks_ability, asks_contrary, probability_of_yes, without_shared_denials
from profile_rag.answering.reading import is_negated
from profile_rag.schema import Basis, Chunk
from profile_rag.words import content_words, find_name, is_technology, spellings, split_words, stems

Stance = Literal["affirms", "limits", "denies", "prefers_other", "mentions"]

LABEL = re.compile(r"^[^:.;,()]{1,48}:(?=\s)")
"""What an enumeration is called: "Databases: …"."""

_MIN_YES = 0.45
_MIN_READ_AS_YES = 0.2  # below it a sentence with a negation denies an ability, too
_MIN_DENIED_WORDS = 2  # of a phrase in a denial, for it to be the phrase that is denied

STRENGTH: dict[Basis, int] = {
    "demonstrated": 6,
    "stated": 5,
    "listed": 4,
    "basic": 3,
    "conceptual": 2,
    "denied": 1,
    "none": 0,
}

# Where what is said may turn into its opposite.
_SEGMENT = re.compile(
    r"\s*(?:;|\s[—–-]\s|\s\|\s|,?\s(?:but|though|although|however|yet|while|whereas)\s"
    r"|,\s(?=(?:and |or )?(?:not|never|no|nor|without|(?:has|have|had|did|does|do) not|(?:has|have|did|does"
    r"|do)n['’]t)\b)"
    r"|\s\((?=(?:not|never|no)\b)|\s(?=and (?:not|never|no|nor"
    r"|neither)\b)"
    r"|,?\s(?=(?:rather than|instead of|as opposed to)\b))\s*",
    re.IGNORECASE,
)

# Words of a denial that narrow nothing: to have built none is to have used none.
_EMPTY = frozenset(
    stems(
        "experience knowledge background exposure touch touched try tried know known zero use used build built do done"
        " work worked system systems project projects application it them any on in with at yet and or a an the i my he"
        " she they his her their your our we have has had much really personally been anything something nothing none"
        " either neither"
        " of them herself himself themselves myself operate operated own owned run ran running hold held to be is"
        " are was were"
    )
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The stance of one passage to one target."""

    stance: Stance
    basis: Basis
    denied_stems: frozenset[str] = frozenset()
    """What narrows a denial, as stems ("production", "complex"); empty when all of it is denied, or nothing."""

    @property
    def is_negative(self) -> bool:
        """Whether it takes something away from the target."""
        return self.stance in {"limits", "denies", "prefers_other"}


def is_strength_heading(chunk: Chunk) -> bool:
    """Whether the chunk stands in a section that lists what the person is good at."""
    return any(cues.STRENGTH_HEADING.search(part) and not cues.AVOIDED_HEADING.search(part) for part in chunk.heading)


def judge(
    passage: str, *, target: str, chunk: Chunk, names_target: bool, is_title: bool, is_phrase: bool = False
) -> Judgement:
    """The stance of a passage to a target.

    Args:
        passage: A sentence or clause of the chunk.
        target: The thing asked about.
        chunk: Where the passage stands; its headings and title colour what it says.
        names_target: Whether the passage itself names the target; otherwise it inherits it from the title.
        is_title: Whether the passage is the chunk's own title.
        is_phrase: Whether the target is a phrase whose words lie apart in the passage; the part that holds most of
            them is then what speaks of it.
    """
    if chunk.title and cues.LOW_LEVEL.search(chunk.text):
        return Judgement("limits", "basic")
    if is_title:
        return _judge_title(passage, chunk)
    own_words = cues.QUOTATION.sub(" ", passage)
    segments = (
        _nearest_segments(own_words, target) if is_phrase else _segments(own_words, target, names_target=names_target)
    )
    is_own = any(map(cues.OWN_WORK_HEADING.search, chunk.heading[-1:])) or cues.OF_THE_PERSON.search(own_words)
    is_prose = chunk.kind == "paragraph" and not chunk.title and not is_own
    judgement = _combine([_judge_segment(segment, target, is_prose=is_prose) for segment in segments])
    if chunk.kind == "list_item" and is_strength_heading(chunk) and judgement.basis == "demonstrated":
        judgement = Judgement("affirms", "listed")  # "building dashboards" among skills names a skill, not a deed
    if judgement.stance in {"affirms", "mentions"} and _is_aside(own_words, target, chunk):
        return Judgement("mentions", "none")
    if judgement.stance == "mentions" and is_avoided(chunk):
        return _judge_title(passage, chunk)
    return judgement


def judge_label(sentence: str) -> Judgement | None:
    """What the label of an enumeration says of all its members ("Never used: …", "From reading only: …")."""
    label = LABEL.match(sentence)
    if label is None:
        return None
    if cues.DENIES.search(label.group()):
        return Judgement("denies", "denied")
    if cues.LIMITS.search(label.group()) or cues.LEARNING_LABEL.search(label.group()):
        return Judgement("limits", "basic")
    return Judgement("limits", "conceptual") if cues.CONCEPTUAL.search(label.group()) else None


def _is_aside(passage: str, target: str, chunk: Chunk) -> bool:
    """Whether another thing's entry names the target only to compare or explain."""
    if not chunk.title or find_name(target, chunk.title):
        return False
    named = find_name(target, passage)
    return named is not None and cues.ASIDE.search(passage[: named[0]]) is not None


def _judge_title(title: str, chunk: Chunk) -> Judgement:
    if is_avoided(chunk):
        if any(cues.UNDERSTOOD_HEADING.search(part) for part in chunk.heading):
            return Judgement("limits", "conceptual")
        heading = next(part for part in chunk.heading if cues.AVOIDED_HEADING.search(part))
        # "What I don't use": only what narrows it counts, such as "in production".
        narrowing = cues.AVOIDED_HEADING.split(heading)[-1]
        return Judgement("denies", "denied", _denied_stems(narrowing, title) - stems_of_avoidance())
    if cues.LEVEL_REMARK.search(title):
        return Judgement("limits", "basic")
    return Judgement("affirms", "listed")


def is_avoided(chunk: Chunk) -> bool:
    """Whether the chunk stands in a section about what the person does not use or do."""
    return any(cues.AVOIDED_HEADING.search(part) for part in chunk.heading)


def _segments(passage: str, target: str, *, names_target: bool) -> Iterator[str]:
    """The parts of a passage that speak of the target: those that name it or refer back, else all."""
    segments = [segment for segment in _SEGMENT.split(passage) if segment and segment.strip()]
    if not names_target:  # what the passage sets itself apart from is not about the target
        segments = [segment for segment in segments if not cues.CONTRASTED.search(segment)] or segments
    naming = [find_name(target, segment) is not None for segment in segments]
    is_about_target = False  # what names nothing goes on about what was named last
    for index, segment in enumerate(segments):
        if naming[index]:
            is_about_target = True
        elif _names_something_else(segment.split(", ")[0], target):
            is_about_target = False
        follows = is_about_target and not cues.CONTRASTED.search(segment)
        if not names_target or not any(naming) or naming[index] or follows:
            yield segment


def judge_phrase(passage: str, *, phrase: str, question: str, chunk: Chunk, says: Sequence[float]) -> Judgement:
    """The stance of a passage to a phrase that it says in other words, or with its words apart.

    Args:
        passage: A sentence that bears on the phrase.
        phrase: What is asked about.
        question: The whole question, whose form says whether it asks for a deed or for its neglect.
        chunk: Where the passage stands.
        says: Log probabilities of yes, partly and no, by one who read question and passage together.
    """
    question, passage = without_shared_denials(question, passage)
    of_others = all(cues.OTHERS.search(segment) for segment in _nearest_segments(passage, phrase))
    if is_avoided(chunk) or of_others or (not asks_contrary(question) and _denies_outright(passage, phrase)):
        return Judgement("denies", "denied")
    # What somebody can do or has done is denied in its own words; a habit may be denied in any.
    is_against = not asks_ability(question) or asks_contrary(question) or _touches_denial(passage, phrase)
    if is_against and probability_of_yes(question, passage, says) < _MIN_YES:
        return Judgement("denies", "denied")
    if is_negated(_without_contrasts(passage)) and math.exp(says[0]) < _MIN_READ_AS_YES:
        return Judgement("denies", "denied")
    judgement = judge(passage, target=phrase, chunk=chunk, names_target=False, is_title=False, is_phrase=True)
    if judgement.stance == "limits":
        return judgement
    # Behind a dash stands what holds of the whole list: "… — enough to talk to professionals".
    if (remark := cues.REMARK_ON_ALL.search(passage)) and cues.LIMITS.search(remark.group()):
        return Judgement("limits", "basic")
    # A whole phrase said is more than a name dropped.
    return judgement if judgement.stance == "affirms" else Judgement("affirms", "stated")


def _without_contrasts(passage: str) -> str:
    """A passage without what it only sets itself apart from: "realistic goals — not wish lists"."""
    kept = [segment for segment in _SEGMENT.split(passage) if segment and not cues.CONTRASTED.search(segment)]
    return cues.NOT_ONLY.sub(" ", "; ".join(kept))


def _denies_outright(passage: str, phrase: str) -> bool:
    """Whether a passage negates a word of the phrase, or denies the whole of it."""
    said = cues.QUOTATION.sub(" ", passage)
    wanted = {word.stem for word in content_words(phrase)}
    if any(word.stem in wanted and cues.NEGATES_NEXT.search(said[: word.start]) for word in split_words(said)):
        return True
    nearest = _nearest_segments(said, phrase)
    return bool(nearest) and all(
        cues.DENIES.search(segment)
        and not cues.CONDITIONAL.search(segment)
        and not cues.NOT_SO_GOOD.search(segment)
        and len(wanted & set(stems(segment))) >= _MIN_DENIED_WORDS
        for segment in nearest
    )


def _touches_denial(passage: str, phrase: str) -> bool:
    """Whether a part of the passage that denies something speaks of the phrase; "isn't" elsewhere says nothing."""
    wanted = set(stems(phrase))
    said = cues.QUOTATION.sub(" ", passage)
    segments = [piece for segment in _SEGMENT.split(said) if segment for piece in segment.split(", ")]
    return any(is_negated(segment) and wanted & _content_stems(segment) for segment in segments)


def _content_stems(text: str) -> set[str]:
    return {word.stem for word in content_words(text)}


def _nearest_segments(passage: str, phrase: str) -> list[str]:
    wanted = {word.stem for word in content_words(phrase)}
    segments = [
        piece for segment in _SEGMENT.split(passage) if segment for piece in segment.split(", ") if piece.strip()
    ]
    shared = [len(wanted & set(stems(segment))) for segment in segments]
    return [segment for segment, count in zip(segments, shared, strict=True) if count == max(shared)]


def _names_something_else(segment: str, target: str) -> bool:
    own = set(stems(target))
    words = split_words(segment)
    return any(
        word.text[0].isupper()
        and (index > 0 or is_technology(word.text) or word.text[1:] != word.text[1:].lower())
        and word.stem not in own
        and word.text != "I"
        for index, word in enumerate(words)
    )


def _judge_segment(segment: str, target: str, *, is_prose: bool = False) -> Judgement:
    preference = cues.PREFERS.search(segment)
    if preference:
        groups = preference.groupdict("")
        chosen = " ".join(groups[name] for name in ("chosen", "found", "first", "rather"))
        if find_name(target, chosen):
            return Judgement("affirms", "stated")
        if groups["found"] or find_name(target, " ".join(groups[name] for name in ("other", "second", "than"))):
            return Judgement("prefers_other", "stated")
    if cues.OTHERS.search(segment):
        return Judgement("mentions", "none")
    denial = cues.DENIES.search(segment)
    local = cues.TEACHES.sub(" ", _local(segment, target))
    if (denial is None or cues.NOT_SO_GOOD.search(segment)) and cues.LIMITS.search(local):
        return Judgement("limits", "basic")
    if denial and not cues.CONDITIONAL.search(segment):
        return Judgement("denies", "denied", _denied_stems(segment[denial.start() :], target))
    # "Basics" limit what they are the basics of; an entry may list basics of something else.
    if cues.LIMITS.search(local) or (_limits_level(local) and find_name(target, segment)):
        return Judgement("limits", "basic")
    if denial:  # "avoids it unless …" leaves something over; other denials under a condition say nothing
        return Judgement("limits", "basic") if cues.UNLESS.search(segment) else Judgement("mentions", "none")
    if cues.HYPOTHETICAL.search(segment):
        return Judgement("mentions", "listed")
    if cues.CONCEPTUAL.search(segment):
        return Judgement("affirms", "conceptual")
    if cues.DEMONSTRATED.search(segment):
        return Judgement("affirms", "demonstrated")
    if cues.STATED.search(segment):
        return Judgement("affirms", "stated")
    # In a list the bare name says that it is known; in prose about something else it is only a word.
    return Judgement("mentions", "none" if is_prose else "listed")


def _local(segment: str, target: str) -> str:
    """Of several things told in a row ("My English is fluent, and I have basic Norwegian") the words on the target."""
    pieces = re.split(r"(?<=,)\s+(?=(?:and |or )?(?:\w+ ){0,3}[A-Z])", segment)
    naming = [piece for piece in pieces if find_name(target, piece)]
    return naming[0] if len(pieces) > 1 and naming else segment


def is_predicate(target: str, passage: str, chunk: Chunk) -> bool:
    """Whether a passage says that the person is what the target names, or gives it as a title or role."""
    found = find_name(target, passage)
    if found is None:
        return chunk.kind in {"heading", "field"}
    return cues.BEING.search(passage[: found[0]]) is not None or chunk.kind in {"heading", "field"}


def chosen_of(passage: str, one: str, other: str) -> str:
    """Which of two things a passage prefers to the other; empty when it does not say."""
    for segment in (passage, *_SEGMENT.split(passage)):
        for target, rival in ((one, other), (other, one)):
            is_named = find_name(target, segment or "") is not None and find_name(rival, segment or "") is not None
            if is_named and _judge_segment(segment, rival).stance == "prefers_other":
                return target
    return ""


def favourite_of(passage: str, one: str, other: str) -> str:
    """Which of two things, the only one of them it names, a passage calls the favourite; empty when it does not."""
    named = [target for target in (one, other) if find_name(target, passage)]
    return named[0] if len(named) == 1 and cues.FAVOURITE.search(passage) else ""


@cache
def stems_of_avoidance() -> frozenset[str]:
    """Verbs of headings such as "What I avoid", which narrow nothing."""
    return frozenset(stems("what which i do avoid want like prefer enjoy"))


def _limits_level(segment: str) -> bool:
    return bool(cues.LEVEL_REMARK.search(segment) or cues.BASICS.search(segment))


def _denied_stems(denial: str, target: str) -> frozenset[str]:
    # "Doesn't build A or design B": what stands with the target is denied of it.
    opening, *others = re.split(r",\s+|\s(?:or|and|nor)\s", denial)
    if others and find_name(target, opening):
        denial = opening
    if cues.AVOID_REMARK.match(denial):
        return frozenset()  # "avoid, after one lost weekend": why says nothing of what is left
    denial = cues.HABITUAL_DENIAL.sub("", denial)
    denial = denial.partition(" (")[0]  # "doesn't do your taxes (she has people for that)": the remark narrows nothing
    negations = {
        word.stem
        for word in split_words(denial)
        if re.search(
            r"n['’]t$|^(?:not|never|no|nor|cannot|without|avoids?|rather|than|instead|lacks?|refuses?)$",
            word.text,
            re.I,
        )
    }
    own = {stem for spelling in spellings(target) for stem in spelling}
    return frozenset(stems(denial)) - negations - own - _EMPTY


def _combine(judgements: list[Judgement]) -> Judgement:
    """One judgement for a passage: what takes away outranks what gives; of equals the stronger basis."""
    order: tuple[Stance, ...] = ("denies", "limits", "prefers_other", "affirms", "mentions")
    for stance in order:
        found = [judgement for judgement in judgements if judgement.stance == stance]
        if found:  # of denials the one that leaves least open
            return max(found, key=lambda judgement: (STRENGTH[judgement.basis], -len(judgement.denied_stems)))
    return Judgement("mentions", "none")
