"""The demonstration: made-up people and one referral's whole way, through the real services."""
