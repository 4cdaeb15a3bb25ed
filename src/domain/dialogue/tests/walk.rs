//! Random conversations from seeds, with what must hold in all of them.
