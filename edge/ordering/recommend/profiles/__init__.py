"""What is known of a customer, only while they consent."""
