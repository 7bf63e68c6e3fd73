"""What happened: the event types, the view that folds them, and the frames that a screen draws."""
