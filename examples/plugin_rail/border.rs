//! The border with the host: what a function may answer, and no panic across it.
#![allow(dead_code)]
use crate::abi::*;
use std::os::raw::c_void;
use std::panic::{catch_unwind, AssertUnwindSafe};

pub struct Refusal {
    pub outcome: i32,
    pub code: i32,
    pub message: String,
}

pub type Outcome = Result<(), Refusal>;

/// The message is for operators: no secrets, no payees.
pub fn refuse<T>(outcome: i32, code: i32, message: &str) -> Result<T, Refusal> {
    Err(Refusal { outcome, code, message: message.to_string() })
}

/// Runs a plugin function so that no panic leaves it (R3); `on_panic` is what a panic means: UNKNOWN for a call with an
/// effect, RETRY for one without.
pub fn guarded(error: *mut Error, on_panic: i32, work: impl FnOnce() -> Outcome) -> i32 {
    let refusal = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(())) => return OK,
        Ok(Err(refusal)) => refusal,
        Err(_) => Refusal { outcome: on_panic, code: E_INTERNAL, message: "a panic".to_string() },
    };
    if let Some(error) = unsafe { error.as_mut() } {
        let mut end = refusal.message.len().min(error.message.len() - 1);
        while !refusal.message.is_char_boundary(end) {
            end -= 1;
        }
        error.code = refusal.code;
        error.message[..end].copy_from_slice(&refusal.message.as_bytes()[..end]);
        error.message[end] = 0;
    }
    refusal.outcome
}

pub fn full<T>() -> Result<T, Refusal> {
    refuse(REJECTED, E_LIMIT, "the caller's sink is full")
}

/// A NULL sink means that the caller does not want this output.
pub fn append(sink: *mut Buf, bytes: &[u8]) -> Outcome {
    match unsafe { sink.as_ref() } {
        Some(sink) if !bytes.is_empty() && (sink.append)(sink.ctx, bytes.as_ptr() as *const c_void, bytes.len()) != 0 => full(),
        _ => Ok(()),
    }
}

pub fn append_text(sink: *mut Buf, text: &str) -> Outcome {
    append(sink, text.as_bytes())
}
