"""The chat page: it renders answers and decides nothing."""
