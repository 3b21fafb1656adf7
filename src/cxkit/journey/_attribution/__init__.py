"""Attribution: which touchpoints are credited with what came of them."""
