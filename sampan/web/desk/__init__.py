"""What does somebody who works here see? Every act and view of every desk, as forms and tables."""
