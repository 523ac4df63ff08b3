"""The anywidgets; their twins are in js/src."""
