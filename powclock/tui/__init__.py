"""The screen: draws frames and sends commands; it never touches a node."""
