"""What a question says, in the words and sizes in which products are kept, too; and its conditions. Pure."""
