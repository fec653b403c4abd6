//! A parser plugin in Rust, for mails with agreed labels: every line "Label: value" with a known label is a field. It
//! keeps nothing but its settings, so it may run in many threads at once.
mod abi;
mod border;
mod json;
mod parser_abi;

use abi::*;
use border::{append_text, full, guarded, refuse, Outcome};
use parser_abi::*;
use std::os::raw::c_void;

/// What each label means, and the type of its value.
const LABELS: [(&str, &str, &str); 7] = [
    ("Seller", "seller.name", "text"),
    ("Number", "invoice_number", "text"),
    ("Date", "issue_date", "date"),
    ("Due", "due_date", "date"),
    ("Amount", "amount_due", "decimal"),
    ("Currency", "currency", "asset"),
    ("Wallet", "payee.wallet", "wallet"),
];

struct Settings {
    confidence: u32,
}

/// A field of the document: what it means, and where in the text its value stands.
struct Found<'a> {
    path: &'a str,
    type_: &'a str,
    value: &'a str,
    begin: usize,
}

fn read_line<'a>(text: &'a str, line: &'a str) -> Option<Found<'a>> {
    let (name, value) = line.split_once(':')?;
    let (name, value) = (name.trim(), value.trim());
    let (_, path, type_) = LABELS.iter().find(|(label, _, _)| *label == name)?;
    if value.is_empty() {
        return None;
    }
    Some(Found { path, type_, value, begin: value.as_ptr() as usize - text.as_ptr() as usize })
}

/// Every value carries its evidence: where in the text it stands. The host believes nothing else.
fn give(found: &Found, confidence: u32, sink: &FieldSink) -> Outcome {
    let evidence = Evidence {
        struct_size: std::mem::size_of::<Evidence>() as u32,
        kind: EVIDENCE_TEXT,
        layer: 0,
        page: 0,
        x: 0,
        y: 0,
        w: 0,
        h: 0,
        begin: found.begin as u64,
        end: (found.begin + found.value.len()) as u64,
        quote: Str::borrow(found.value),
        node: Str::of(""),
    };
    let field = Field {
        struct_size: std::mem::size_of::<Field>() as u32,
        confidence_bp: confidence,
        document: 0,
        reserved1: 0,
        path: Str::borrow(found.path),
        type_: Str::borrow(found.type_),
        value: Str::borrow(found.value),
        alternative: 0,
        n_evidence: 1,
        evidence_stride: std::mem::size_of::<Evidence>() as u32,
        reserved0: 0,
        evidence: &evidence,
    };
    match (sink.on_field)(sink.ctx, &field) {
        0 => Ok(()),
        _ => full(),
    }
}

extern "C" fn parse(slf: Slf, _call: *const Call, document: *const Document, sink: *const FieldSink,
                    _usage: *mut Usage, error: *mut Error) -> i32 {
    guarded(error, REJECTED, || {
        let (settings, document, sink) = unsafe { (&*(slf as *const Settings), &*document, &*sink) };
        if unsafe { document.media_type.bytes() } != b"text/plain" {
            return refuse(REJECTED, E_MEDIA_TYPE, "this parser reads text/plain");
        }
        let text = match std::str::from_utf8(unsafe { document.bytes.bytes() }) {
            Ok(text) => text,
            Err(_) => return refuse(REJECTED, E_BAD_INPUT, "the text is not UTF-8"),
        };
        if (sink.on_text)(sink.ctx, 0, 0, Str::borrow(text)) != 0 {
            return full();
        }
        let mut any = false;
        for found in text.split('\n').filter_map(|line| read_line(text, line)) {
            give(&found, settings.confidence, sink)?;
            any = true;
        }
        if any { Ok(()) } else { refuse(REJECTED, E_BAD_INPUT, "no line begins with a known label") }
    })
}

extern "C" fn describe(_slf: Slf, out: *mut Buf, error: *mut Error) -> i32 {
    guarded(error, RETRY, || {
        append_text(out, "{\"media_types\":[\"text/plain\"],\"cpu_bound\":true,\"deterministic\":true}")
    })
}

/// The host has checked the configuration against the schema below.
extern "C" fn create(_host: *const c_void, _name: Str, config: Str, slf: *mut Slf, error: *mut Error) -> i32 {
    guarded(error, REJECTED, || {
        let members = match json::object(unsafe { config.bytes() }) {
            Some(members) => members,
            None => return refuse(REJECTED, E_CONFIG, "the configuration is not a JSON object"),
        };
        let confidence = match json::integer(&members, "confidence", 9000) {
            Some(confidence @ 0..=10000) => confidence as u32,
            _ => return refuse(REJECTED, E_CONFIG, "setting 'confidence' is a whole number of 0 to 10000"),
        };
        unsafe { *slf = Box::into_raw(Box::new(Settings { confidence })) as Slf };
        Ok(())
    })
}

extern "C" fn destroy(slf: Slf) {
    drop(unsafe { Box::from_raw(slf as *mut Settings) });
}

extern "C" fn get_interface(_slf: Slf, id: Str) -> *const c_void {
    if unsafe { id.bytes() } == b"atr.parser/1" { &PARSER as *const Parser as *const c_void } else { std::ptr::null() }
}

static PARSER: Parser = Parser { struct_size: std::mem::size_of::<Parser>() as u32, reserved0: 0, describe, parse };

static COMPONENT: Component = Component {
    struct_size: std::mem::size_of::<Component>() as u32,
    flags: 0,
    id: Str::of("org.example.parser_letter"),
    kind: Str::of("parser"),
    title: Str::of("Mails with agreed labels"),
    version: Str::of("1.0.0"),
    vendor: Str::of(""),
    license: Str::of("Apache-2.0"),
    config_schema_json: Str::of(
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"confidence\":{\"type\":\"integer\",\
         \"minimum\":0,\"maximum\":10000,\"default\":9000,\"x-unit\":\"1/10000\",\
         \"description\":\"How sure a field is taken to be\"}}}"),
    create,
    destroy,
    get_interface,
    health: None,
};
static COMPONENTS: [&Component; 1] = [&COMPONENT];

#[no_mangle]
#[allow(non_upper_case_globals)]
pub static atr_plugin_entry_v1: Plugin = Plugin {
    struct_size: std::mem::size_of::<Plugin>() as u32,
    abi_major: ABI_MAJOR,
    abi_minor: ABI_MINOR,
    min_host_minor: 0,
    n_components: 1,
    abi_rc: ABI_RC,
    reserved0: 0,
    sdk: Str::of("Rust, by hand"),
    components: COMPONENTS.as_ptr(),
};
