"""Keeps what both servers hold in files, so that a second run finds what the first one left."""
