"""Everything about the office's calls that is true without a device."""
