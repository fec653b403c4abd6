//! The parts of atr/atr.h that every plugin needs, as Rust types. Layouts follow the header word by word.
#![allow(dead_code)]
use std::os::raw::c_void;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Str {
    pub ptr: *const u8,
    pub len: usize,
}

impl Str {
    pub const fn of(text: &'static str) -> Str {
        Str { ptr: text.as_ptr(), len: text.len() }
    }
    pub fn borrow(text: &str) -> Str {
        Str { ptr: text.as_ptr(), len: text.len() }
    }
    /// The bytes, valid during the call they came with (R1).
    pub unsafe fn bytes(&self) -> &[u8] {
        if self.len == 0 { &[] } else { std::slice::from_raw_parts(self.ptr, self.len) }
    }
    pub unsafe fn text(&self) -> String {
        String::from_utf8_lossy(self.bytes()).into_owned()
    }
}

#[repr(C)]
pub struct Buf {
    pub ctx: *mut c_void,
    pub append: extern "C" fn(*mut c_void, *const c_void, usize) -> i32,
}

#[repr(C)]
pub struct Error {
    pub struct_size: u32,
    pub code: i32,
    pub retry_after_ms: i32,
    pub reserved0: u32,
    pub vendor_code: [u8; 64],
    pub message: [u8; 512],
}

#[repr(C)]
pub struct Call {
    pub struct_size: u32,
    pub attempt: u32,
    pub now_unix_ms: i64,
    pub deadline_unix_ms: i64,
    pub request_id: Str,
    pub traceparent: Str,
    pub tenant: Str,
    pub cancelled: Option<extern "C" fn(*const Call) -> i32>,
}

pub type Slf = *mut c_void;
/// A slot this plugin leaves NULL: the host takes it for UNSUPPORTED (R4).
pub type NoSlot = Option<extern "C" fn()>;

#[repr(C)]
pub struct Component {
    pub struct_size: u32,
    pub flags: u32,
    pub id: Str,
    pub kind: Str,
    pub title: Str,
    pub version: Str,
    pub vendor: Str,
    pub license: Str,
    pub config_schema_json: Str,
    pub create: extern "C" fn(*const c_void, Str, Str, *mut Slf, *mut Error) -> i32,
    pub destroy: extern "C" fn(Slf),
    pub get_interface: extern "C" fn(Slf, Str) -> *const c_void,
    pub health: NoSlot,
}

#[repr(C)]
pub struct Plugin {
    pub struct_size: u32,
    pub abi_major: u16,
    pub abi_minor: u16,
    pub min_host_minor: u32,
    pub n_components: u32,
    pub abi_rc: u32,
    pub reserved0: u32,
    pub sdk: Str,
    pub components: *const &'static Component,
}
unsafe impl Sync for Component {}
unsafe impl Sync for Plugin {}

pub const ABI_MAJOR: u16 = 1;
pub const ABI_MINOR: u16 = 0;
pub const ABI_RC: u32 = 3;

pub const OK: i32 = 0;
pub const NOT_FOUND: i32 = 1;
pub const CONFLICT: i32 = 2;
pub const REJECTED: i32 = 3;
pub const RETRY: i32 = 4;
pub const UNKNOWN: i32 = 5;
pub const E_UNSPEC: i32 = 0;
pub const E_CONFIG: i32 = 1;
pub const E_TIMEOUT: i32 = 5;
pub const E_LIMIT: i32 = 8;
pub const E_BAD_INPUT: i32 = 9;
pub const E_INTERNAL: i32 = 11;
pub const E_TOO_LARGE: i32 = 102;
