"""Ask a person's profile anything; every sentence of the answer shows the words it stands on."""
