"""Provisioners: the systems of others in which cloud, SaaS and voice instances live."""
