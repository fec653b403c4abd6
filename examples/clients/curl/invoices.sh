#!/usr/bin/env bash
# The same with curl: sign in, submit an invoice, wait for its payment, and look at the books.
#
#     URL=http://127.0.0.1:8080 TREASURER_USER=NAME TREASURER_PASSWORD=... curl/invoices.sh INVOICE.txt
set -euo pipefail
if [ $# -ne 1 ] || [[ $1 = -* ]]; then
    echo "usage: URL=... TREASURER_USER=NAME TREASURER_PASSWORD=... invoices.sh INVOICE.txt" >&2
    exit 2
fi
: "${URL:?}" "${TREASURER_USER:?}" "${TREASURER_PASSWORD:?}"
invoice=$1

# member NAME: that member of the JSON object on standard input: a text as it is, all else as JSON.
member() {
    python3 -c 'import json, sys; it = json.load(sys.stdin)[sys.argv[1]]; print(it if isinstance(it, str) else json.dumps(it))' "$1"
}

# ask PATH [CURL OPTIONS]: the answer's body; a refusal's goes to standard error, and ends the script.
ask() {
    local path=$1 body
    shift
    body=$(curl -sS --fail-with-body "$@" "$URL$path") || { printf '%s\n' "$body" >&2; return 1; }
    printf '%s' "$body"
}

# call METHOD PATH [CURL OPTIONS]: the same with the token.
call() {
    local method=$1 path=$2
    shift 2
    ask "$path" -X "$method" -H "Authorization: Bearer $token" "$@"
}

signed_in=$(ask /token --data-urlencode "username=$TREASURER_USER" --data-urlencode "password=$TREASURER_PASSWORD")
token=$(member access_token <<<"$signed_in")

# The document as it is; the key is of its bytes, so that running this again asks for the same.
key=invoice-$(sha256sum "$invoice" | cut -d' ' -f1)
if ! submitted=$(call POST /api/v1/invoices -H 'Content-Type: text/plain' -H "Idempotency-Key: $key" \
    -H 'Prefer: respond-async' --data-binary "@$invoice" 2>&1); then
    problem=$(tail -n 1 <<<"$submitted")
    if [ "$(member code <<<"$problem" 2>/dev/null)" != duplicate_invoice ]; then
        printf '%s\n' "$submitted" >&2
        exit 1
    fi
    echo "it was submitted before by another request; nothing is paid twice"
    submitted=$(call GET "/api/v1/invoices/$(member invoice_id <<<"$problem")")
fi
payment=$(member payment_id <<<"$submitted")
echo "invoice $(member id <<<"$submitted") is $(member status <<<"$submitted")"

state=
for _ in $(seq 60); do
    looked=$(call GET "/api/v1/payments/$payment")
    state=$(member state <<<"$looked")
    case $state in settled | failed | cancelled | returned | waiting_approval) break ;; esac
    sleep 0.5
done
echo "payment $payment is $state"

echo "what waits for a person:"
call GET '/api/v1/approvals?status=pending&limit=10' | member items
echo "the books:"
call GET /api/v1/ledger/trial-balance
echo
call GET /api/dashboard
echo
call POST /logout | member status
