"""Nothing is lost: the journal's copy, backups and what they are restored to, archived days."""
