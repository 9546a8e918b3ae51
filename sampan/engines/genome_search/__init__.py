"""Which genomes fit a question, how many, and what do they carry? Arrays in, arrays out."""
