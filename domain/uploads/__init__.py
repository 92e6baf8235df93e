"""Files that clients upload, to attach them to what they are for."""
