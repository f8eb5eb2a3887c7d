"""The files of the card, each parsed by a module of its own (ICAO Doc 9303-10)."""
