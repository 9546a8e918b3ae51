"""Problems times phases: how fast, and against which bar."""
