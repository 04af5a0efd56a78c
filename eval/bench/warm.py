"""Warm answers in one process: `python eval/bench/warm.py` prints the median milliseconds per question."""

from __future__ import annotations

import statistics
import time

from profile_rag import Profile

QUESTIONS = (
    "can he do Kafka?",
    "Which vector databases does he know?",
    "How does he validate models?",
    "What is his salary expectation?",
    "Does he know Terraform?",
)
RUNS = 10


def main() -> None:
    """Ask each question once cold and then ten times."""
    profile = Profile.open("corpus", refresh=False)
    for question in QUESTIONS:
        times = []
        for _ in range(RUNS + 1):
            started = time.perf_counter()
            profile.ask(question)
            times.append((time.perf_counter() - started) * 1000)
        print(f"{statistics.median(times[1:]):8.1f} ms warm {times[0]:10.1f} ms first   {question}")


if __name__ == "__main__":
    main()
