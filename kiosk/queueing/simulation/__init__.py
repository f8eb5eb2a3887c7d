"""A simulated lobby: seeded, pure, driving the product's own discipline and ticket life."""
