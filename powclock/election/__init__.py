"""Who may append next, and how do the others know? One protocol, one file an answer."""
