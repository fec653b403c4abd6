//! The cache's part of atr/atr.h, as Rust types. Layouts follow the header word by word.
use crate::abi::*;

#[repr(C)]
pub struct Cache {
    pub struct_size: u32,
    pub reserved0: u32,
    pub get: extern "C" fn(Slf, *const Call, Str, *mut Buf, *mut i64, *mut Error) -> i32,
    pub set: extern "C" fn(Slf, *const Call, Str, Str, u64, i64, u32, *mut Error) -> i32,
    pub del: extern "C" fn(Slf, *const Call, *const Str, u32, *mut Error) -> i32,
    pub incr: extern "C" fn(Slf, *const Call, Str, i64, i64, *mut i64, *mut i64, *mut Error) -> i32,
    pub touch: extern "C" fn(Slf, *const Call, Str, i64, *mut Error) -> i32,
}
unsafe impl Sync for Cache {}

pub const SET_IF_ABSENT: u32 = 1;
pub const SET_IF_NEWER: u32 = 2;
