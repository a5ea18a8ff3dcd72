//! The simulator from outside: through its router and over a real socket.
