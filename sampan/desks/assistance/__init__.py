"""The assistance desk: who needs what, who gets it, and did it arrive?"""
