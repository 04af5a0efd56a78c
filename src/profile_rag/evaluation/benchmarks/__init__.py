"""Public benchmarks in their own formats and scoring, so that anyone with the data can repeat them."""
