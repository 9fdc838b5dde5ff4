"""Changes of what people sent. Each is atomic and takes the account's lock."""
