"""Administrative procedures: what each one asks of a citizen, and how it is found in everyday words. Pure."""
