"""The gate: what a check finds, held against a baseline and the rules of what is allowed."""
