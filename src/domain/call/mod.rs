//! One phone call as a state machine.
