"""Cards of an animatic: a picture of each shot, drawn from its words; no model, no photos."""
