"""What the office remembers when the power goes: its settings, its calls, its cards and its recordings."""
