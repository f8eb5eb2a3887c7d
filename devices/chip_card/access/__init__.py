"""The ways into a chip and the secure channel behind them (ICAO Doc 9303-11 §4, §6 and §9)."""
