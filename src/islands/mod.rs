//! What runs in the browser as well, one island a file.
