"""Video editing by chat, inside Jupyter."""

__version__ = "0.1.0"
