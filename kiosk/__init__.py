"""What the lobby is about. No window, no hardware: see ARCHITECTURE.md for what stands where."""
