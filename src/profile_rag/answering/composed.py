"""Whether a sentence that the program composed itself stands on the quotes it cites."""

from __future__ import annotations

import re
from collections.abc import Sequence

from profile_rag.schema import Support
from profile_rag.words import content_words, stems

_QUOTED = re.compile(r"[“\"]([^”\"]+)[”\"]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SUPPORTED, _PARTIAL = 0.85, 0.5  # of its words that the quotes have to hold


def check_claim(
    claim: str, quotes: Sequence[str], *, context: Sequence[str] = (), frame: str = ""
) -> tuple[Support, float]:
    """Hold a claim against the quotes it cites.

    What the claim puts in quotation marks must stand in a quote to the letter; every number must stand there;
    of its other content words, the share found among the words of the quotes is the score.

    Args:
        claim: One sentence, without citation marks.
        quotes: The words it cites.
        context: The headings these words stand under; they may support a word, never what is put in quotation marks.
        frame: Words the program itself put around the quotes, which need no support.

    Returns:
        The support and a score from 0 to 1.
    """
    if not quotes:
        return "unsupported", 0.0
    evidence = "\n".join(quotes)
    quoted = _QUOTED.findall(claim)
    if any(part not in evidence for part in quoted):
        return "unsupported", 0.0
    rest = _QUOTED.sub(" ", claim)
    known_numbers = _NUMBER.findall(" ".join((evidence, *context, frame)))
    if any(number not in known_numbers for number in _NUMBER.findall(rest)):
        return "unsupported", 0.0
    known = set(stems(" ".join((evidence, *context, frame))))
    wanted = [word.stem for word in content_words(rest)]
    score = sum(stem in known for stem in wanted) / len(wanted) if wanted else 1.0
    if quoted and score == 1.0:
        return "quoted", 1.0
    if score >= _SUPPORTED:
        return "supported", round(score, 3)
    return ("partial" if score >= _PARTIAL else "unsupported"), round(score, 3)
