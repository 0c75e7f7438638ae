"""Pages of handoffs, by who looks: the sender, and the receiving desk."""
