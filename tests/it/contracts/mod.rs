//! The same cases for every adapter of a port, and for its fake.

mod language_model;
