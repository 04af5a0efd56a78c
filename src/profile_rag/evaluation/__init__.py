"""Cases, and how well answers meet them."""
