"""What each library does to a table when it is used bare, as its manual shows it."""
