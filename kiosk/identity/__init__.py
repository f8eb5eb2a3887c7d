"""The citizen: numbers, the card's printed QR, age, and what was proven of a card. Pure."""
