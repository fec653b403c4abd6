//! A cache plugin in Rust, of the standard library alone: the shelf of shelf.rs behind one lock. It has no bus, so hosts
//! that share data learn of each other's changes from the change feed alone.
mod abi;
mod border;
mod cache_abi;
mod json;
mod shelf;

use abi::*;
use border::{append, guarded, refuse, Outcome, Refusal};
use cache_abi::*;
use shelf::Shelf;
use std::os::raw::c_void;
use std::sync::{Mutex, MutexGuard};

const DEFAULT_MAX_BYTES: i64 = 64 << 20;
const LEAST_MAX_BYTES: i64 = 4096;

type Locked = Mutex<Shelf>;

/// A thread that panicked left the shelf whole: every step of it is.
fn shelf_of<'a>(slf: Slf) -> MutexGuard<'a, Shelf> {
    let shelf = unsafe { &*(slf as *const Locked) };
    shelf.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn now_of(call: *const Call) -> i64 {
    unsafe { (*call).now_unix_ms }
}

fn expiry(call: *const Call, ttl_ms: i64) -> Result<i64, Refusal> {
    if ttl_ms < 1 {
        return refuse(REJECTED, E_BAD_INPUT, "a time to live is at least 1 ms");
    }
    Ok(now_of(call).saturating_add(ttl_ms))
}

fn tell(to: *mut i64, value: i64) {
    if let Some(to) = unsafe { to.as_mut() } {
        *to = value;
    }
}

fn put(shelf: &mut Shelf, key: &[u8], value: &[u8], version: u64, expires: i64) -> Outcome {
    match shelf.store(key, value) {
        None => refuse(REJECTED, E_TOO_LARGE, "key and value are larger than a quarter of max_bytes"),
        Some(entry) => {
            entry.version = entry.version.max(version);
            entry.expires_unix_ms = expires;
            Ok(())
        }
    }
}

extern "C" fn get(slf: Slf, call: *const Call, key: Str, out: *mut Buf, ttl: *mut i64, error: *mut Error) -> i32 {
    guarded(error, RETRY, || {
        let now = now_of(call);
        match shelf_of(slf).find(unsafe { key.bytes() }) {
            Some(entry) if entry.is_live(now) => {
                tell(ttl, entry.expires_unix_ms - now);
                append(out, &entry.value)
            }
            _ => refuse(NOT_FOUND, E_UNSPEC, "no such key"),
        }
    })
}

extern "C" fn set(slf: Slf, call: *const Call, key: Str, value: Str, version: u64, ttl_ms: i64, flags: u32,
                  error: *mut Error) -> i32 {
    guarded(error, UNKNOWN, || {
        let (key, value) = unsafe { (key.bytes(), value.bytes()) };
        let expires = expiry(call, ttl_ms)?;
        let mut shelf = shelf_of(slf);
        if let Some(known) = shelf.find(key) {
            if flags & SET_IF_ABSENT != 0 && known.is_live(now_of(call)) {
                return refuse(CONFLICT, E_UNSPEC, "the key is present");
            }
            if flags & SET_IF_NEWER != 0 && version <= known.version {
                return refuse(CONFLICT, E_UNSPEC, "a version as new is known");
            }
        }
        put(&mut shelf, key, value, version, expires)
    })
}

extern "C" fn del(slf: Slf, _call: *const Call, keys: *const Str, n: u32, error: *mut Error) -> i32 {
    guarded(error, UNKNOWN, || {
        let mut shelf = shelf_of(slf);
        for i in 0..n as usize {
            shelf.bury(unsafe { (*keys.add(i)).bytes() });
        }
        Ok(())
    })
}

extern "C" fn incr(slf: Slf, call: *const Call, key: Str, by: i64, ttl_ms_on_create: i64, value: *mut i64,
                   ttl: *mut i64, error: *mut Error) -> i32 {
    guarded(error, UNKNOWN, || {
        let key = unsafe { key.bytes() };
        let mut expires = expiry(call, ttl_ms_on_create)?;
        let mut counted: i64 = 0;
        let mut shelf = shelf_of(slf);
        if let Some(known) = shelf.find(key).filter(|entry| entry.is_live(now_of(call))) {
            let read = std::str::from_utf8(&known.value).ok().and_then(|text| text.parse().ok());
            counted = read.map_or_else(|| refuse(REJECTED, E_BAD_INPUT, "the value is no counter"), Ok)?;
            expires = known.expires_unix_ms;
        }
        counted = counted.checked_add(by).map_or_else(|| refuse(REJECTED, E_LIMIT, "the counter would overflow"), Ok)?;
        put(&mut shelf, key, counted.to_string().as_bytes(), 0, expires)?;
        tell(value, counted);
        tell(ttl, expires - now_of(call));
        Ok(())
    })
}

extern "C" fn touch(slf: Slf, call: *const Call, key: Str, ttl_ms: i64, error: *mut Error) -> i32 {
    guarded(error, UNKNOWN, || {
        let expires = expiry(call, ttl_ms)?;
        match shelf_of(slf).find(unsafe { key.bytes() }) {
            Some(entry) if entry.is_live(now_of(call)) => {
                entry.expires_unix_ms = expires;
                Ok(())
            }
            _ => refuse(NOT_FOUND, E_UNSPEC, "no such key"),
        }
    })
}

/// The host has checked the configuration against the schema below.
extern "C" fn create(_host: *const c_void, _name: Str, config: Str, slf: *mut Slf, error: *mut Error) -> i32 {
    guarded(error, REJECTED, || {
        let members = match json::object(unsafe { config.bytes() }) {
            Some(members) => members,
            None => return refuse(REJECTED, E_CONFIG, "the configuration is not a JSON object"),
        };
        let max_bytes = match json::integer(&members, "max_bytes", DEFAULT_MAX_BYTES) {
            Some(max_bytes) if max_bytes >= LEAST_MAX_BYTES => max_bytes as usize,
            _ => return refuse(REJECTED, E_CONFIG, "setting 'max_bytes' is a whole number from 4096 on"),
        };
        let shelf: Locked = Mutex::new(Shelf::new(max_bytes));
        unsafe { *slf = Box::into_raw(Box::new(shelf)) as Slf };
        Ok(())
    })
}

extern "C" fn destroy(slf: Slf) {
    drop(unsafe { Box::from_raw(slf as *mut Locked) });
}

extern "C" fn get_interface(_slf: Slf, id: Str) -> *const c_void {
    if unsafe { id.bytes() } == b"atr.cache/1" { &CACHE as *const Cache as *const c_void } else { std::ptr::null() }
}

static CACHE: Cache =
    Cache { struct_size: std::mem::size_of::<Cache>() as u32, reserved0: 0, get, set, del, incr, touch };

static COMPONENT: Component = Component {
    struct_size: std::mem::size_of::<Component>() as u32,
    flags: 0,
    id: Str::of("org.example.cache_shelf"),
    kind: Str::of("cache"),
    title: Str::of("A cache on one shelf"),
    version: Str::of("1.0.0"),
    vendor: Str::of(""),
    license: Str::of("Apache-2.0"),
    config_schema_json: Str::of(
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"max_bytes\":{\"type\":\"integer\",\
         \"minimum\":4096,\"default\":67108864,\"x-unit\":\"bytes\",\
         \"description\":\"Keys and values with their bookkeeping, all together\"}}}"),
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
