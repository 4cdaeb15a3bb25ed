//! Rules of the floor, as tables.
