"""What happens after the answer: deliveries, provisioning and reactions, claimed from PostgreSQL."""
