"""Misspelt words of a question, mended with the words of the documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from profile_rag.schema import Chunk
from profile_rag.words import Word, is_form_of_word, is_stop_word, known_words, split_words, stem

# Words that recruiters type and the documents may not hold.
_QUESTION_WORDS = (
    "experience experienced knowledge expertise production language languages library libraries database databases"
    " framework frameworks technology technologies familiar comfortable proficient certified available salary education"
    " management manager engineer engineering developer development years team visualization machine learning"
)
_MIN_NAME_LETTERS = 5
_MIN_WORD_LETTERS = 6
_TWO_SLIPS_LETTERS = 8


class SpellingCorrector:
    """Knows how the documents spell; mends a word only where it is no word itself and one other is clearly meant.

    A word may differ by one letter, a long name by two (optimal string alignment: a swapped pair counts once).
    """

    def __init__(self, chunks: Sequence[Chunk], is_word: Callable[[str], bool]) -> None:
        words = [word for chunk in chunks for word in split_words(chunk.embedding_text)]
        self._is_word = is_word
        self._stems = frozenset(word.stem for word in words)
        names = {word.text.lower(): word.text for word in words if word.text != word.text.lower()}
        names |= {name: name for name in known_words() if name not in names}
        ordinary = [*_QUESTION_WORDS.split(), *(word.text.lower() for word in words)]
        self._names = {name: text for name, text in names.items() if len(name) >= _MIN_NAME_LETTERS and name.isalpha()}
        self._ordinary = {word: word for word in ordinary if len(word) >= _MIN_WORD_LETTERS and word.isalpha()}

    def correct(self, question: str) -> str:
        """The question with its misspelt words mended; itself when there are none."""
        words = split_words(question)
        corrected = question
        for word, behind in zip(reversed(words), [None, *reversed(words[1:])], strict=False):
            if meant := self._meant(word):
                corrected = corrected[: word.start] + meant + corrected[word.end :]
            elif behind and (meant := self._meant_apart(word, behind)):
                corrected = corrected[: word.start] + meant + corrected[behind.end :]
        return corrected

    def _meant_apart(self, word: Word, behind: Word) -> str:
        """The name that two misspelt words make together ("my sqll" → "MySQL")."""
        joined = word.text.lower() + behind.text.lower()
        known = self._is_word(word.text) or word.stem in self._stems or is_stop_word(word.text)
        if known or len(joined) < _MIN_NAME_LETTERS or not joined.isalpha() or not joined.isascii():
            return ""
        name = _nearest(joined, self._names, 1)
        return self._names[name] if name else ""

    def _meant(self, word: Word) -> str:
        text = word.text.lower()
        if len(text) < _MIN_NAME_LETTERS or not text.isalpha() or not text.isascii() or is_stop_word(text):
            return ""
        # Another form of these is as good a word ("experienced"), a slip in one is not ("experiance").
        known = text in known_words() or text in self._ordinary or text in self._names or self._is_word(text)
        if not known and (asked := _nearest(text, _QUESTION_WORDS.split(), 1)):
            return asked
        if known or word.stem in self._stems or is_form_of_word(text, self._is_word):
            return ""
        is_name = word.start > 0 and word.text[0].isupper()  # within a sentence
        slips = 2 if len(text) >= _TWO_SLIPS_LETTERS and not is_name else 1
        if name := _nearest(text, self._names, slips):
            return self._names[name]
        if is_name:
            return ""  # no slip in an everyday word
        meant = _nearest(text, self._ordinary, 1)
        # Another last letter mostly makes another form of the word ("analyse", "analyst").
        return "" if len(meant) == len(text) and meant[:-1] == text[:-1] else meant


def _nearest(text: str, candidates: Iterable[str], slips: int) -> str:
    """The one candidate so near to a text; empty when there is none, or more than one."""
    near = [each for each in candidates if each[0] == text[0] and abs(len(each) - len(text)) <= slips]
    if not near:
        return ""
    distances = cdist([text], near, scorer=OSA.distance)[0]
    best = min(distances)
    found = [each for each, distance in zip(near, distances, strict=True) if distance == best]
    is_known_form = bool(found) and stem(found[0]) == stem(text) and found[0] not in _QUESTION_WORDS
    if best > slips or len(found) != 1 or is_known_form:
        return ""
    return found[0]
