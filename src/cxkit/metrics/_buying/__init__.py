"""Buy till you die: who is still a customer, and what they will buy, where nobody says goodbye."""
