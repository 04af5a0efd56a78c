"""A second name by which the documents speak of the person."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from profile_rag.answering.evidence import Passage
from profile_rag.answering.fields import FIELD
from profile_rag.answering.person_names import NAME, bare_name, is_short_name
from profile_rag.schema import Chunk
from profile_rag.sentences import split_sentences
from profile_rag.words import is_stop_word, known_words, split_words

# "Kim's path", "Kim is", "Kim covers": a capitalized word with what belongs to it, or what it does.
_CALLED = re.compile(
    rf"(?<![\w’'-])({NAME})(?=['’]s?\s|\s(?:\w+ly\s|also\s|then\s)?(?:is|has|was|had|can|will|(?:does|did)n['’]t|fell"
    r"|grew|came|spent|began|took|got|went|made|built|ran|led|wrote|left|won|found|became|thought|saw|taught|held|kept"
    r"|brings|[a-z]{2,}(?:s|ed))\b)"
)
_MIN_CALLS = 2


def is_named_in(name: str, chunk: Chunk) -> bool:
    """Whether a chunk or a heading over it holds a name."""
    return name.casefold() in " ".join((*chunk.heading, chunk.text)).casefold()


def other_name_of(chunks: Sequence[Chunk], name: str) -> str:
    """A name by which the prose beside the given name speaks of the person: its sentences' subject, in its stead.

    Where the prose uses the given name at all, another name in it is somebody else's.
    """
    homes = {chunk.source for chunk in chunks if is_named_in(name, chunk)}
    prose = [
        chunk
        for chunk in chunks
        if chunk.kind == "paragraph"
        and chunk.source in homes
        and chunk.text.strip() != name
        and not FIELD.match(chunk.text)
    ]
    own = [re.escape(part) for part in re.split(r"[\s-]", bare_name(name)) if len(part) > 2 or not part.isascii()]
    if own and any(re.search(rf"\b(?:{'|'.join(own)})\b", chunk.text) for chunk in prose):
        return ""
    called = [match for chunk in prose for match in _CALLED.finditer(chunk.text)]
    elsewhere = {word for chunk in chunks for word in _other_uses(chunk, is_prose=chunk in prose)}
    counts = Counter(match.group(1) for match in called)
    speaks_of_someone = any(map(_has_pronoun, prose))
    opening = {match.group(1) for chunk in prose[:2] if speaks_of_someone and (match := _CALLED.match(chunk.text))}
    for word, count in counts.most_common():
        parts = {part.casefold() for part in re.split(r"[\s-]", word)}
        is_taken = (
            word.casefold() in elsewhere or bool(parts & known_words()) or is_stop_word(word) or not is_short_name(word)
        )
        if (count >= _MIN_CALLS or word in opening) and not is_taken:
            return word
    return ""


def _has_pronoun(chunk: Chunk) -> bool:
    return re.search(r"\b(?:he|she|they|his|her|their)\b", chunk.text, re.IGNORECASE) is not None


def _other_uses(chunk: Chunk, *, is_prose: bool) -> set[str]:
    """Words of a chunk that are no name of the person: all of a list or title, of prose those in small letters."""
    text = " ".join((chunk.embedding_text if not is_prose else chunk.text, *chunk.heading))
    words = (word.text.removesuffix("'s").removesuffix("’s") for word in split_words(text))
    return {word.lower() for word in words if not is_prose or word[:1].islower()}


def find_calling(chunks: Sequence[Chunk], name: str) -> Passage:
    """The shortest sentence that calls the person by this name."""
    sentences = (Passage(chunk, start, end) for chunk in chunks for start, end in split_sentences(chunk.text))
    calling = [passage for passage in sentences if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", passage.text)]
    return min(calling, key=lambda passage: len(passage.text))
