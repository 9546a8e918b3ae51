"""How is it said in Arabic, Chinese, English, French, Russian and Spanish?"""
