"""What a claim and its evidence have in common, in figures, and the models that weigh them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from profile_rag.answering.alignment import Alignment, Evidence
from profile_rag.answering.discrepancies import UNITS, Discrepancy, Kind, is_number
from profile_rag.answering.reading import is_name, is_negated
from profile_rag.answering.regression import Linear, to_linear
from profile_rag.words import Word, is_stop_word, stems

Row = NDArray[np.float64]

KINDS: tuple[Kind, ...] = get_args(Kind)
CLAIM_FEATURES = tuple(
    """held held_best held_two near near_least near_second near_fifth near_low either either_least either_low
    unmatched missing missing_near words pairs run sequence names names_missing numbers numbers_missing similarity
    similarity_second similarity_gap similarity_pair similarity_mean spread negated about_texts concludes hedges
    first last place unsaid worst_word doubted_words""".split()
) + tuple(f"differs_{kind}" for kind in KINDS)
"""What a claim is judged by, in the order of a row."""

_OF_CLAIMS = ("worst", "second_worst", "mean", "any", "expected", "share", "claims", "all_words")
ANSWER_FEATURES = _OF_CLAIMS + tuple(f"{pool}_{name}" for pool in ("mean", "least", "most") for name in CLAIM_FEATURES)
"""What an answer is judged by: the doubts about its claims, then its claims' features."""

WORD_FEATURES = tuple(
    """near near_free near_free_beside is_name is_rare letters ends_ly ends_ed ends_s ends_ing held similarity
    held_before held_behind unsaid free free_beside""".split()
)
"""What a word is judged by that the evidence doesn't hold."""

DOUBTED = 0.5
"""The probability from which such a word counts as unsupported."""

# Words of so little content that a sentence may hold them whatever its evidence says.
_LIGHT = frozenset(
    stems(
        """work works know knows find finds make makes made take takes took keep keeps kept go goes went gets got look
        looks see sees set sets put puts consider considers regard regards regarded think thinks believe believes rely
        relies handle handles deal deals turn turns help helps want wants pick picks tell tells give gives call calls
        come comes bring brings brought say says mean means need needs show shows try tries serve serves apply applies
        choose chooses reach reaches run runs running become became begin began start started spend spent carry carried
        hold holds held stay stays remain remains happen happens follow follows include includes including involve
        involves allow allows let lets provide provides
        knowledge experience idea ideas job jobs task tasks way ways kind kinds sort part parts side case cases place
        places time times someone somebody something anything everything everyone others person people area areas
        field fields stuff matter matters aspect aspects term terms course point
        both together still among around behind down further several various mainly mostly already again away back
        before after since while until though although because whether yet even just rather quite often sometimes
        usually now then once here well far much many few whole each every all always above across along against
        between during within without upon toward towards via per about ago later first next during alongside thereby
        therefore thus hence too instead against another different able good great""".replace("\n", " ")
    )
)
_NEAR = 0.5  # cosine of two words in context from which they may say the same
_MOST_WORDS = 50
_ABOUT_TEXTS = re.compile(
    r"\b(?:passages?|contexts?|provided|given|texts?|documents?|mention(?:s|ed)?|based on|unable|sorry|answer"
    r"|information|unclear|specif(?:y|ied))\b",
    re.IGNORECASE,
)
_CONCLUDES = re.compile(
    r"^\W*(?:overall|in (?:summary|conclusion|general|short)|therefore|thus|so|as a result|it(?:'s"
    r"| is) (?:important|worth)"
    r"|remember|note that|additionally|however|keep in mind|please|by|these|this|ultimately|hope)\b",
    re.IGNORECASE,
)
_HEDGES = re.compile(
    r"\b(?:may|might|could|can|likely|possibly|perhaps|typically|usually|generally|often)\b", re.IGNORECASE
)


def claim_row(
    alignment: Alignment,
    evidence: Evidence,
    found: Sequence[Discrepancy],
    doubts: Row,
    *,
    place: int = 0,
    count: int = 1,
) -> Row:
    """A row of `CLAIM_FEATURES`.

    Args:
        alignment: The claim's words against the evidence.
        evidence: What it is held against.
        found: Where the two differ.
        doubts: Of its unsaid words, the probability of each that nothing supports it.
        place: Which claim of its answer it is, from 0.
        count: How many claims the answer has.
    """
    claim = alignment.claim
    content = np.array([not is_stop_word(word.text) for word in claim.words], dtype=bool)
    if not content.any():
        content = np.ones(len(claim.words), dtype=bool)
    held, near = alignment.held[content], alignment.near[content]
    either = np.maximum(near, held)
    by_sentence = alignment.by_sentence[:, content]
    shares = by_sentence.mean(axis=1) if len(by_sentence) else np.zeros(1)
    best = int(shares.argmax())
    two = (by_sentence | by_sentence[best]).mean(axis=1).max() if len(by_sentence) else 0.0
    similarity = np.sort(alignment.similarity)[::-1] if len(alignment.similarity) else np.zeros(1)
    words = [word for word, is_content in zip(claim.words, content, strict=True) if is_content]
    is_named = np.array([is_name(word, claim.reading.text) for word in words])
    is_figure = np.array([word.text[:1].isdigit() for word in words])
    owners = evidence.owner[alignment.best[content]] if len(evidence.owner) else np.zeros(1)
    low = np.sort(either)[: max(1, len(either) // 3)]
    row = {
        "held": held.mean(),
        "held_best": shares[best],
        "held_two": two,
        "near": near.mean(),
        "near_least": near.min(),
        "near_second": np.partition(near, 1)[1] if len(near) > 1 else near[0],
        "near_fifth": np.quantile(near, 0.2),
        "near_low": np.sort(near)[: max(1, len(near) // 3)].mean(),
        "either": either.mean(),
        "either_least": either.min(),
        "either_low": low.mean(),
        "unmatched": ((near < _NEAR) & ~held).mean(),
        "missing": (~held).sum(),
        "missing_near": ((near < _NEAR) & ~held).sum(),
        "words": min(len(words), _MOST_WORDS),
        "pairs": _pairs(alignment, content),
        "run": _longest_run(alignment, evidence) / max(1, len(claim.words)),
        "sequence": _in_order(alignment.best[content][held]),
        "names": is_named.sum(),
        "names_missing": (is_named & ~held).sum(),
        "numbers": is_figure.sum(),
        "numbers_missing": (is_figure & ~held).sum(),
        "similarity": similarity[0],
        "similarity_second": similarity[1] if len(similarity) > 1 else similarity[0],
        "similarity_gap": similarity[0] - (similarity[1] if len(similarity) > 1 else 0.0),
        "similarity_pair": _pair_similarity(alignment, evidence),
        "similarity_mean": similarity.mean(),
        "spread": len(set(owners.tolist())) / max(1, len(words)),
        "negated": is_negated(claim.text),
        "about_texts": len(_ABOUT_TEXTS.findall(claim.text)),
        "concludes": _CONCLUDES.search(claim.text) is not None,
        "hedges": len(_HEDGES.findall(claim.text)),
        "unsaid": len(doubts),
        "worst_word": 0.0,
        "doubted_words": 0.0,
        "first": place == 0,
        "last": place == count - 1,
        "place": place / max(1, count - 1),
        **{f"differs_{kind}": sum(item.kind == kind for item in found) for kind in KINDS},
    }
    return with_doubts(np.array([float(row[name]) for name in CLAIM_FEATURES]), doubts)


def with_doubts(row: Row, doubts: Row) -> Row:
    """A row of `CLAIM_FEATURES` with what these doubts about the claim's unsaid words say."""
    row = row.copy()
    row[CLAIM_FEATURES.index("worst_word")] = doubts.max(initial=0.0)
    row[CLAIM_FEATURES.index("doubted_words")] = (doubts > DOUBTED).sum()
    return row


def is_light(word: Word) -> bool:
    """Whether a word has so little content that a sentence may hold it whatever its evidence says."""
    return is_stop_word(word.text) or word.stem in _LIGHT or is_negated(word.text)


def is_counted(word: Word) -> bool:
    """Whether a word is a number or a unit."""
    return is_number(word.text) or word.stem in UNITS


def unsaid_words(alignment: Alignment) -> list[int]:
    """Words of the claim with content of their own that the evidence doesn't hold."""
    return [
        index
        for index, word in enumerate(alignment.claim.words)
        if not alignment.held[index] and not is_light(word) and not is_counted(word)
    ]


def word_rows(alignment: Alignment, evidence: Evidence) -> Row:
    """A row of `WORD_FEATURES` for each of `unsaid_words`.

    A word that says the same as the evidence in other words comes near to an evidence word that the claim doesn't hold
    already; one that was added finds none.
    """
    claim, unsaid = alignment.claim, unsaid_words(alignment)
    if not unsaid:
        return np.zeros((0, len(WORD_FEATURES)))
    own = {word.stem for word in claim.words}
    free = [place for place, word in enumerate(evidence.words) if word.stem not in own and not is_stop_word(word.text)]
    best = int(alignment.by_sentence.sum(axis=1).argmax()) if len(alignment.by_sentence) else -1
    beside = [place for place in free if evidence.owner[place] == best]
    near = claim.vectors[unsaid] @ evidence.vectors.T if evidence.words else np.zeros((len(unsaid), 0))
    similarity = float(alignment.similarity.max(initial=0.0))
    rows = []
    for row, index in enumerate(unsaid):
        word = claim.words[index]
        values = {
            "near": alignment.near[index],
            "near_free": near[row, free].max(initial=0.0),
            "near_free_beside": near[row, beside].max(initial=0.0),
            "is_name": is_name(word, claim.reading.text),
            "is_rare": claim.pieces[index] > 1,
            "letters": len(word.text),
            **{f"ends_{ending}": word.text.endswith(ending) for ending in ("ly", "ed", "s", "ing")},
            "held": alignment.held.mean(),
            "similarity": similarity,
            "held_before": alignment.held[max(0, index - 2) : index].mean() if index else 0.0,
            "held_behind": alignment.held[index + 1 : index + 3].mean() if index + 1 < len(claim.words) else 0.0,
            "unsaid": len(unsaid),
            "free": len(free) / max(1, len(evidence.words)),
            "free_beside": len(beside),
        }
        rows.append([float(values[name]) for name in WORD_FEATURES])
    return np.array(rows)


def _pairs(alignment: Alignment, content: NDArray[np.bool_]) -> float:
    """Share of neighbouring content words whose nearest evidence words are close to one another too."""
    best = alignment.best[content]
    pairs = list(pairwise(best.tolist()))
    return sum(0 < abs(other - one) <= 3 for one, other in pairs) / len(pairs) if pairs else 0.0


def _longest_run(alignment: Alignment, evidence: Evidence) -> int:
    """Words of the longest run that stands in the evidence as it does in the claim."""
    stems = [word.stem for word in alignment.claim.words]
    longest = 0
    ends: dict[int, int] = {}
    for stem in stems:
        ends = {place: ends.get(place - 1, 0) + 1 for place in evidence.places.get(stem, ())}
        longest = max(longest, *ends.values(), 0)
    return longest


def _in_order(places: NDArray[np.intp]) -> float:
    """Share of neighbours that the evidence gives in the same order."""
    return float((np.diff(places) > 0).mean()) if len(places) > 1 else 0.0


def _pair_similarity(alignment: Alignment, evidence: Evidence) -> float:
    """The best cosine of the claim to two neighbouring sentences together."""
    vectors = evidence.embeddings
    if len(vectors) < 2:
        return float(alignment.similarity.max(initial=0.0))
    both = vectors[1:] + vectors[:-1]
    return float(((both @ alignment.claim.embedding) / np.maximum(np.linalg.norm(both, axis=1), 1e-9)).max())


def answer_row(rows: Sequence[Row], doubts: Sequence[float]) -> Row:
    """A row of `ANSWER_FEATURES`.

    Args:
        rows: Of its claims, at least one.
        doubts: Log odds that each is not supported.
    """
    claims = np.array(rows)
    ordered = np.sort(np.asarray(doubts, dtype=np.float64))[::-1]
    chances = 1 / (1 + np.exp(-ordered))
    of_claims = [
        ordered[0],
        ordered[1] if len(ordered) > 1 else ordered[0] - 1,
        ordered.mean(),
        np.log(1 - np.prod(1 - chances) + 1e-6),
        chances.sum(),
        chances.mean(),
        len(ordered),
        np.log(1 + claims[:, CLAIM_FEATURES.index("words")].sum()),
    ]
    return np.concatenate([of_claims, claims.mean(axis=0), claims.min(axis=0), claims.max(axis=0)])


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where the probabilities of a benchmark's answers and claims are cut."""

    answer: float
    """Doubt from which a whole answer is flagged: the best sum of F1 and balanced accuracy, over sources held out."""
    span: float
    """Doubt from which a claim's characters are marked."""
    article: float
    """Support from which a claim counts as supported by a whole article."""


@dataclass(frozen=True, slots=True)
class SupportModel:
    """Logistic regressions: over a word, over one claim, and over all claims of an answer."""

    words: Linear
    claims: Linear
    answers: Linear

    def doubts_of_words(self, rows: Row) -> Row:
        """For each row of `WORD_FEATURES` the probability that nothing supports the word."""
        return np.asarray(1 / (1 + np.exp(-self.words.log_odds(rows))))

    def support_of(self, row: Row) -> float:
        """The probability that a claim is supported, from its row of `CLAIM_FEATURES`."""
        return float(1 / (1 + np.exp(self.claims.log_odds(row))))

    def support_of_answer(self, rows: Sequence[Row]) -> float:
        """The probability that all of an answer is supported, from the rows of its claims, at least one."""
        row = answer_row(rows, self.claims.log_odds(np.array(rows)).tolist())
        return float(1 / (1 + np.exp(self.answers.log_odds(row))))


@cache
def load_model() -> SupportModel:
    """The fitted model that comes with the package."""
    values = _parameters()
    return SupportModel(
        to_linear(values["words"], WORD_FEATURES),
        to_linear(values["claims"], CLAIM_FEATURES),
        to_linear(values["answers"], ANSWER_FEATURES),
    )


def load_thresholds() -> Thresholds:
    """The fitted thresholds that come with the package."""
    return Thresholds(**_parameters()["thresholds"])


@cache
def _parameters() -> dict[str, Any]:
    values: dict[str, Any] = json.loads((files("profile_rag") / "data" / "grounding.json").read_text(encoding="utf-8"))
    return values
