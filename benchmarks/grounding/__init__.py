"""How well claims are traced to their place in the source: on changed sentences, and on what a real model wrote."""
