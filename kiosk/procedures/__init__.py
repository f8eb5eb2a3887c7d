"""The catalogue of administrative procedures. Pure. Only its place is here: no part needs it yet."""
