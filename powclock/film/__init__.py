"""Films: the screen of a race, drawn without a terminal and without waiting."""
