"""A job that runs every few minutes for years: what is new is held against what is kept, and told once."""
