"""What people do with a case file: one function for each thing, one act each."""
