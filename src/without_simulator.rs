//! What a build without the simulator has in its place: the answer that there is none.
