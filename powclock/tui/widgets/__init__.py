"""The panels, one a file; each turns the state into rows and repaints the rows that changed."""
