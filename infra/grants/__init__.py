"""What each function may do, room by room, and nothing else (infra/policies.py makes it IAM)."""
