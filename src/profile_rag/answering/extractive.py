"""Answers composed of the documents' own words: one lead sentence, the quotes, nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from profile_rag.answering.cues import FIRST_PERSON
from profile_rag.answering.evidence import Evidence, Passage
from profile_rag.answering.listed import Listed
from profile_rag.answering.ranking import RankedPassage
from profile_rag.answering.stance import is_strength_heading
from profile_rag.answering.verdict import Finding
from profile_rag.schema import Chunk, Person
from profile_rag.words import content_words, is_known_name, stems

MAX_CAPABILITY_QUOTES = 3
MAX_FACT_QUOTES = 2
MAX_OPEN_QUOTES = 5
MAX_OPEN_CHARACTERS = 480
MAX_MEMBERS = 24
MAX_DESCRIBED = 8
MAX_LIMITS = 3
MAX_REMARK = 160  # a longer sentence of prose names a member in passing
_MAX_TARGET_WORDS = 4

_NUMBERS = ("None", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")
DISAGREEMENT = "The two places disagree; it is worth asking about."
VERDICT_WORDS = {"yes": "Yes", "partly": "Partly", "no": "No", "not_stated": "Not stated"}
_LEVEL_WORDS = {
    "production": "use in production",
    "expert": "expert level",
    "fluent": "fluency",
    "primary": "that it is a main skill",
}
_THIRD_PERSON_OPENING = re.compile(r"^([A-Z][a-z]*[a-rt-z]e?s)\s(?=\S)")


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of the answer with the passages it stands on.

    `frame` is what the program itself says around the documents' words.
    """

    text: str
    passages: tuple[Passage, ...] = ()
    frame: str = ""
    opens: str = ""
    """What stands before the sentence in the answer and is no claim of its own: a verdict, a bullet."""


def speak(person: Person, verb: str) -> str:
    """The person's pronoun with a verb given in the third person singular: "he knows", "they know"."""
    if person.subject != "they":
        return f"{person.subject} {verb}"
    irregular = {"has": "have", "is": "are", "does": "do", "goes": "go"}
    return f"they {irregular.get(verb, verb.removesuffix('s'))}"


def quoted(passage: Passage) -> str:
    """A passage in quotation marks, its own double quotes left as they are."""
    return f"“{passage.quote.text}”"


def state_capabilities(findings: Sequence[Finding], person: Person) -> list[Statement]:
    """One line of verdict and quotes for each target."""
    if len(findings) == 1:
        return _state_finding(
            findings[0], person, opens=f"**{VERDICT_WORDS[findings[0].verdict]}.** ", most=MAX_CAPABILITY_QUOTES
        )
    statements: list[Statement] = []
    for finding in findings:
        opens = f"- **{finding.target}: {VERDICT_WORDS[finding.verdict].lower()}.** "
        statements += _state_finding(finding, person, opens=opens, most=2)
    return statements


def state_preference(chosen: str, passage: Passage, person: Person) -> list[Statement]:
    """Which of the things asked about the person prefers."""
    lead = f"{speak(person, 'prefers').capitalize()} {chosen}:"
    return [Statement(f"{lead} {quoted(passage)}", (passage,), frame=lead)]


def _state_finding(finding: Finding, person: Person, *, opens: str, most: int) -> list[Statement]:
    match finding.verdict:
        case "not_stated":
            return [Statement(_silence([finding]), opens=opens)]
        case "no":
            first = _quoting("In the documents' words:", finding.limits[0], opens=opens)
        case "partly" if finding.limits:
            first = _quoting(_limit_lead(finding, person), finding.limits[0], opens=opens)
        case "partly":
            lead = f"The documents speak of {_named(finding.target)}, but not of {_LEVEL_WORDS[finding.unshown_level]}:"
            return [_quoting(lead, finding.support[0], opens=opens)]
        case _:
            return _state_yes(finding, person, opens=opens, most=most)
    statements = [first]
    if finding.support:
        lead = "Elsewhere the documents list it as a strength:" if finding.disagrees else "The documents also say:"
        statements.append(_quoting(lead, finding.support[0]))
    if finding.disagrees:
        both = (finding.limits[0].passage, finding.support[0].passage)
        text = DISAGREEMENT
        statements.append(Statement(text, both, frame=text))
    return statements


def _limit_lead(finding: Finding, person: Person) -> str:
    if finding.limits[0].judgement.stance == "prefers_other":
        return f"{speak(person, 'prefers').capitalize()} something else:"
    if not finding.support:
        return "The documents limit it:"
    if finding.basis == "conceptual":
        return f"{speak(person, 'understands').capitalize()} it, with limits:"
    if finding.limits[0].judgement.stance == "denies":
        return "One place says no:" if finding.disagrees else "Not all of it:"
    return f"{speak(person, 'has').capitalize()} some experience, with limits:"


def _state_yes(finding: Finding, person: Person, *, opens: str, most: int) -> list[Statement]:
    shown = _different(finding.support, most=most if finding.basis != "listed" else 1)
    basis = shown[0].judgement.basis  # the lead has to fit the words behind it
    if basis == "demonstrated":
        lead = f"{speak(person, 'has').capitalize()} done it:"
    elif basis == "listed":
        lead = "It is listed, without a project described:"
    elif basis == "conceptual":
        lead = f"{speak(person, 'understands').capitalize()} it:"
    else:
        lead = (
            f"{speak(person, 'says').capitalize()} so:"
            if _is_first_person(shown[0].passage)
            else "The documents say so:"
        )
    statements = [_quoting(lead, shown[0], opens=opens)]
    statements += [_quoting("Also:", item) for item in shown[1:]]
    return statements


def _is_first_person(passage: Passage) -> bool:
    return bool(FIRST_PERSON.search(passage.text))


def _different(evidence: Sequence[Evidence], *, most: int) -> list[Evidence]:
    """The first few passages, at most one from each chunk, each as strong as a statement."""
    chosen: list[Evidence] = []
    for item in evidence:
        seen = any(item.passage.chunk.id == other.passage.chunk.id for other in chosen)
        says_more = item.judgement.basis in {"demonstrated", "stated"} or is_strength_heading(item.passage.chunk)
        if not seen and (not chosen or says_more):
            chosen.append(item)
        if len(chosen) == most:
            break
    return chosen


def _quoting(lead: str, evidence: Evidence, *, opens: str = "") -> Statement:
    title = evidence.passage.chunk.title
    # Words found by their meaning speak of their entry, whose name the reader cannot guess.
    if title and not evidence.names_target and not evidence.is_own_entry and title not in evidence.passage.text:
        lead = f"{lead.removesuffix(':')}, of {title}:"
    return Statement(f"{lead} {quoted(evidence.passage)}", (evidence.passage,), frame=lead, opens=opens)


def habit_headings(chunks: Sequence[Chunk]) -> frozenset[tuple[str, ...]]:
    """Headings whose list items mostly open with a verb in the third person ("Starts with the data")."""
    items: dict[tuple[str, ...], list[bool]] = {}
    for chunk in chunks:
        if chunk.kind == "list_item":
            items.setdefault(chunk.heading, []).append(_opens_with_verb(chunk.text))
    return frozenset(heading for heading, opens in items.items() if sum(opens) >= max(2, 0.6 * len(opens)))


def _opens_with_verb(text: str) -> bool:
    opening = _THIRD_PERSON_OPENING.match(text)
    return opening is not None and not is_known_name(opening.group(1))


def state_quotes(passages: Sequence[Passage], person: Person) -> list[Statement]:
    """Passages quoted as they are, each once, those behind the first below the title of their entry."""
    statements: list[Statement] = []
    for passage in dict.fromkeys(passages):
        title = passage.chunk.title
        if not statements:
            lead = f"From {person.possessive} documents:"
            statements.append(Statement(f"{lead} {quoted(passage)}", (passage,), frame=lead))
        elif title and title not in passage.text:
            statements.append(Statement(f"{title}: {quoted(passage)}", (passage,)))
        else:
            statements.append(Statement(quoted(passage), (passage,)))
    return statements


def state_passages(
    ranked: Sequence[RankedPassage], person: Person, *, habits: frozenset[tuple[str, ...]], most: int
) -> list[Statement]:
    """The best sentences, habits told in the third person, the others quoted."""
    statements: list[Statement] = []
    characters = 0
    for item in ranked[:most]:
        characters += len(item.passage.quote.text)
        if statements and characters > MAX_OPEN_CHARACTERS:
            break
        statements.append(_tell(item.passage, person, habits=habits, is_first=not statements))
    return statements


def _tell(passage: Passage, person: Person, *, habits: frozenset[tuple[str, ...]], is_first: bool) -> Statement:
    text = passage.quote.text
    is_habit = passage.chunk.heading in habits and passage.start == 0 and _opens_with_verb(text)
    if is_habit and person.subject != "they":
        told = f"{person.subject.capitalize()} {text[0].lower()}{text[1:]}"
        return Statement(told if told.endswith((".", "!", "?")) else f"{told}.", (passage,), frame=person.subject)
    title = passage.chunk.title
    if title and title not in text:
        return Statement(f"{title}: {quoted(passage)}", (passage,))
    lead = f"From {person.possessive} documents: " if is_first else ""
    return Statement(f"{lead}{quoted(passage)}", (passage,), frame=lead)


def state_members(members: Sequence[Listed], *, is_counted: bool = False) -> list[Statement]:
    """The members of a list question: their number if asked for, all their names, what the documents say of them."""
    shown = members[:MAX_MEMBERS]
    groups: dict[Passage, list[str]] = {}
    for member in shown:
        groups.setdefault(member.passage, []).append(member.name)
    described = [passage for passage in groups if any(m.is_described for m in shown if m.passage == passage)]
    statements: list[Statement] = []
    # An entry alone needs no sentence of its own for its name.
    is_entry = bool(described) and all(member.name in described[0].chunk.title for member in shown)
    if is_counted or len(groups) > 1 or not is_entry:
        names = [member.name.rstrip(".") for member in shown if member.name]
        rest = ["others"] if len(members) > len(shown) else []
        if is_counted and len(names) < len(_NUMBERS):
            names[0] = f"{_NUMBERS[len(names)]}: {names[0]}"
        if names:
            statements.append(
                Statement(_enumerate([*names, *rest]), tuple(groups), frame=" ".join(("and others", *_NUMBERS)))
            )
    characters = 0
    for passage in described:
        text = _description(passage)
        characters += len(text)
        if len(statements) > MAX_DESCRIBED or (statements and characters > MAX_OPEN_CHARACTERS):
            break
        opens = "- " if statements else ""
        names = groups[passage]
        is_passing = not passage.chunk.title and len(text) > MAX_REMARK
        if statements and (is_passing or not _says_more(text, names)):
            continue
        names = [name for name in names if name]
        named = "" if all(name in text for name in names) else f"{_enumerate(names)}: "
        statements.append(Statement(f"{named}“{text}”", (passage,), frame="and", opens=opens))
    return statements or [Statement(_enumerate([member.name for member in shown]), tuple(groups), frame="and")]


def state_limits(findings: Sequence[Finding], *, told: Sequence[Statement]) -> list[Statement]:
    """Members that the documents limit or deny as well as list, with the words that the answer lacks so far."""
    shown = {passage for statement in told for passage in statement.passages}
    opens = "- " if any(statement.opens for statement in told) else ""
    statements = []
    for finding in findings:
        limit = finding.limits[0].passage
        is_told = any(
            passage.chunk.id == limit.chunk.id and passage.start <= limit.start < passage.end for passage in shown
        )
        if finding.disagrees:
            support = finding.support[0].passage
            lead = (
                f"{finding.target} is listed in one place; another {'names it as a strength' if is_told else 'says'}:"
            )
            text = f"{lead} {quoted(support if is_told else limit)}"
            statements.append(Statement(text, (limit, support), frame=lead, opens=opens))
        elif finding.limits[0].judgement.stance == "limits" and not is_told and len(statements) < MAX_LIMITS:
            lead = f"{finding.target}, with limits:"
            statements.append(Statement(f"{lead} {quoted(limit)}", (limit,), frame=lead, opens=opens))
    return statements


def _description(passage: Passage) -> str:
    """The line of a passage that tells something: behind its entry's title, if that stands in it."""
    lines = passage.text.split("\n")
    return lines[1] if len(lines) > 1 and lines[0] == passage.chunk.title else lines[0]


def _says_more(text: str, names: Sequence[str]) -> bool:
    """Whether words tell something of the things they name, rather than only naming them."""
    own = set(stems(" ".join(names)))
    others = [word for word in content_words(text) if word.stem not in own]
    if len(names) == 1:
        return bool(others)
    return len(others) >= 2 and sum(map(len, names)) < 0.4 * len(text)


def _enumerate(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def state_nothing(findings: Sequence[Finding]) -> list[Statement]:
    """What is said when the documents don't answer; the targets asked about, if any, are told apart."""
    return state_silence(_silence(findings))


def state_silence(text: str) -> list[Statement]:
    """That the documents don't answer, in words of its own."""
    return [Statement(text, opens="**Not stated.** ")]


def state_off_subject(person: Person) -> list[Statement]:
    """What is said to a greeting, and to a request that no profile could answer."""
    whom = person.name or "this profile"
    return [Statement(f"I only answer questions about {whom}, from {person.possessive} documents.")]


def _silence(findings: Sequence[Finding]) -> str:
    short = [finding for finding in findings if len(finding.target.split()) <= _MAX_TARGET_WORDS]
    if short and all(finding.is_unmentioned for finding in short):
        return f"The documents don't mention {' or '.join(_named(finding.target) for finding in short)}."
    return "The documents don't say."


def _named(target: str) -> str:
    """A target inside a sentence: a name as it is, any other words in quotation marks."""
    is_name = is_known_name(target) or target[:1].isupper() or any(not c.isalpha() and c != " " for c in target)
    return target if is_name else f"“{target}”"
