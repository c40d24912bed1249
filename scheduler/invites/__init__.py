"""Calendar objects, feeds and the words around them. Facts in, bytes out; it knows no database."""
