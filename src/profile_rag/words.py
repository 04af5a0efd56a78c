"""Words of a text, as they are compared: technical names kept whole, the rest reduced to stems."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import Stemmer

# ".NET", "C++" and "C#" are one word each; "node.js" and "scikit-learn" are two, compared in sequence.
# ".net" behind a word ends a host name, but in ASP.NET and the like.
_WORD = re.compile(
    r"(?:(?<![^\W_])|(?<=\basp)|(?<=\bado)|(?<=\bvb)|(?<=\bml))\.net\b|[a-z]\+\+|[a-z]#(?![a-z0-9])"
    r"|[^\W_]+(?:['’][^\W_]+)?",
    re.IGNORECASE,
)

_SEPARATOR = re.compile(r"[,;:()|\n]|[.!?]\s")
_PLURAL_ACRONYM = re.compile(r"[A-Z][A-Z0-9]*[A-Z]s\Z")
# British and American spellings of one word get one stem; a word changed by mistake ("exercise") still meets itself.
_BRITISH = (
    (re.compile(r"(?<=[a-z]{3})is(?=(?:e[drs]?|ing|ations?|er)\Z)"), "iz"),
    (re.compile(r"(?<=[a-z]{2})ll(?=(?:ed|ing|er|ers)\Z)"), "l"),
    (re.compile(r"(?<=[a-z]{2})our(?=\Z|s|ed|ing|al|able|ite)"), "or"),
    (re.compile(r"(?<=[a-z]{3})yse(?=[drs]?\Z)|(?<=[a-z]{3})ys(?=ing\Z)"), "yz"),
    (re.compile(r"aed(?=iatr)"), "ed"),
    (re.compile(r"tre(?=s?\Z)"), "ter"),
    (re.compile(r"ogue(?=s?\Z)"), "og"),
)
_NUMBERED = re.compile(
    r"\b(?:option|class|type|grade|level|section|plan|group|block|vitamin|series|part|phase|appendix|category"
    r"|schedule|tier"
    r"|unit|building|wing|annex|exhibit|form|hepatitis|round)$",
    re.IGNORECASE,
)
_ENDINGS = (
    ("ing", ""),
    ("ing", "e"),
    ("ed", ""),
    ("ed", "e"),
    ("s", ""),
    ("es", ""),
    ("er", ""),
    ("er", "e"),
    ("ly", ""),
)
_MIN_STEM_LETTERS = 4
_MIN_JOINED_LETTERS = 5
_MAX_JOINED_WORDS = 4
_MAX_SENTENCE = 1000  # characters

_STOP_WORDS = frozenset(
    """a about all also am an and any anything are as at be been being but by can could did do does doing done else ever
    for from get give had has have having he her hers him his how i if in into is it its just know known let like list
    make many me more most much my name not of on one only or other our out over own please really she should so some
    such tell than that the their them there these they thing things this those to too under up us use used uses using
    then very was we were what when where which who whom whose why will with would you your""".split()
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text with its place in it."""

    text: str
    stem: str
    start: int
    end: int


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The stem of one word (Porter's English stemmer); names with digits or signs stay as they are."""
    if _PLURAL_ACRONYM.match(word):
        word = word[:-1]  # "FPGAs"
    lowered = word.lower().replace("’", "'").removesuffix("'s")
    if not lowered.isalpha() or len(lowered) <= 3:
        return lowered
    for british, american in _BRITISH:
        lowered = british.sub(american, lowered)
    return str(_stemmer().stemWord(lowered))


def split_words(text: str) -> tuple[Word, ...]:
    """The words of a text in order."""
    # Every question looks at the same sentences again; what is longer than one is not worth its memory.
    return _split_sentence(text) if len(text) <= _MAX_SENTENCE else _split(text)


def _split(text: str) -> tuple[Word, ...]:
    return tuple(Word(match.group(), stem(match.group()), *match.span()) for match in _WORD.finditer(text))


_split_sentence = lru_cache(maxsize=8192)(_split)


def stems(text: str) -> list[str]:
    """The stems of a text's words in order."""
    return [word.stem for word in split_words(text)]


def is_form_of_word(word: str, is_word: Callable[[str], bool]) -> bool:
    """Whether a word, in small letters, is one of English, or one with an ending ("wording", "analysing").

    Args:
        word: The word.
        is_word: Tells whether a vocabulary holds a word as it stands.
    """
    american = word.replace("ys", "yz")
    return is_word(word) or any(
        is_word(f"{each.removesuffix(ending)}{instead}")
        for each in {word, american}
        for ending, instead in _ENDINGS
        if each.endswith(ending) and len(each) - len(ending) >= _MIN_STEM_LETTERS
    )


def is_stop_word(word: str) -> bool:
    """Whether a word says too little to search for."""
    return word.lower().replace("’", "'") in _STOP_WORDS


def content_words(text: str) -> list[Word]:
    """The words of a text that carry its meaning. A capital letter alone may be a skill (C, R), so it stays."""
    return [word for word in split_words(text) if not is_stop_word(word.text) or word.text in _single_letters()]


@cache
def _single_letters() -> frozenset[str]:
    return frozenset(name for name in _vocabulary()["ambiguous"] if len(name) == 1)


@cache
def _vocabulary() -> dict[str, list[str]]:
    data = tomllib.loads((files("profile_rag") / "data" / "vocabulary.toml").read_text(encoding="utf-8"))
    aliases = data.pop("aliases")
    return data | {"aliases": [[name, *others] for name, others in aliases.items()]}


@cache
def _alias_groups() -> dict[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Every spelling, as stems, with all spellings of the same thing."""
    groups: dict[tuple[str, ...], tuple[tuple[str, ...], ...]] = {}
    for names in _vocabulary()["aliases"]:
        spellings = tuple(dict.fromkeys(tuple(stems(name)) for name in names))
        for spelling in spellings:
            groups.setdefault(spelling, spellings)
    return groups


def spellings(name: str) -> tuple[tuple[str, ...], ...]:
    """All ways to write a name, as sequences of stems, its own first ("k8s": k8s, kubernet, kube)."""
    own = tuple(stems(name))
    return tuple(dict.fromkeys((own, *_alias_groups().get(own, ()))))


def is_known_name(name: str) -> bool:
    """Whether the general vocabulary knows this name of a technology."""
    return tuple(stems(name)) in _alias_groups()


def is_distinct_name(word: str) -> bool:
    """Whether a word, however written, is a name of a technology and no word of everyday English ("go", "spark")."""
    return is_known_name(word) and word.lower() not in _ambiguous()


@cache
def known_words() -> frozenset[str]:
    """Every word of the general vocabulary in lower case: spelt right, whatever the documents hold."""
    vocabulary = _vocabulary()
    names = [
        *vocabulary["names"],
        *vocabulary["ambiguous"],
        *(name for group in vocabulary["aliases"] for name in group),
    ]
    return frozenset(word.text.lower() for name in names for word in split_words(name))


def is_technology(word: str) -> bool:
    """Whether a word names a technology as it is written: small letters are not enough for "storm" or "go"."""
    lowered = word.lower()
    if lowered not in _technologies() or lowered in _ambiguous():
        return False
    return lowered not in _everyday() or word[:1].isupper()


@cache
def _technologies() -> frozenset[str]:
    """All names of one word in lower case."""
    names = [*_vocabulary()["names"], *(name for group in _vocabulary()["aliases"] for name in group)]
    return frozenset(name.lower() for name in names if len(split_words(name)) == 1)


@cache
def _everyday() -> frozenset[str]:
    return frozenset(name.lower() for name in _vocabulary()["everyday"])


@cache
def _ambiguous() -> dict[str, str]:
    return {name.lower(): name for name in _vocabulary()["ambiguous"]}


@cache
def _distinct() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(stems(name)) for name in _vocabulary()["distinct"])


def find_name(name: str, text: str, *, words: Sequence[Word] | None = None) -> tuple[int, int] | None:
    """Where a text mentions a name, in any of its spellings; `None` when it does not.

    A name inside a longer name of something else ("Spark" in "Spark Streaming", "Java" in "JavaScript") is no
    mention, nor is a common word that only looks like a name ("go" as a verb).
    """
    for found in find_names(name, text, words=words):
        return found
    return None


def find_names(name: str, text: str, *, words: Sequence[Word] | None = None) -> Iterable[tuple[int, int]]:
    """Every mention of a name in a text, as spans; see `find_name`."""
    words = split_words(text) if words is None else words
    for spelling in spellings(name):
        if not spelling:
            continue
        capitals = _ambiguous().get(name.lower()) if len(spelling) == 1 else None
        if len(spelling) == 1 and spelling != tuple(stems(name)):
            capitals = _ambiguous().get(spelling[0])  # "Golang" is no more the verb "go" than "Go" is
        for index in range(len(words) - len(spelling) + 1):
            run = words[index : index + len(spelling)]
            if tuple(word.stem for word in run) != spelling or _is_part_of_other(spelling, words, index, text):
                continue
            if capitals and spelling[0] == stem(capitals) and not _is_written_as_name(run[0], capitals, text):
                continue
            yield run[0].start, run[-1].end
    yield from _find_joined(name, words)


def _find_joined(name: str, words: Sequence[Word]) -> Iterable[tuple[int, int]]:
    """Mentions that differ only in where the words are parted: "pg vector", "tfidf", "sk-learn" in one word."""
    joined = squash(name)
    own = len(split_words(name))
    if len(joined) < _MIN_JOINED_LETTERS:
        return
    for index in range(len(words)):
        run = ""
        for count, word in enumerate(words[index : index + _MAX_JOINED_WORDS], start=1):
            run += squash(word.text)
            if len(run) >= len(joined):
                if run == joined and count != own:
                    yield words[index].start, word.end
                break


@lru_cache(maxsize=8192)
def squash(text: str) -> str:
    """A text's letters and digits in lower case, nothing between them."""
    return "".join(character for character in text.lower() if character.isalnum())


def _is_part_of_other(spelling: tuple[str, ...], words: Sequence[Word], index: int, text: str) -> bool:
    """Whether a longer name of something else lies across the words at [index:index + len(spelling)]."""
    end = index + len(spelling)
    for longer in _distinct():
        for start in range(max(0, index - len(longer) + 1), end):
            reaches_out = start < index or start + len(longer) > end
            run = words[start : start + len(longer)]
            if reaches_out and tuple(word.stem for word in run) == longer:
                between = text[run[0].start : run[-1].end]
                if not _SEPARATOR.search(between):  # "R, D" and "in C. Level 2" are two things side by side
                    return True
    return False


def _is_written_as_name(word: Word, name: str, text: str) -> bool:
    if word.text != name or text[max(0, word.start - 1) : word.start] in {"°", "º"}:
        return False
    before = text[: word.start].rstrip()
    if len(name) == 1 and _NUMBERED.search(before):
        return False  # "Option C" is no language
    opens_sentence = not before or before[-1] in ".!?\n"
    # Alone or in a list, a first word is a name; before ordinary words it may be the verb.
    following = re.match(r"\s+([a-z]+)", text[word.end :])
    return not (opens_sentence and len(name) > 1 and following is not None)
