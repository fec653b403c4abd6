//! The parts of atr/atr.h that a rail needs, as Rust types. Layouts follow the header word by word.
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

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Money {
    pub amount: Str,
    pub asset: Str,
}

#[repr(C)]
pub struct Payment {
    pub struct_size: u32,
    pub attempt: u32,
    pub payment_id: Str,
    pub sequence: u64,
    pub source_account: Str,
    pub creditor_json: Str,
    pub money: Money,
    pub fee_max: Money,
    pub purpose: Str,
    pub quote_id: Str,
    pub batch_id: Str,
    pub execute_not_after_unix_ms: i64,
}

#[repr(C)]
pub struct PayStatus {
    pub struct_size: u32,
    pub state: i32,
    pub is_final: i32,
    pub reason_code: i32,
    pub as_of_unix_ms: i64,
    pub rail_reference: *mut Buf,
    pub charged_money_json: *mut Buf,
    pub fee_money_json: *mut Buf,
    pub evidence_json: *mut Buf,
}

#[repr(C)]
pub struct RailEvent {
    pub struct_size: u32,
    pub state: i32,
    pub is_final: i32,
    pub direction: i32,
    pub event_id: Str,
    pub payment_id: Str,
    pub rail_reference: Str,
    pub money: Money,
    pub fee: Money,
    pub counterparty_json: Str,
    pub position: Str,
    pub at_unix_ms: i64,
    pub raw_json: Str,
}

#[repr(C)]
pub struct EventSink {
    pub struct_size: u32,
    pub reserved0: u32,
    pub ctx: *mut c_void,
    pub on_event: extern "C" fn(*mut c_void, *const RailEvent) -> i32,
}

pub type Slf = *mut c_void;
/// A slot this plugin leaves NULL: the host takes it for UNSUPPORTED (R4).
pub type NoSlot = Option<extern "C" fn()>;

#[repr(C)]
pub struct Rail {
    pub struct_size: u32,
    pub reserved0: u32,
    pub describe: extern "C" fn(Slf, *mut Buf, *mut Error) -> i32,
    pub quote: NoSlot,
    pub prepare: extern "C" fn(Slf, *const Call, *const Payment, *mut Buf, *mut Buf, *mut Buf, *mut Error) -> i32,
    pub replace: NoSlot,
    pub submit: extern "C" fn(Slf, *const Call, *const Payment, Str, *mut PayStatus, *mut Error) -> i32,
    pub lookup: extern "C" fn(Slf, *const Call, *const Payment, *const Str, u32, Str, *mut PayStatus, *mut Error) -> i32,
    pub cancel: NoSlot,
    pub balance: extern "C" fn(Slf, *const Call, Str, *mut Buf, *mut Error) -> i32,
    pub statement: extern "C" fn(Slf, *const Call, Str, Str, u32, *const EventSink, *mut Buf, *mut Error) -> i32,
    pub verify_webhook: NoSlot,
}

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
unsafe impl Sync for Rail {}

pub const OK: i32 = 0;
pub const REJECTED: i32 = 3;
pub const RETRY: i32 = 4;
pub const UNKNOWN: i32 = 5;
pub const SETTLED: i32 = 3;
pub const FAILED: i32 = 4;
pub const NEVER_RECEIVED: i32 = 7;
pub const OUT: i32 = 1;
pub const IN: i32 = 2;
pub const E_CONFIG: i32 = 1;
pub const E_TIMEOUT: i32 = 5;
pub const E_LIMIT: i32 = 8;
pub const E_BAD_INPUT: i32 = 9;
pub const E_INTERNAL: i32 = 11;
pub const E_IDEMPOTENCY_MISMATCH: i32 = 100;
pub const E_INSUFFICIENT_FUNDS: i32 = 200;
pub const E_PAYEE_INVALID: i32 = 201;
pub const E_AMOUNT_OUT_OF_RANGE: i32 = 205;
