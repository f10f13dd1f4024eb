"""What is known of the makes of PBX, one TOML file a make: the defaults of `[pbx]` for whoever names it."""
