"""Races measured against theory: closed forms, and what a race should show by them."""
