"""Why an answer is not what its case asks for, in words."""

from __future__ import annotations

from profile_rag.evaluation.metrics import Score, missing_members, missing_quotes, says, verdict_of
from profile_rag.evaluation.results import Result

VERDICT_NAMES = {"yes": "yes", "partly": "partly", "no": "no", "not_stated": "not stated", "none": "no verdict"}


def explain(result: Result) -> tuple[str, ...]:
    """One sentence for each thing that is wrong; none for a right answer."""
    score = result.score
    if score is None:
        return (f"The engine failed: {result.error}.",)
    return tuple(_verdict(score) + _evidence(score) + _conflict(score) + _wording(score))


def _verdict(score: Score) -> list[str]:
    if score.verdict:
        return []
    if score.answer.abstained:
        return ["It abstained, though the documents answer this."]
    wanted = " or ".join(VERDICT_NAMES[verdict] for verdict in score.case.verdicts)
    if not score.case.is_answerable:
        return [f"It answered ({VERDICT_NAMES[verdict_of(score.answer)]}) what the documents do not state."]
    return [f"Its verdict is {VERDICT_NAMES[verdict_of(score.answer)]}, expected was {wanted}."]


def _evidence(score: Score) -> list[str]:
    invented = ["A quote of it does not stand in its file as given."] if score.valid_quotes not in {None, 1.0} else []
    return invented + _missing(score)


def _missing(score: Score) -> list[str]:
    if score.evidence_recall in {None, 1.0}:
        return []
    missing = missing_quotes(score)
    must = [f"It does not cite {gold.source}: “{gold.text}”." for gold in missing if gold in score.case.quotes]
    any_of = [f"{gold.source}: “{gold.text}”" for gold in missing if gold not in score.case.quotes]
    return must + ([f"It cites none of {'; '.join(any_of)}."] if any_of else [])


def _conflict(score: Score) -> list[str]:
    if score.conflict is not False:
        return []
    if score.case.conflict:
        return [f"It does not tell that the documents disagree: {score.case.conflict}."]
    return ["It reports a disagreement where the documents have none."]


def _wording(score: Score) -> list[str]:
    case, text = score.case, score.answer.answer
    members = () if score.members is None else missing_members(score)
    lacks = [*members, *(words for words in case.must_say if not says(text, words))]
    holds = [words for words in case.must_not_say if says(text, words.strip())]
    found = [f"It does not say {', '.join(f'“{words}”' for words in lacks)}."] if lacks else []
    return found + ([f"It says {', '.join(f'“{words}”' for words in holds)}."] if holds else [])
