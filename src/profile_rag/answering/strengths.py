"""What the documents tell of a person's strengths and limits as such."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from profile_rag.answering import cues
from profile_rag.answering.evidence import Passage, sentences_of
from profile_rag.answering.item_heads import item_heads
from profile_rag.answering.list_items import Member, WordTest
from profile_rag.answering.list_request import ListRequest
from profile_rag.answering.listed import Listed, once
from profile_rag.answering.stance import is_avoided, is_strength_heading
from profile_rag.schema import Chunk
from profile_rag.words import content_words, stems

_LIMITS_HEADING = re.compile(
    r"\b(?:limits?|limitations|weak\w*|gaps|shortcomings|leaves? to others|not my|won['’]t|can['’]t|avoids?|blind spots"
    r"|do(?:es)?n['’]t|not (?:good|do|use)|what \w+['’]?\w* not)\b",
    re.IGNORECASE,
)
_LACK = re.compile(
    r"\b(?:haven['’]t (?!seen|met)|hasn['’]t|has not|have not|no (?:\w+ )?experience|not (?:an? |my |his |her "
    r"|their )?(?:\w+ )?"
    r"(?:expert|specialist|fluent|primary|strong)|shallow|rusty|basics only|(?:don['’]t|doesn['’]t|does not|do not)"
    r" (?:use|build|write|code|hold|speak|have the|consider)|not an? (?:\w+ ){1,3}and won['’]t"
    r"|(?:has|have|had) never|never (?:used|worked|built|run|managed|led|operated|owned|written|done|deployed)"
    r"|level: (?:beginner|basic|elementary|novice)|(?:is|am|are|was) (?:an? |still an? )?(?:beginner|novice)"
    r"|(?:slow|reluctant|hesitant) to|impatient|struggles? (?:with|to)"
    r"|(?:weaker|weakest|worse|less confident|less comfortable) (?:at|in|with)|not (?:so )?good (?:at|with|in))\b",
    re.IGNORECASE,
)
_MAX_LACKS = 5
_MAX_TOLD = 5  # sentences; names are all listed
_SENTENCE = re.compile(r"^(?:I|He|She|They|It|We)\b")


def strengths_of(chunks: Sequence[Chunk], is_word: WordTest) -> Iterator[Listed]:
    """What stands under headings on strengths and skills, item by item."""
    for chunk in chunks:
        if chunk.kind != "heading" and is_strength_heading(chunk):
            if chunk.kind == "table_row":
                yield Listed(chunk.text.split(" | ")[0], Passage(chunk, 0, len(chunk.text)), is_described=True)
                continue
            for member in item_heads(chunk, is_word):
                yield Listed(member.name, Passage(chunk, member.start, member.end), is_described=True)


def limits_of(request: ListRequest, chunks: Sequence[Chunk], is_word: WordTest) -> list[Listed]:
    """What the person avoids or can't do: what stands under such headings, then sentences elsewhere that say so."""
    sections = [
        chunk for chunk in chunks if chunk.kind != "heading" and (is_avoided(chunk) or is_limits_section(chunk))
    ]
    asked = {word.stem for word in content_words(request.text)}
    named = [chunk for chunk in sections if asked & set(stems(" ".join(chunk.heading)))]
    found: list[Listed] = []
    for chunk in named or sections:
        members = item_heads(chunk, is_word) or [Member("", 0, len(chunk.text))]
        told = sum(not item.name for item in found)
        span = (members[0].start, members[0].end) if chunk.title else (0, len(chunk.text))
        limiting = [p for p in sentences_of(chunk) if cues.DENIES.search(p.text) or cues.LIMITS.search(p.text)]
        passage = limiting[0] if chunk.title and limiting else Passage(chunk, *span)
        for member in members:
            is_sentence = chunk.kind == "paragraph" or _SENTENCE.match(member.name)
            if is_sentence and told >= _MAX_TOLD:
                continue
            found.append(Listed("" if is_sentence else member.name, passage, is_described=True))
    if not named:
        found += [Listed(item.chunk.title, item, is_described=True) for item in _lacks(chunks, sections)][:_MAX_LACKS]
    return once(found)


def _lacks(chunks: Sequence[Chunk], sections: Sequence[Chunk]) -> Iterator[Passage]:
    """Sentences outside such sections that say what the person can't do or has not done."""
    for chunk in chunks:
        if chunk.kind not in {"heading", "code"} and chunk not in sections:
            yield from (
                passage
                for passage in sentences_of(chunk)
                if _LACK.search(passage.text) and not cues.CONDITIONAL.search(passage.text)
            )


def is_limits_section(chunk: Chunk) -> bool:
    """Whether a chunk stands under a heading on limits."""
    return any(_LIMITS_HEADING.search(part) for part in chunk.heading)
