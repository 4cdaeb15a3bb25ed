//! Counts what the current thread holds, to notice a decoder that takes memory out of proportion to its input.
#![allow(unsafe_code, reason = "a global allocator cannot be written without it")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static MOST_HELD: Cell<isize> = const { Cell::new(0) };
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// What `work` returned, and the most bytes it held at once on this thread.
pub(crate) fn most_held_during<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = HELD.get();
    MOST_HELD.set(before);
    let result = work();
    (result, usize::try_from(MOST_HELD.get() - before).unwrap_or(0))
}

struct Counting;

fn count(change: isize) {
    // A thread that is ending has no counters any more.
    let held = HELD.try_with(|held| {
        held.set(held.get() + change);
        held.get()
    });
    if let Ok(held) = held {
        let _ = MOST_HELD.try_with(|most| most.set(most.get().max(held)));
    }
}

// SAFETY: every call goes to the system's allocator unchanged; counting neither allocates nor panics.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-layout.size().cast_signed());
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}
