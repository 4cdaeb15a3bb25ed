//! Where calls, orders and outcomes are kept.
