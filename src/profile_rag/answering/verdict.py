"""From passages and their stances to a verdict, its basis, what to cite and what disagrees."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from profile_rag.answering.evidence import Evidence
from profile_rag.answering.stance import STRENGTH, is_avoided, is_strength_heading
from profile_rag.schema import Basis, Verdict
from profile_rag.words import find_name, stems

# What a passage must say for an asked level to be affirmed, and what denies it.
_LEVEL_SHOWN = {
    "production": re.compile(r"\bproduction\b(?![- ]used)|\bdeploy(?:ed|s)?\b|\blive\b|\bserved\b", re.I),
    "expert": re.compile(
        r"\bexperts?\b|\bexpertise\b|\bdeep(?:ly)?\b(?! learning)|\badvanced\b|\bextensive\w*\b|\bmaster\w*\b", re.I
    ),
    "fluent": re.compile(
        r"\bfluen\w+\b|\bproficien\w+\b|\bcomfortable\b|\bprimary\b|\bdaily\b|\bexperts?\b|\bstrong\b", re.I
    ),
    "primary": re.compile(r"\bprimary\b|\bmain\b|\bdaily\b", re.I),
}
_LEVEL_DENIED = {
    "production": re.compile(r"(?:\bnot|\bnever|n['’]t)(?! only| just) (?:yet )?(?:\w+ ){0,4}production\b", re.I),
    "expert": re.compile(
        r"\bnot (?:an? |my |his |her |their )?(?:\w+ ){0,2}(?:expert|specialist)\b|\benough to be dangerous\b"
        r"|\bshallow\b",
        re.I,
    ),
    "fluent": re.compile(r"\bnot fluent\b|\bshallow\b", re.I),
    "primary": re.compile(r"\bnot (?:my|his|her|their|the|a) (?:primary|main)\b", re.I),
    "current": re.compile(
        r"\bused\b[^.;]{0,60}\buntil (?:19|20)\d\d\b|\b(?:untouched|not|nothing) since\b|\bno longer\b"
        r"|\bnot any ?more\b|\bswitched off\b|\blong gone\b|\blapsed\b|\bexpired\b|\byears ago\b"
        r"|\bavoid(?:s|ed)? [^.;]{1,40} ever since\b",
        re.I,
    ),
    "operation": re.compile(
        r"\b(?:some(?:one|body) else|another team|others|colleagues|the \w+ (?:team|department)) (?:runs?|operates?"
        r"|owns?|administers?|looks? after|hosts?|maintains?)\b"
        r"|\b(?:run|operated|owned|administered|hosted|maintained|managed) by (?:others|another|some(?:one|body)|the"
        r"|an?)\b"
        r"|\bbelongs? to (?:the|another|an?) (?:\w+ )?(?:team|department)\b"
        r"|\bnever (?:operated|administered|run|hosted|maintained)\b"
        r"|\b(?:consumer|client|device|user) (?:side )?only\b",
        re.I,
    ),
}
_STRONG = re.compile(r"\b(?:strong(?:est)?|expert|advanced|fluent|in depth)\b", re.IGNORECASE)
_WEAK = re.compile(r"\b(?:limited|basics?|beginner|novice|rusty|shallow|weak)\b", re.IGNORECASE)
_NOT = re.compile(r"\bnot\b|n['’]t\b|\bnever\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Finding:
    """What the documents say of one target. `support` and `limits` hold the passages to cite, best first."""

    target: str
    verdict: Verdict
    basis: Basis
    support: tuple[Evidence, ...] = ()
    limits: tuple[Evidence, ...] = ()
    disagrees: bool = False
    is_unmentioned: bool = False
    """Whether not one word of the target stands in the documents."""
    unshown_level: str = ""
    """The level asked for that nothing shows, when that alone keeps the verdict from "yes"."""


def decide(
    target: str, evidence: Sequence[Evidence], *, levels: Iterable[str] = (), asked_stems: frozenset[str] = frozenset()
) -> Finding:
    """The verdict on one target.

    A denial of just what is asked outweighs all else; a denial of more than is asked, or any other limit,
    makes it partial; with nothing limiting it, whatever affirms or lists the target makes it a yes.
    """
    levels = sorted(levels)
    support = _ranked([item for item in evidence if not item.judgement.is_negative and item.judgement.basis != "none"])
    negative = _ranked([item for item in evidence if item.judgement.is_negative])
    claims = [item for item in support if _is_claim(item)]
    if not support and not negative:
        return Finding(target, "not_stated", "none")  # a word that drops says nothing of the person
    exact = [item for item in _ranked(evidence) if _denies_exactly(item, levels, asked_stems)]
    total = [item for item in negative if item.judgement.stance == "denies" and not item.judgement.denied_stems]
    disagrees = any(_contradicts(target, claim, item) for claim in claims for item in negative)
    if exact or (total and not claims):
        limits = exact or total
        return Finding(target, "no", "denied", tuple(claims if disagrees else ()), tuple(limits), disagrees)
    if negative:
        return Finding(
            target, "partly", _limited_basis(evidence), tuple(_elsewhere(support, negative)), tuple(negative), disagrees
        )
    basis = max((item.judgement.basis for item in support), key=STRENGTH.__getitem__)
    for level in (level for level in levels if level in _LEVEL_SHOWN):
        shown = [item for item in support if _LEVEL_SHOWN[level].search(item.passage.text)]
        if not shown:
            return Finding(target, "partly", basis, tuple(support), unshown_level=level)
        support = [*shown, *(item for item in support if item not in shown)]
    return Finding(target, "yes", basis, tuple(support))


def shows_level(text: str, levels: Iterable[str]) -> bool:
    """Whether a text shows each of these levels that can be shown."""
    return all(_LEVEL_SHOWN[level].search(text) for level in levels if level in _LEVEL_SHOWN)


def combine_verdicts(verdicts: Sequence[Verdict]) -> Verdict:
    """One verdict over several targets: what they agree on, else "partly"; "no" when none of them holds."""
    if len(set(verdicts)) == 1:
        return verdicts[0]
    return "no" if set(verdicts) <= {"no", "not_stated"} else "partly"


def _denies_exactly(item: Evidence, levels: Sequence[str], asked_stems: frozenset[str]) -> bool:
    denied = item.judgement.denied_stems
    if item.judgement.stance == "denies" and denied and denied <= asked_stems:
        return True
    return any(_LEVEL_DENIED[level].search(item.passage.text) for level in levels)


def _is_claim(item: Evidence) -> bool:
    """Whether a passage presents the target as something the person can do, rather than in passing."""
    chunk = item.passage.chunk
    listed_as_strength = is_strength_heading(chunk) and item.names_target
    return listed_as_strength or item.judgement.basis in {"demonstrated", "stated"}


def _contradicts(target: str, claim: Evidence, limit: Evidence) -> bool:
    """Two places disagree when one claims what the other denies, or lists as a strength what the other limits."""
    if claim.passage.chunk.id == limit.passage.chunk.id or limit.judgement.stance == "prefers_other":
        return False
    if limit.judgement.stance == "denies" and claim.judgement.basis in {"demonstrated", "stated"}:
        denied = limit.judgement.denied_stems
        return 2 * len(denied & set(stems(claim.passage.text))) >= len(denied)
    said = claim.passage.text
    is_said_strong = claim.names_target and not _NOT.search(said) and _STRONG.search(said) is not None
    if is_said_strong and limit.names_target and _WEAK.search(limit.passage.text):
        return True
    is_strong = (is_strength_heading(claim.passage.chunk) and claim.names_target) or is_said_strong
    denial = _NOT.search(limit.passage.text)
    # "Reads from X topics; has never operated a broker" leaves X itself alone.
    is_of_other = denial and limit.names_target and not limit.is_own_entry and not is_avoided(limit.passage.chunk)
    if (
        denial
        and is_of_other
        and limit.judgement.denied_stems
        and not find_name(target, limit.passage.text[denial.start() :])
    ):
        return False
    says_not = bool(denial) or limit.judgement.basis in {"conceptual", "denied"}
    return is_strong and says_not


def _limited_basis(evidence: Sequence[Evidence]) -> Basis:
    limited = {item.passage.chunk.id for item in evidence if item.judgement.is_negative}
    bases = {item.judgement.basis for item in evidence if item.passage.chunk.id in limited}
    return "conceptual" if "conceptual" in bases and "demonstrated" not in bases else "basic"


def _elsewhere(support: Sequence[Evidence], negative: Sequence[Evidence]) -> list[Evidence]:
    """Support worth a quote beside the limits: from other places first, never the sentence that limits."""
    limiting = {item.passage.chunk.id for item in negative}
    return sorted(support, key=lambda item: (not _is_claim(item), item.passage.chunk.id in limiting))


def _ranked(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Best first: denials before limits, the stronger basis, sentences before bare titles, those that name it."""

    def key(item: Evidence) -> tuple[int, ...]:
        judgement = item.judgement
        is_title = bool(item.passage.chunk.title) and item.passage.start == 0
        # The first sentence of an entry tells what the thing is, not what the person does with it.
        is_definition = (
            item.is_own_entry
            and judgement.stance == "mentions"
            and item.passage.start == len(item.passage.chunk.title) + 1
        )
        weight = {"denies": 0, "limits": 1, "prefers_other": 2}.get(judgement.stance, 0)
        strength = 0 if judgement.is_negative else -STRENGTH[judgement.basis]
        is_at_home = item.is_own_entry or is_strength_heading(item.passage.chunk)
        return (weight, is_title, strength, not is_at_home, is_definition, not item.names_target)

    return sorted(evidence, key=key)
