"""What the keepers of the keys do: replace them, destroy old ones, back up, restore."""
