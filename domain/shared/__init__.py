"""What every concept stands on: money, time, ids, states, errors, transactions, pages."""
