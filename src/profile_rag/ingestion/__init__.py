"""Documents in, chunks in the index out."""
