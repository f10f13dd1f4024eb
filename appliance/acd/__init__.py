"""Call distribution at the size of a small office: who waits, who works, who gets whom."""
