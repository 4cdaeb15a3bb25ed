//! Connectors to the systems a shop keeps its records in.
