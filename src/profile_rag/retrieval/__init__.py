"""Finding the chunks that a question is about."""
