"""Forms as data: definition, prefill, answers with their source, rules. Pure."""
