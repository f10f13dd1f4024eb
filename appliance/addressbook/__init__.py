"""Contacts in files that other programs write and read: CSV for spreadsheets, vCard for address books (R5)."""
