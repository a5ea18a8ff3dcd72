//! What the shopper sees.
