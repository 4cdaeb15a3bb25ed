//! Conversations as text: what happened, and what must be said and done.
