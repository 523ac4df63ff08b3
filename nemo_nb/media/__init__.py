"""Media files: what they are, judged by content. For client and studio alike."""
