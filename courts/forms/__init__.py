"""Forms of the court pages: shape and words; the rules are the services'."""
