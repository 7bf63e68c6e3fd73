"""What fills the terminal: the race, and what opens over it."""
