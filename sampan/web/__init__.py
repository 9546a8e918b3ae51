"""What does the public see? Pages in six languages, each also as JSON and, where it is a list, as CSV."""
