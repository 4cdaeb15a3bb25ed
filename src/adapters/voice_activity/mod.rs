//! Judges of whether a caller is speaking.
