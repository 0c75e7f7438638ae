"""What administrators do with people, teams and agencies."""
