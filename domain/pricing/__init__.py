"""By which prices each tier sells to the next: lists of explicit prices, and markups on the seller's own cost."""
