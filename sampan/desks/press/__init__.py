"""The press desk: what do we tell the public, and where does each figure come from?"""
