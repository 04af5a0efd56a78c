"""The things that a capability question asks about, and the phrases they may be looked up by."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from profile_rag.answering.wording import AUXILIARY
from profile_rag.words import Word, is_distinct_name, is_known_name, is_stop_word, is_technology, split_words

# Words between the subject and the thing asked about; taken off one after the other.
_LEAD_IN = re.compile(
    r"""^(?:
      (?:we\ )?(?:need|want|look(?:ing)?\ for|require|search(?:ing)?\ for)\ (?:someone|somebody|a\ person|people)
        (?:\ (?:with|for|who\ (?:knows|does|can\ do)))?
      |(?:be\ |been\ )?(?:able\ to|capable\ of|any\ good|good|great|strong|familiar|experienced|comfortable|proficient
        |fluent|skilled|competent|(?:well[-\ ])?versed|an?\ experts?|expert|advanced|knowledgeable|confident|trained
        |qualified|at\ (?:home|ease)|up\ to\ (?:speed|date)|up\ for|cut\ out\ for|hands[-\ ]on|a\ fan
        |in\ a\ position\ to|ready|willing|allowed
        |happy|used\ to|someone\ (?:who|to|for))(?:\ (?:at|with|in|on|of|about|using|to|for))?
      |(?:doing|do|does|did|done|using|use|uses|used|knows?\ how\ to|knows?|known|handles?|handled
        |work(?:s|ed|ing)?\ (?:with|on|in)|code[sd]?\ in|program(?:s|med)?\ in|deal(?:s|t)?\ with|understands?
        |speaks?|touched|tried|have|has|had|got|offers?|brings?|covers?|looks?\ after|takes?\ care\ of)
      |(?:(?:hands-on|in-depth|deep|strong|professional|practical|real|good|solid|previous|prior|basic|any|much)\ ){0,3}
        (?:experience|knowledge|expertise|skills?|background|proficiency|understanding|familiarity|exposure
        |training)\ (?:with|in|of|using|on|to)
      |(?:any|some|much|more\ of|a\ lot\ of|ever|also|really|actually|still|currently|personally|already
        |even|just|well|the|an?|our|my|to|say|like|e\.g\.|for\ (?:example|instance)|such\ as|so)
    )\s+""",
    re.IGNORECASE | re.VERBOSE,
)
_TAIL = re.compile(
    r"""(?:[\s,]+(?:
      in\ (?:a\ )?prod(?:uction)?(?:\ environments?)?|professionally|commercially|at\ (?:a\ )?scale|well|at\ all|too
      |as\ well|before|already|right\ now|today|currently|or\ not|please
      |from\ scratch|(?:and\ )?(?:not|rather\ than)\ (?:just|only|merely|simply)\ [^,]{1,60}
      |in\ (?:his|her|their|your)\ (?:work|jobs?|projects?|toolbox|tool\ ?kit|stack|repertoire|skill\ ?set)
      |himself|herself|themselves|themself|personally|by\ (?:himself|herself|themselves)|in\ depth|hands[-\ ]on
      |any\ good|(?:these|those)\ days
      |nowadays|so\ far|to\ date|if\ needed|for\ (?:us|me)|(?:with|from)\ (?:him|her|them)
      |(?:at|on)\ (?:an?\ )?(?:expert|advanced|professional|production|senior)\ level|at\ work|there|yet
      |(?:experience|exp|knowledge|expertise|(?<!\bsoft\ )(?<!\bpeople\ )skills?|background|proficiency|devs?
      |developer|programmer|coder
      |experts?|specialist|users?|guru|know-how|professional|wizard)
    ))+$""",
    re.IGNORECASE | re.VERBOSE,
)
_EXAMPLES = re.compile(
    r",?\s+(?:e\.g\.|i\.e\.|for example|for instance|such as|say),?\s+|,\s+(?:like)\s+", re.IGNORECASE
)
_SECOND_QUESTION = rf",?\s+(?:and|or)\s+{AUXILIARY}\s+(?:he|she|they|it|you)\s+"
# Words with a capital that name nothing the documents would have to hold.
NO_NAMES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august"
    " september october november december pm pms ceo cfo cto coo hr vp pc ok asap fyi".split()
)
_MAX_PART_WORDS = 4
_MAX_NAME_WORDS = 3
_MAX_LEAD_INS = 24
_SEPARATOR = re.compile(
    r"\s*(?:,|;|\band/or\b|\band\b|\bor\b|(?<=\s)[+&](?=\s)|\bvs\.?(?=\s)|\bversus\b|\bas well as\b)\s*", re.IGNORECASE
)
_CLAUSE = re.compile(r"\b(?:why|how|what|when|where|whether|who|which|if|that)\b", re.IGNORECASE)
_ONLY_LEVEL = re.compile(
    r"(?:at )?(?:an? )?(?:advanced|expert|fluent|proficient|strong|professional|basic|senior)(?: level)?", re.IGNORECASE
)
_VERB_AND_OBJECT = re.compile(r"^(?!(?:the|an?|our)\b)[a-z]+ (?:an?|our|your|my)\s", re.IGNORECASE)
_TWO_DEEDS = re.compile(r"^[a-z]+ing (?:or|and|/) [a-z]+ing [a-z]", re.IGNORECASE)
_VERB = re.compile(
    r"""^(?:built?(?:\ out)?|building|deploy(?:ed|ing)?|creat(?:ed?|ing)|design(?:ed|ing)?|develop(?:ed|ing)?
      |ship(?:ped|ping)?|implement(?:ed|ing)?|manag(?:ed?|ing)|maintain(?:ed|ing)?|run(?:ning)?|ran|writ(?:e|ten|ing)|wrote
      |train(?:ed|ing)?|set\ up|put\ together
      |administ(?:er|ered|ering|rated?|rating)
      |draw(?:n|ing)?\ up|com(?:e|ing)\ up\ with|operat(?:ed?|ing)|led|lead|made|make|work(?:ed|ing)?
    )\s+(?:with\ |on\ |in\ |using\ |an?\ |any\ )*""",
    re.IGNORECASE | re.VERBOSE,
)
_QUALITY = re.compile(
    r"\b(?:production(?:-ready|-grade)?|large-scale|complex|real|own|new|modern|advanced)\s+", re.IGNORECASE
)
_EMPTY_NOUN = re.compile(
    r"\s+(?:systems?|pipelines?|projects?|applications?|apps?|solutions?|stuff|things?|work|code|clusters?|models?"
    r"|frameworks?|libraries|library"
    r"|tools?)$",
    re.IGNORECASE,
)


def strip_lead_in(phrase: str) -> str:
    """A phrase without the words that only lead to what is asked about ("any experience with Go" → "Go")."""
    phrase = phrase.strip(" ?!.,;:\"'“”")
    for _ in range(_MAX_LEAD_INS):
        shorter = _TAIL.sub("", _LEAD_IN.sub("", phrase, count=1)).strip(" ?!.,;:\"'“”")
        if shorter == phrase or not shorter:
            return phrase
        phrase = shorter
    return phrase


def split_targets(rest: str, *, is_deed: bool) -> tuple[str, ...]:
    """What a phrase asks about, one by one.

    Args:
        rest: What stands behind the subject of the question.
        is_deed: Whether it asks for one deed, whose parts are none that can be asked about alone.
    """
    several = re.split(_SECOND_QUESTION, rest, flags=re.IGNORECASE)
    if len(several) > 1:
        return tuple(target for each in several for target in split_targets(each, is_deed=is_deed))
    rest = strip_lead_in(rest)
    if is_known_name(rest):
        return (rest,)
    general, *examples = _EXAMPLES.split(rest, maxsplit=1)
    if examples and not any(looks_like_name(part) for part in _parts(examples[0])):
        return (_EXAMPLES.sub(" ", rest),)  # "guidance, e.g. for handovers" is one thing
    parts = [part for phrase in (general, *examples) for part in _parts(phrase)]
    if _CLAUSE.search(rest) and not all(looks_like_name(part) for part in parts):
        return (rest,)  # "work out why A and B differ"
    if (_VERB_AND_OBJECT.match(rest) or _TWO_DEEDS.match(rest)) and not all(map(looks_like_name, parts[1:])):
        return (rest,)  # "kept a huge, old application in shape", "laying or testing asphalt"
    parts = [part for part in parts if not _ONLY_LEVEL.fullmatch(part)] or parts
    if not parts or any(len(part.split()) > _MAX_PART_WORDS for part in parts):
        return (rest,)
    if is_deed and not all(looks_like_name(part) for part in parts):
        return (rest,)  # "throw it out and build a new one" is one deed
    return tuple(dict.fromkeys(parts))


def _parts(phrase: str) -> list[str]:
    parts = [
        re.sub(r"^(?:in|on|with|at|of|for)\s+", "", part, flags=re.IGNORECASE) for part in _SEPARATOR.split(phrase)
    ]
    return [part for part in map(strip_lead_in, parts) if part]


def looks_like_name(phrase: str) -> bool:
    """Whether a phrase is written like a name: known as one, with a capital, a digit or a sign in it."""
    return is_known_name(phrase) or any(c.isupper() or c.isdigit() or c in "+#./" for c in phrase)


def named_things(text: str) -> list[str]:
    """The names that a sentence mentions: known ones, and words with a capital but for its first."""
    words = split_words(text)
    found: list[str] = []
    index = 0
    while index < len(words):
        runs = (words[index : index + count] for count in range(min(_MAX_NAME_WORDS, len(words) - index), 0, -1))
        run = next((each for each in runs if _is_name(each, text, opens=index == 0)), ())
        if run:
            found.append(text[run[0].start : run[-1].end])
        index += len(run) or 1
    return list(dict.fromkeys(found))


def _is_name(run: Sequence[Word], text: str, *, opens: bool) -> bool:
    """Whether words side by side are a known name, or all have a capital that no sentence gave the first of them."""
    name = text[run[0].start : run[-1].end]
    if any(text[one.end : other.start] != " " for one, other in pairwise(run)):
        return False
    if is_known_name(name) and len(run) > 1:
        return True
    if len(run) == 1 and (is_distinct_name(name) or is_technology(name)):
        return True
    return not opens and all(
        word.text[0].isupper()
        and word.text != "I"
        and word.text.lower() not in NO_NAMES
        and not is_stop_word(word.text)
        for word in run
    )


def narrower_phrases(target: str) -> Sequence[str]:
    """A target and what is left of it when verbs, qualities and empty nouns are taken off, longest first."""
    without_verb = _VERB.sub("", target)
    without_quality = _QUALITY.sub("", without_verb)
    phrases = (target, without_verb, without_quality, _EMPTY_NOUN.sub("", without_quality))
    return list(dict.fromkeys(phrase.strip() for phrase in phrases if phrase.strip()))
