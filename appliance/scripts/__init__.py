"""What the receptionist does, step by step. Start reading at `reception`."""
