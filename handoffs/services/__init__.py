"""What people do with handoffs: one function for each thing, one act each."""
