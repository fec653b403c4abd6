//! The parser's part of atr/atr.h, as Rust types. Layouts follow the header word by word.
use crate::abi::*;
use std::os::raw::c_void;

#[repr(C)]
pub struct Document {
    pub struct_size: u32,
    pub reserved0: u32,
    pub media_type: Str,
    pub filename: Str,
    pub bytes: Str,
    pub sha256_hex: Str,
    pub hints_json: Str,
}

#[repr(C)]
pub struct Evidence {
    pub struct_size: u32,
    pub kind: i32,
    pub layer: u32,
    pub page: u32,
    pub x: u32,
    pub y: u32,
    pub w: u32,
    pub h: u32,
    pub begin: u64,
    pub end: u64,
    pub quote: Str,
    pub node: Str,
}

#[repr(C)]
pub struct Field {
    pub struct_size: u32,
    pub confidence_bp: u32,
    pub document: u32,
    pub reserved1: u32,
    pub path: Str,
    pub type_: Str,
    pub value: Str,
    pub alternative: u32,
    pub n_evidence: u32,
    pub evidence_stride: u32,
    pub reserved0: u32,
    pub evidence: *const Evidence,
}

#[repr(C)]
pub struct FieldSink {
    pub struct_size: u32,
    pub reserved0: u32,
    pub ctx: *mut c_void,
    pub on_field: extern "C" fn(*mut c_void, *const Field) -> i32,
    pub on_warning: extern "C" fn(*mut c_void, Str, Str),
    pub on_text: extern "C" fn(*mut c_void, u32, u32, Str) -> i32,
}

#[repr(C)]
pub struct Usage {
    pub struct_size: u32,
    pub pages: u32,
    pub tokens_in: u64,
    pub tokens_out: u64,
    pub cost_micros: u64,
    pub model: [u8; 96],
}

#[repr(C)]
pub struct Parser {
    pub struct_size: u32,
    pub reserved0: u32,
    pub describe: extern "C" fn(Slf, *mut Buf, *mut Error) -> i32,
    pub parse: extern "C" fn(Slf, *const Call, *const Document, *const FieldSink, *mut Usage, *mut Error) -> i32,
}
unsafe impl Sync for Parser {}

pub const EVIDENCE_TEXT: i32 = 1;
pub const E_MEDIA_TYPE: i32 = 300;
