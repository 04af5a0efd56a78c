"""What "it", "those" and "there" in a question mean: the things the questions before were about."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from profile_rag.answering.frame import (
    AUXILIARY,
    PREPOSITION,
    Frame,
    Piece,
    article_before,
    looks_like_name,
    targets_of,
)
from profile_rag.answering.subject import subject_pattern
from profile_rag.schema import Person

MembersOf = Callable[[str], Sequence[str]]
"""The members that the documents give for a category, for "which of those"."""

_CLASS = (
    r"(?:tools?|technolog(?:y|ies)|languages?|frameworks?|librar(?:y|ies)|databases?|platforms?|skills?|topics?"
    r"|areas?|fields?|subjects?|things?|systems?"
    r"|methods?|approach(?:es)?|certifications?|certificates?|degrees?|jobs?|positions?|roles?|compan(?:y|ies)"
    r"|projects?|teams?|prizes?|awards?|ones?"
    r"|stuff|software|services?|products?|industr(?:y|ies)|domains?|practices?|techniques?|kinds? of (?:\w+)"
    r"|sorts? of (?:\w+)|type of (?:\w+))"
)
_BEHIND = (  # what may follow a pronoun that stands for a thing
    rf"(?=\s*(?:$|[?.,!;:)])|\s+(?:{PREPOSITION}|and|or|but|too|also|as|well|when|while|where|himself|herself"
    rf"|themsel\w+|yet|already|professionally"
    r"|commercially|recently|much|often|daily|alone|better|best|most|then|before|ever|now|today|is|are|was|were"
    r"|has|have|had|can|does|did|will|go(?:es)?|work(?:s|ed)?"
    r"|last|first|regularly|currently|actively|at all|every|all|each|more|\w{3,}ly|one|so)\b)"
)
_DO_THAT = re.compile(
    rf"^(?P<opening>.*?)\b(?P<auxiliary>{AUXILIARY})\s+(?P<subject>SUBJECT)\s+(?P<adverbs>(?:ever|also|really"
    rf"|actually|personally|already|still)\s+)*"
    r"(?:do|does|did|done|doing)\s+(?:that|this|it|so|those|these|them)\b(?P<rest>.*)$",
    re.IGNORECASE,
)
_WHICH_OF = re.compile(
    r"\bwhich (?:one )?of (?:those|these|them|the (?:two|three|four|five|ones|lot|former|above))\b(?: \d+)?",
    re.IGNORECASE,
)
_WHICH_ONE = re.compile(rf"^which(?: one)?(?=\s+(?:{AUXILIARY})\b)", re.IGNORECASE)
_OTHERS = re.compile(r"\b(?:any |some )?(?:others|other ones)\b", re.IGNORECASE)
_BOTH = re.compile(r"\bboth(?: of (?:them|those|these))?\b(?! \w+s\b)", re.IGNORECASE)
_CLASSED = re.compile(
    rf"\b(?:that|this|those|these|such an?|such)\s+(?:same\s+|particular\s+|specific\s+)?{_CLASS}\b", re.IGNORECASE
)
_TELLING = re.compile(r"certif|degree|project|job|prize|award|position|role", re.IGNORECASE)
_SUBJECT = re.compile(
    r"^(?:and )?(?:is|was|are|were)\s+(?P<word>that|this|it|those|these)\b(?=\s+(?:also |really |actually |still "
    r"|just |only )?"
    r"(?:(?:his|her|their|one of|something|anything|what|part of|an?|the)\b)(?!.*\b(?:profile|cv|r[eé]sum[eé]|page"
    r"|name|person|candidate|same)\b))",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"^(?P<opening>when|where|why|how)\s+(?:is|was|were|are)\s+(?:that|this|it)\s*[?.!]*$", re.IGNORECASE
)
_POSSESSED = re.compile(r"\bits\b(?=\s+\w)", re.IGNORECASE)
_OBJECT = re.compile(rf"\b(?P<word>it|them|that|this|those|these)\b{_BEHIND}", re.IGNORECASE)
_ANY_IT = re.compile(r"\bit\b(?!['’])", re.IGNORECASE)
_DUMMY = re.compile(
    r"\b(?:is|was|would|will|could)\s+it\s+(?:be\s+)?(?:really\s+|actually\s+)?(?:true|possible|correct|right"
    r"|likely|ok(?:ay)?|fair|safe|worth|important|necessary|hard|easy|clear"
    r"|a problem|fine|common|usual|known)\b|\bhow (?:is|does) it go|\bit (?:true|seems|says|is said)\b"
    r"|\bdoes it (?:say|mention|matter|state)\b|\bput it\b|\bmake it\b",
    re.IGNORECASE,
)
_COMPLEMENT = re.compile(
    r"\b(?:sa(?:y|ys|id)|states?|claims?|know|think|sure|true|mean|fact|so|believe|told|mention(?:s|ed)?|right"
    r"|correct|confirm|assume|such)\s+$",
    re.IGNORECASE,
)
_THERE = re.compile(r"(?<!is )(?<!are )(?<!was )(?<!were )\bthere\b", re.IGNORECASE)
_ONE = re.compile(
    r"\b(?:have|has|owns?|got|holds?|built|build|written|write|wrote|made|make|won|win|finish(?:ed)?"
    r"|get)\s(?P<word>one)\b"
    r"(?=\s*[?.!]*$)",
    re.IGNORECASE,
)
_WITH_PARTICIPLE = frozenset(("has", "have", "had", "is", "are", "was", "were"))
_MEANS_THE_THING = re.compile(r"^$|^(?:do|does|did|done|doing|know|have|has|had|be)\b", re.IGNORECASE)
_PLACE = frozenset(("at", "in", "for", "with"))
_SECOND_CLAUSE = re.compile(
    r",|\b(?:and|but|or|before|after|when|while|if|until|because|so that|once|unless)\b", re.IGNORECASE
)
_LACKING = (  # a quality that wants a thing, and how the thing is joined to it
    (
        r"(?:an? )?(?:real |true )?(?:experts?|specialist|beginner|novice|authority|certified|proficient|fluent"
        r"|trained|interested|advanced|qualified|native)",
        "in",
    ),
    (r"(?:any |very |really |quite |that |so )?(?:good|strong|great|better|best|bad|skilled)", "at"),
    (r"(?:very |really |quite )?(?:experienced|comfortable|familiar|confident|happy)", "with"),
)
_HAS_EXPERIENCE = re.compile(
    r"\b(?:experience|practice|training|background|expertise)(?= (?:does|do|did|has|have)\b.*\b(?:have|had"
    r"|got)?\s*[?.!]*$)"
    r"|(?<=\bany )(?:experience|expertise|knowledge|training)(?=\s*[?.!]*$)",
    re.IGNORECASE,
)


def resolve_references(
    question: str,
    frames: Sequence[Frame],
    person: Person,
    members_of: MembersOf | None,
) -> str:
    """A whole question with the things its pronouns stand for in their place; itself when it has none."""
    frame = next((each for each in reversed(frames) if each.main is not None), None)
    if frame is None or frame.main is None:
        return question
    if re.match(r"^(?:(?:can|could|do|would) you|how do you)\b", question, re.IGNORECASE):
        return question  # what is asked of the program is not about the person
    is_plural = frame.category is not None or (frame.main.text.endswith("s") and not looks_like_name(frame.main.text))
    is_choice = _WHICH_ONE.match(question) and (is_plural or len(targets_of(frames, person)) > 1)
    if _WHICH_OF.search(question) or _BOTH.search(question) or is_choice:
        return _name_the_choice(question, frames, person, members_of)
    if _OTHERS.search(question) and frame.category is not None:
        return _OTHERS.sub(lambda match: f"any other {_plain(frame.category)}", question, count=1)
    if (event := _EVENT.match(question)) and frame.clause and not frame.opening:
        return f"{event.group('opening')} {frame.clause}?"
    if done := _do_the_same(question, frame, person):
        return done
    thing = _thing(frame)
    question = re.sub(r"\s+then\s*\?*$", "?", question) if _has_reference(question) else question
    if match := _CLASSED.search(question):
        noun = match.group().split()[-1]
        return _put(
            question, match, f"the {thing} {noun}" if looks_like_name(thing) and _TELLING.match(noun) else thing
        )
    if match := _POSSESSED.search(question):
        return _put(question, match, f"{thing}'s")
    if (match := _THERE.search(question)) and (place := _place(frame)):
        return _put(question, match, place)
    if match := _ONE.search(question):
        one = frame.main.text if looks_like_name(frame.main.text) else f"a {frame.main.text}"
        return f"{question[: match.start('word')]}{one}{question[match.end('word') :]}"
    if match := _pronoun(question, frame, person):
        start, end = match.span("word") if "word" in match.re.groupindex else match.span()
        return f"{question[:start]}{thing}{question[end:]}"
    return _complete(question, thing, person)


def _has_reference(question: str) -> bool:
    return _OBJECT.search(question) is not None or _ANY_IT.search(question) is not None


def _put(question: str, match: re.Match[str], words: str) -> str:
    return f"{question[: match.start()]}{words}{question[match.end() :]}"


def _plain(piece: Piece | None) -> str:
    return piece.text if piece else ""


def _thing(frame: Frame) -> str:
    """What the question before was about, as another sentence may speak of it."""
    main = frame.main
    if main is None:
        return ""
    if frame.category is not None:
        # "What product does she own at X?": "it" is the product, and no more X than her.
        place = f" {main.preposition} {main.text}" if main is not frame.category and main.preposition in _PLACE else ""
        if place or main is frame.category:
            return f"the {frame.category.text}{place}"
    article = article_before(frame, main)
    if frame.category is None and len(frame.pieces) > 1 and frame.pieces[0].preposition == "":
        main = frame.pieces[0]
    is_common = main.text.split()[-1].islower() and main.text.split()[-1].isalpha()
    if not article or not (is_common or article in {"a", "an"}):
        return main.text
    return f"{article if article in {'his', 'her', 'their'} else 'the'} {main.text}"


def _place(frame: Frame) -> str:
    for piece in frame.pieces:
        preposition = piece.preposition
        if not preposition and (
            led := re.search(r"\b(at|in|for|with)\s+(?:the\s+)?$", frame.text[: piece.start], re.IGNORECASE)
        ):
            preposition = led.group(1).lower()
        if preposition in _PLACE:
            return f"{preposition} {piece.text}"
    return ""


def _do_the_same(question: str, frame: Frame, person: Person) -> str:
    """ "Where did he do that?": the clause before under the new question word."""
    pattern = _DO_THAT.pattern.replace("SUBJECT", subject_pattern(person))
    match = re.match(pattern, question, re.IGNORECASE)
    if match is None or not frame.predicate or _MEANS_THE_THING.match(frame.verb):
        return ""
    asked, was = match.group("auxiliary").lower(), frame.auxiliary.lower()
    clause = frame.clause
    if was not in _WITH_PARTICIPLE:  # its verb stands in the base form
        auxiliary = "did" if asked in _WITH_PARTICIPLE else asked
        clause = f"{auxiliary} {match.group('subject')} {frame.predicate}"
    rest = match.group("rest").rstrip(" ?.!")
    return f"{match.group('opening').strip()} {clause}{rest}?".strip()


def _name_the_choice(question: str, frames: Sequence[Frame], person: Person, members_of: MembersOf | None) -> str:
    targets = targets_of(frames, person)
    frame = frames[-1]
    pattern = _WHICH_OF if _WHICH_OF.search(question) else _WHICH_ONE
    category = ""
    if len(targets) < 2 and frame.category is not None:
        category = frame.category.text
        targets = list(members_of(category)) if members_of else []
        if len(targets) < 2:
            return pattern.sub(f"which of the {category}", question, count=1)
    if len(targets) < 2:
        if frame.main is None or _BOTH.search(question) or frame.kind == "identity" or looks_like_name(frame.main.text):
            return question
        article = "" if re.match(r"(?:the|his|her|their)\b", frame.main.text, re.IGNORECASE) else "the "
        return pattern.sub(f"which of {article}{frame.main.text}", question, count=1)
    named = f"{', '.join(targets[:-1])} and {targets[-1]}"
    whole = f"the {category} {named}" if category else named
    if _BOTH.search(question):
        return _BOTH.sub(named, question, count=1)
    return pattern.sub(lambda _: f"which of {whole}", question, count=1)


def _pronoun(question: str, frame: Frame, person: Person) -> re.Match[str] | None:
    """The first pronoun that stands for a thing of an earlier question."""
    found: list[re.Match[str]] = []
    if not _DUMMY.search(question):
        found += _ANY_IT.finditer(question)
    for match in _OBJECT.finditer(question):
        word = match.group("word").lower()
        before, after = question[: match.start()], question[match.end() :]
        is_clause = word in {"that", "this"} and (
            _COMPLEMENT.search(before) or re.match(rf"\s+(?:{subject_pattern(person)})\b", after, re.IGNORECASE)
        )
        # "them" may be the person themself, unless they are named beside it.
        is_person = word == "them" and person.subject == "they" and not re.search(r"\bthey\b", question, re.IGNORECASE)
        if word != "it" and not is_clause and not is_person:
            found.append(match)
    found += _SUBJECT.finditer(question)
    found = [match for match in found if not _has_own_antecedent(question[: match.start()], person)]
    return min(
        found, key=lambda match: match.start("word") if "word" in match.re.groupindex else match.start(), default=None
    )


def _has_own_antecedent(before: str, person: Person) -> bool:
    """Whether a clause of the same question already names what the pronoun may stand for ("write code and test it")."""
    cuts = list(_SECOND_CLAUSE.finditer(before))
    if not cuts:
        return False
    first = re.sub(
        rf"^.*?\b{AUXILIARY}\s+(?:{subject_pattern(person)})\b", "", before[: cuts[-1].start()], flags=re.IGNORECASE
    )
    return len([word for word in first.split() if len(word) > 2]) > 1


def _complete(question: str, thing: str, person: Person) -> str:
    """A quality or an amount of experience that is asked without saying in what."""
    plain = question.rstrip(" ?.!")
    subject = subject_pattern(person)
    for quality, preposition in _LACKING:
        if re.match(
            rf"^(?:(?:is|are|was|were)\s+(?:{subject})\s+(?:also\s+|really\s+|actually\s+|still\s+)?{quality}"
            rf"|how {quality} (?:is|are|was|were) (?:{subject}))(?:\s+(?:then|though|now))?$",
            plain,
            re.IGNORECASE,
        ):
            plain = re.sub(r"\s+(?:then|though|now)$", "", plain)
            return f"{plain} {preposition} {thing}?"
    if (match := _HAS_EXPERIENCE.search(plain)) and not re.search(r"\b(?:with|in|of|at|as)\b", plain[match.start() :]):
        return f"{plain[: match.end()]} with {thing}{plain[match.end() :]}?"
    if match := re.search(
        r"\b(?:any|an?|some)?\s*(?:anything|something|(?:real |own )?projects?)$", plain, re.IGNORECASE
    ):
        return f"{plain} with {thing}?" if looks_like_name(thing) else question
    return question
