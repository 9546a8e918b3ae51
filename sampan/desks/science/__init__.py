"""The science desk: genomes shared under their terms, and searched by all who may see them."""
