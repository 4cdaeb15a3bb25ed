//! Recognisers.
