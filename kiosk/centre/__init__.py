"""The centre: the one writer of the lobby's state, its API and its web pages."""
