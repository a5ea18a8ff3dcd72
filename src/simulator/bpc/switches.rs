//! What BPC's public documentation leaves open or contradicts itself about.

use crate::simulator::switches::table;

table! {}
