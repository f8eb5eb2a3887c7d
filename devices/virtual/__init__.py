"""The virtual lobby: devices that are real to the drivers, with switches for their faults."""
