"""The control desk: what is the situation, and where is it going?"""
