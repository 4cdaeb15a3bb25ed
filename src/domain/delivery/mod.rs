//! When a delivery to another system is tried again, and when it is given up.
