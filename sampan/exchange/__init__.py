"""How do two nodes trust and understand each other, by files that anybody may carry?"""
