//! Text rules: how money, dates, numbers and addresses become words.
