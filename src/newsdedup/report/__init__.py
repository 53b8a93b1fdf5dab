"""Result -> lines, one file per output format; nothing prints here."""
