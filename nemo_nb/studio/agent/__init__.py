"""Words to edits: lexicon, parser, planner, replies."""
