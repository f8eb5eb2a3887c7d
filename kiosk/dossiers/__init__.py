"""How far a dossier is, as another system told it: the status, and the exports it is read from. Pure."""
