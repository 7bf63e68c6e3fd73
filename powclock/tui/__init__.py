"""The screen: draws frames and sends commands; it never touches a node."""

import os

# Textual holds an update back for up to two of its periods, which was most of what a key waited
# for. The app paints at a rate of its own, so the period is short. It is read as textual is loaded.
os.environ.setdefault("TEXTUAL_FPS", "250")
