"""The timeline as data: draft in, frames, diffs and words out. Pure."""
