"""Video prompts: an idea in words → a prompt for a text-to-video model, composed by rules."""
