"""The maintenance screen of the kiosk."""
