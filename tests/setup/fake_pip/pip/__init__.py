"""Stands in for pip: brings wheels from a local directory, and fails in the ways it is told to."""
