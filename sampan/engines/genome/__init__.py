"""What does a genome say: where it differs from a reference, what that changes, how good it is, what it is nearest?"""
