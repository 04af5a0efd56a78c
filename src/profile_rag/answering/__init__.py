"""From a question and chunks to a grounded answer."""
