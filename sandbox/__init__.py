"""What a process of ours may do no more once it opens what strangers made."""
