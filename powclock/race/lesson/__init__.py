"""Lessons: a race that is told step by step."""
