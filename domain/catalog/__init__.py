"""What can be bought: products, plans, and the price lists by which each tier sells to the next."""
