"""What a person sees of the office: pages that read a frozen `Board`. Nothing here knows a device."""
