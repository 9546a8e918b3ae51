"""Sampan: a node with which a country or an organisation cooperates during an epidemic."""

__version__ = "0.1.0"
