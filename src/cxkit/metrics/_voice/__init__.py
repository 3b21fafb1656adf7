"""The voice of the customer: mentions, how they feel, whom they name, and which words they use."""
