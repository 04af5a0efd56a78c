"""What the check lets through of a language model's sentences, and what a dead model costs.

Run `python eval/bench/language_model.py`. The sentences are those of `tests/data/model_answers.yaml`: 30 sound answers,
and of each a twin with one subtle fault.
"""

from __future__ import annotations

import re
import socket
import sys
import tempfile
from collections import Counter
from pathlib import Path
from statistics import median
from time import perf_counter

import yaml

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.answering.scripted import word

from profile_rag.config import Settings
from profile_rag.factory import open_embedder, open_engine, refresh_index
from profile_rag.profile import Profile

ROOT = Path(__file__).parents[2]
ROUNDS = 40


def main() -> None:
    """Print both, over `corpus/`."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(corpus=ROOT / "corpus", store=Path(folder) / "store")
        refresh_index(settings, open_embedder(settings))
        measure_check(settings)
        measure_dead_model(settings)


def measure_check(settings: Settings) -> None:
    """Print how many sentences are withheld, sound ones and those with each kind of fault."""
    opened = open_engine(settings, open_embedder(settings))
    engine = opened.query_engine
    faults, withheld = Counter[str](), Counter[str]()
    for case in yaml.safe_load((ROOT / "tests" / "data" / "model_answers.yaml").read_text(encoding="utf-8")):
        grounded = engine.ask(case["question"])
        fault = case["fault"]
        twin = [fault["text"] if place == fault["at"] else said for place, said in enumerate(case["sound"])]
        for sentences, faulty in ((case["sound"], -1), (twin, fault["at"])):
            held = {claim.text for claim in word(engine, grounded, sentences).withheld}
            for place, sentence in enumerate(sentences):
                kind = fault["kind"] if place == faulty else "sound"
                faults[kind] += 1
                withheld[kind] += re.sub(r" \[\d+\]", "", sentence) in held
    opened.index.close()
    for kind, count in sorted(faults.items()):
        print(f"{kind:<10} {withheld[kind]:>3} of {count} withheld")


def measure_dead_model(settings: Settings) -> None:
    """Print how long answers take while a model is known to be dead."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        address = f"openai-like/m@http://127.0.0.1:{listener.getsockname()[1]}/v1"
    questions = ("can he do Kafka?", "Which vector databases does he know?", "How does he work?", "Can he do PyTorch?")
    with Profile(settings) as alone, Profile(settings.model_copy(update={"llm": address})) as dead:
        for profile in (alone, dead):
            profile.warm_up()
        started = perf_counter()
        dead.ask(questions[0])
        print(f"first answer with a dead model: {perf_counter() - started:.2f} s")
        times: dict[str, list[float]] = {"alone": [], "dead": []}
        for _ in range(ROUNDS):
            for question in questions:
                for name, profile in (("alone", alone), ("dead", dead)):
                    started = perf_counter()
                    profile.ask(question)
                    times[name].append(perf_counter() - started)
        alone_ms, dead_ms = (median(times[name]) * 1000 for name in ("alone", "dead"))
        print(f"median {alone_ms:.1f} ms alone, {dead_ms:.1f} ms dead: {dead_ms / alone_ms:.2f}")


if __name__ == "__main__":
    main()
