"""What the office is sent to read: reminders, the daily sheet, the weekly letter, in the language of the office."""
