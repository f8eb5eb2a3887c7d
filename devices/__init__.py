"""Hardware, one folder a kind. Each driver answers what ``contract.Device`` asks."""
