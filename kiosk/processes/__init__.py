"""What each process does apart from its window: effects, devices, supervision, commands."""
