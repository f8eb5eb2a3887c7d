"""The scripted visit: a whole lobby of its own, real touches and requests, a record of what was seen."""
