"""What differs between machines, and the processes the product is made of."""
