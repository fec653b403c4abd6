//! The rail's part of atr/atr.h, as Rust types. Layouts follow the header word by word.
use crate::abi::*;
use std::os::raw::c_void;

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

unsafe impl Sync for Rail {}

pub const SETTLED: i32 = 3;
pub const FAILED: i32 = 4;
pub const NEVER_RECEIVED: i32 = 7;
pub const OUT: i32 = 1;
pub const IN: i32 = 2;
pub const E_IDEMPOTENCY_MISMATCH: i32 = 100;
pub const E_INSUFFICIENT_FUNDS: i32 = 200;
pub const E_PAYEE_INVALID: i32 = 201;
pub const E_AMOUNT_OUT_OF_RANGE: i32 = 205;
