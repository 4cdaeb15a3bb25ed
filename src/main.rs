//! The command line of doorstep.

fn main() {}
