"""What a citizen sees on the kiosk: one folder a screen, and the application around them."""
