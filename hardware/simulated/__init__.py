"""The world that ships with the product: modems, exchange, mini-PBX, people and whole office days."""
