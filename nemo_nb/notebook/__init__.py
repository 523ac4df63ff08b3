"""What a person sees in Jupyter: displays, magics, widgets."""
