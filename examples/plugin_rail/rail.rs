//! A rail plugin in Rust, of the standard library alone. The bank behind it is a file (bank.rs): a payment's first line
//! decides, so the same payment sent twice moves once, whoever sends it. The plugin itself keeps no state.
mod abi;
mod bank;
mod border;
mod json;
mod rail_abi;

use abi::*;
use bank::{Book, Fact, Order};
use border::{append_text, full, guarded, refuse, Outcome, Refusal};
use rail_abi::*;
use std::os::raw::c_void;

const ASSET: &str = "MNEE";
const ACCOUNT: &str = "treasury";

struct Bank {
    path: String,
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
    let address = json::object(creditor).and_then(|members| json::text(&members, "address"));
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
        append_text(status.rail_reference, &format!("line-{}", fact.order.payment_id))?;
        append_text(status.charged_money_json, &money_json(fact.order.units))?;
    }
    Ok(())
}

extern "C" fn describe(_slf: Slf, out: *mut Buf, error: *mut Error) -> i32 {
    guarded(error, RETRY, || {
        append_text(out, &format!(
            "{{\"assets\":[{{\"asset\":\"{}\",\"decimals\":{}}}],\"idempotent\":true,\"idempotency_window_ms\":0,\
             \"queryable\":true,\"sequenced\":false,\"cancel\":false,\"enforces_not_after\":false,\"account\":\"{}\"}}",
            ASSET, bank::DECIMALS, ACCOUNT))
    })
}

extern "C" fn prepare(_slf: Slf, _call: *const Call, payment: *const Payment, prepared: *mut Buf, reference: *mut Buf,
                      charge: *mut Buf, error: *mut Error) -> i32 {
    guarded(error, RETRY, || {
        let order = read_order(payment)?;
        append_text(prepared, &blob_of(&order))?;
        append_text(reference, &format!("line-{}", order.payment_id))?;
        append_text(charge, &money_json(order.units))
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
        append_text(out, &format!("{{\"account\":\"{}\",\"balances\":[{}],\"position\":\"{}\"}}", ACCOUNT,
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
        append_text(next, &end.to_string())
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
        _ => full(),
    }
}

extern "C" fn create(_host: *const c_void, _name: Str, config: Str, slf: *mut Slf, error: *mut Error) -> i32 {
    guarded(error, REJECTED, || {
        let members = match json::object(unsafe { config.bytes() }) {
            Some(members) => members,
            None => return refuse(REJECTED, E_CONFIG, "the configuration is not a JSON object"),
        };
        let path = json::text(&members, "path").unwrap_or_else(|| "bank.txt".to_string());
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
    abi_major: ABI_MAJOR,
    abi_minor: ABI_MINOR,
    min_host_minor: 0,
    n_components: 1,
    abi_rc: ABI_RC,
    reserved0: 0,
    sdk: Str::of("Rust, by hand"),
    components: COMPONENTS.as_ptr(),
};
