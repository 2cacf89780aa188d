"""What goes out: webhooks and mail."""
