"""Captions as data: metrics, lint, alignment. Pure."""
