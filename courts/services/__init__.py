"""What legal officers record of the courts' work."""
