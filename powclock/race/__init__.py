"""One race: its scenario, the world that runs it, its process, and what came of it."""
