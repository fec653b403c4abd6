//! A rail plugin in Rust, of the standard library alone. The bank behind it is a file (bank.rs): a payment's first line
//! decides, so the same payment sent twice moves once, whoever sends it. The plugin itself keeps no state.
mod abi;
mod bank;
mod json;

use abi::*;
use bank::{Book, Fact, Order};
use std::os::raw::c_void;
use std::panic::{catch_unwind, AssertUnwindSafe};

const ASSET: &str = "MNEE";
const ACCOUNT: &str = "treasury";

struct Bank {
    path: String,
}

struct Refusal {
    outcome: i32,
    code: i32,
    message: String,
}

type Outcome = Result<(), Refusal>;

fn refuse<T>(outcome: i32, code: i32, message: &str) -> Result<T, Refusal> {
    Err(Refusal { outcome, code, message: message.to_string() })
}

/// Runs a plugin function so that no panic leaves it (R3); `on_panic` is what a panic means.
fn guarded(error: *mut Error, on_panic: i32, work: impl FnOnce() -> Outcome) -> i32 {
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

/// A NULL sink means that the caller does not want this output.
fn append(sink: *mut Buf, text: &str) -> Outcome {
    match unsafe { sink.as_ref() } {
        Some(sink) if !text.is_empty() && (sink.append)(sink.ctx, text.as_ptr() as *const c_void, text.len()) != 0 => {
            refuse(REJECTED, E_LIMIT, "the caller's sink is full")
        }
        _ => Ok(()),
    }
}

fn bank_of<'a>(slf: Slf) -> &'a Bank {
    unsafe { &*(slf as *const Bank) }
}

/// Opens the book; before that nothing can have happened.
fn open_book(slf: Slf, call: *const Call) -> Result<Book, Refusal> {
    let call = unsafe { &*call };
    if call.deadline_unix_ms < call.now_unix_ms {
        return refuse(RETRY, E_TIMEOUT, "no time left");
    }
    Book::open(&bank_of(slf).path).or_else(|error| refuse(RETRY, E_INTERNAL, &error.to_string()))
}

fn read_order(payment: *const Payment) -> Result<Order, Refusal> {
    let (payment_id, asset, account, amount, creditor) = unsafe {
        let payment = &*payment;
        (payment.payment_id.text(), payment.money.asset.text(), payment.source_account.text(), payment.money.amount.text(),
         payment.creditor_json.bytes())
    };
    if payment_id.len() != 32 || !payment_id.bytes().all(|byte| b"0123456789abcdef".contains(&byte)) {
        return refuse(REJECTED, E_BAD_INPUT, "payment_id is not 32 lower-case hex digits");
    }
    if asset != ASSET || account != ACCOUNT {
        return refuse(REJECTED, E_BAD_INPUT, "this bank holds MNEE in the account treasury");
    }
    let units = bank::parse_units(&amount);
    let address = json::object(creditor).and_then(|members| json::member(&members, "address"));
    match (units, address) {
        (None, _) => refuse(REJECTED, E_AMOUNT_OUT_OF_RANGE, "the amount is above 0, with at most 5 decimals"),
        (_, None) => refuse(REJECTED, E_PAYEE_INVALID, "the creditor has no address"),
        (_, Some(address)) if address.is_empty() => refuse(REJECTED, E_PAYEE_INVALID, "the creditor's address is empty"),
        (Some(units), Some(creditor)) => Ok(Order { payment_id, units, creditor }),
    }
}

fn blob_of(order: &Order) -> String {
    format!("pay/1 {} {} {}", order.payment_id, order.units, order.creditor)
}

fn money_json(units: i128) -> String {
    format!("{{\"amount\":\"{}\",\"asset\":\"{}\"}}", bank::format_units(units), ASSET)
}

fn tell(fact: &Fact, now_unix_ms: i64, status: *mut PayStatus) -> Outcome {
    let status = unsafe { &mut *status };
    status.state = if fact.refused == 0 { SETTLED } else { FAILED };
    status.is_final = 1;
    status.reason_code = fact.refused;
    status.as_of_unix_ms = now_unix_ms;
    if fact.refused == 0 {
        append(status.rail_reference, &format!("line-{}", fact.order.payment_id))?;
        append(status.charged_money_json, &money_json(fact.order.units))?;
    }
    Ok(())
}

extern "C" fn describe(_slf: Slf, out: *mut Buf, error: *mut Error) -> i32 {
    guarded(error, RETRY, || {
        append(out, &format!(
            "{{\"assets\":[{{\"asset\":\"{}\",\"decimals\":{}}}],\"idempotent\":true,\"idempotency_window_ms\":0,\
             \"queryable\":true,\"sequenced\":false,\"cancel\":false,\"enforces_not_after\":false,\"account\":\"{}\"}}",
            ASSET, bank::DECIMALS, ACCOUNT))
    })
}

extern "C" fn prepare(_slf: Slf, _call: *const Call, payment: *const Payment, prepared: *mut Buf, reference: *mut Buf,
                      charge: *mut Buf, error: *mut Error) -> i32 {
    guarded(error, RETRY, || {
        let order = read_order(payment)?;
        append(prepared, &blob_of(&order))?;
        append(reference, &format!("line-{}", order.payment_id))?;
        append(charge, &money_json(order.units))
    })
}

extern "C" fn submit(slf: Slf, call: *const Call, payment: *const Payment, prepared: Str, status: *mut PayStatus,
                     error: *mut Error) -> i32 {
    guarded(error, UNKNOWN, || {
        let order = read_order(payment)?;
        if unsafe { prepared.bytes() } != blob_of(&order).as_bytes() {
            return refuse(REJECTED, E_BAD_INPUT, "the prepared bytes are not of this payment");
        }
        let now = unsafe { (*call).now_unix_ms };
        let mut book = open_book(slf, call)?;
        if let Some(fact) = book.find(&order.payment_id) {
            if fact.order != order {
                return refuse(REJECTED, E_IDEMPOTENCY_MISMATCH, "this payment_id was used for another payment");
            }
            if fact.refused != 0 {
                return refuse(REJECTED, fact.refused, "it was refused before");
            }
            return tell(fact, now, status);
        }
        let refused = if order.units > book.balance() { E_INSUFFICIENT_FUNDS } else { 0 };
        let fact = Fact { order, refused, at_unix_ms: now };
        if book.add(fact.clone()).is_err() {
            return refuse(UNKNOWN, E_INTERNAL, "the book could not be written; perhaps it was");
        }
        if refused != 0 {
            return refuse(REJECTED, refused, "there is not enough in the account");
        }
        tell(&fact, now, status)
    })
}

/// The lock is held while the book is read, so what is not there was not received, and nobody is just writing it.
extern "C" fn lookup(slf: Slf, call: *const Call, payment: *const Payment, _blobs: *const Str, _n: u32, _reference: Str,
                     status: *mut PayStatus, error: *mut Error) -> i32 {
    guarded(error, RETRY, || {
        let payment_id = unsafe { (*payment).payment_id.text() };
        let now = unsafe { (*call).now_unix_ms };
        let book = open_book(slf, call)?;
        if let Some(fact) = book.find(&payment_id) {
            return tell(fact, now, status);
        }
        let status = unsafe { &mut *status };
        status.state = NEVER_RECEIVED;
        status.is_final = 0; // it may still arrive
        status.as_of_unix_ms = now;
        Ok(())
    })
}

fn check_account(account: Str) -> Outcome {
    match unsafe { account.text() }.as_str() {
        "" | ACCOUNT => Ok(()),
        _ => refuse(REJECTED, E_BAD_INPUT, "the bank keeps no such account"),
    }
}

extern "C" fn balance(slf: Slf, call: *const Call, account: Str, out: *mut Buf, error: *mut Error) -> i32 {
    guarded(error, RETRY, || {
        check_account(account)?;
        let book = open_book(slf, call)?;
        append(out, &format!("{{\"account\":\"{}\",\"balances\":[{}],\"position\":\"{}\"}}", ACCOUNT,
                             money_json(book.balance()), book.paid().count() + 1))
    })
}

/// Position 1 is the opening balance, position n + 1 the nth payment.
extern "C" fn statement(slf: Slf, call: *const Call, account: Str, from: Str, limit: u32, sink: *const EventSink,
                        next: *mut Buf, error: *mut Error) -> i32 {
    guarded(error, RETRY, || {
        check_account(account)?;
        let book = open_book(slf, call)?;
        let paid: Vec<&Fact> = book.paid().collect();
        let from = match unsafe { from.text() }.as_str() {
            "" => 0,
            text => match text.parse::<usize>() {
                Ok(position) if position <= paid.len() + 1 => position,
                _ => return refuse(REJECTED, E_BAD_INPUT, "no position of this statement"),
            },
        };
        let end = (paid.len() + 1).min(from + limit as usize);
        for position in from + 1..=end {
            give(position, if position == 1 { None } else { Some(paid[position - 2]) }, sink)?;
        }
        append(next, &end.to_string())
    })
}

fn give(position: usize, fact: Option<&Fact>, sink: *const EventSink) -> Outcome {
    let position = position.to_string();
    let payment_id = fact.map_or("", |fact| &fact.order.payment_id);
    let amount = bank::format_units(fact.map_or(bank::opening(), |fact| fact.order.units));
    let event = RailEvent {
        struct_size: std::mem::size_of::<RailEvent>() as u32,
        state: SETTLED,
        is_final: 1,
        direction: if fact.is_some() { OUT } else { IN },
        event_id: Str::borrow(&position),
        payment_id: Str::borrow(payment_id),
        rail_reference: Str::of(""),
        money: Money { amount: Str::borrow(&amount), asset: Str::of(ASSET) },
        fee: Money { amount: Str::of("0"), asset: Str::of(ASSET) },
        counterparty_json: Str::of("{}"),
        position: Str::borrow(&position),
        at_unix_ms: fact.map_or(0, |fact| fact.at_unix_ms),
        raw_json: Str::of("{}"),
    };
    let sink = unsafe { &*sink };
    match (sink.on_event)(sink.ctx, &event) {
        0 => Ok(()),
        _ => refuse(REJECTED, E_LIMIT, "the caller's sink is full"),
    }
}

extern "C" fn create(_host: *const c_void, _name: Str, config: Str, slf: *mut Slf, error: *mut Error) -> i32 {
    guarded(error, REJECTED, || {
        let members = match json::object(unsafe { config.bytes() }) {
            Some(members) => members,
            None => return refuse(REJECTED, E_CONFIG, "the configuration is not a JSON object"),
        };
        let path = json::member(&members, "path").unwrap_or_else(|| "bank.txt".to_string());
        if let Err(reason) = Book::open(&path) {
            return refuse(REJECTED, E_CONFIG, &format!("setting 'path': {}: {}", path, reason));
        }
        unsafe { *slf = Box::into_raw(Box::new(Bank { path })) as Slf };
        Ok(())
    })
}

extern "C" fn destroy(slf: Slf) {
    drop(unsafe { Box::from_raw(slf as *mut Bank) });
}

extern "C" fn get_interface(_slf: Slf, id: Str) -> *const c_void {
    if unsafe { id.bytes() } == b"atr.rail/1" { &RAIL as *const Rail as *const c_void } else { std::ptr::null() }
}

static RAIL: Rail = Rail {
    struct_size: std::mem::size_of::<Rail>() as u32,
    reserved0: 0,
    describe,
    quote: None,
    prepare,
    replace: None,
    submit,
    lookup,
    cancel: None,
    balance,
    statement,
    verify_webhook: None,
};

static COMPONENT: Component = Component {
    struct_size: std::mem::size_of::<Component>() as u32,
    flags: 0,
    id: Str::of("org.example.rail_file"),
    kind: Str::of("rail"),
    title: Str::of("A bank in one file"),
    version: Str::of("1.0.0"),
    vendor: Str::of(""),
    license: Str::of("Apache-2.0"),
    config_schema_json: Str::of(
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"path\":{\"type\":\"string\",\
         \"default\":\"bank.txt\",\"description\":\"The bank's book; its folder must exist\"}}}"),
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
    abi_major: 1,
    abi_minor: 0,
    min_host_minor: 0,
    n_components: 1,
    abi_rc: 2,
    reserved0: 0,
    sdk: Str::of("Rust, by hand"),
    components: COMPONENTS.as_ptr(),
};
