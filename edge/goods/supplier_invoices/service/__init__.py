"""Service that checks the mailbox for suppliers' invoices: the capability's access to the network."""
