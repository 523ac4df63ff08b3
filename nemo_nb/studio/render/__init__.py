"""Draft to picture and sound."""
