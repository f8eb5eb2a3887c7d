"""What the issuer signed and who the issuer is (ICAO Doc 9303-11 §5, Doc 9303-12)."""
