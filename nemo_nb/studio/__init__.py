"""The embedded studio: a local backend that speaks PROTOCOL.md and renders real MP4s."""
