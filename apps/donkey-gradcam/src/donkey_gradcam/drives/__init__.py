"""Where pictures come from: tubs, folders and videos, and what is done to them before the pilot sees them."""
