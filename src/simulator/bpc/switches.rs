//! What BPC's public documentation leaves open or contradicts itself about.

pub use crate::simulator::switches::ON;
use crate::simulator::switches::table;

table! {
    RETURN_PARAMETER = "bpc_return_parameter", ["sessionId", "session_id", "id", "orderId"],
        "Under which name the session's id is added to successUrl and failureUrl; orderId adds the older API's id and lang.";
    RESULT_PAGE = "bpc_result_page", ["link", "redirect"],
        "Whether the customer sees the gateway's result page with its link back, or is sent back at once.";
    AFTER_DECLINE = "bpc_after_decline", ["retry", "end", "expire"],
        "After a declined card: the page takes another one, takes none but the session stays open, or the session expires.";
    WAY_OUT = "bpc_way_out", ["none", "failure_url"],
        "Whether the payment page has a link with which the customer leaves without paying.";
    EXPIRED_BROWSER = "bpc_expired_browser", ["page", "failure_url"],
        "Where somebody who opens an expired session's page is left.";
    CREATE_STATUS = "bpc_create_status", ["200", "201"],
        "The status of the answer to a session, capture or refund that was made.";
    ERROR_BODY = "bpc_error_body", ["message", "error", "errors", "empty"],
        "The shape of an error's body: a message, an error text, a list of errors, or nothing.";
    BAD_KEY_STATUS = "bpc_bad_key_status", ["401", "403"],
        "The status for a key that is not valid.";
    MISSING_KEY_STATUS = "bpc_missing_key_status", ["400", "401"],
        "The status for a request without any key, which the documentation calls an invalid request.";
    UNKNOWN_VERSION = "bpc_unknown_version", ["400", "ignored"],
        "What a version that does not exist in X-Version does.";
    LOCAL_RETURN_URLS = "bpc_local_return_urls", ["accepted", "412"],
        "Whether return addresses on this machine, or without https, are taken; some accounts refuse them.";
    CURRENCIES = "bpc_currencies", ["any", "EUR"],
        "Which currencies the merchant's account takes.";
    CURRENCY_CASE = "bpc_currency_case", ["as_sent", "lower", "upper"],
        "In which letters the currency comes back.";
    EXPIRE_FINISHED_SESSION = "bpc_expire_finished_session", ["409", "400", "412"],
        "How a request to expire a session that is not open is refused.";
    HELD_PAYMENT_STATUS = "bpc_held_payment_status", ["unpaid", "requiresCapture", "paid"],
        "The session's paymentStatus while the money is held but not captured.";
    REFUNDED_PAYMENT_STATUS = "bpc_refunded_payment_status", ["paid", "refunded"],
        "The session's paymentStatus after all of it was given back.";
    SESSION_NAMES_PAYMENT = "bpc_session_names_payment", ["off", "paymentId", "payments"],
        "Whether, and how, a session names the payment that was made in it.";
    PAYMENT_NAMES_SESSION = "bpc_payment_names_session", ["sessionId", "off"],
        "Whether a payment names the session that it was made in.";
    PAYMENT_PER_TRY = "bpc_payment_per_try", ["one_each", "one_for_all"],
        "Whether every try on the page is a payment of its own, or a session has one payment that is tried again.";
    PARTIAL_CAPTURE = "bpc_partial_capture", ["closes", "leaves_rest"],
        "Whether capturing a part lets the rest go, or leaves it to be captured later.";
    REFUND_ENDPOINT = "bpc_refund_endpoint", ["refunds", "payment_refund", "absent"],
        "Where refunds are made: POST /refunds with paymentId, POST /payments/{id}/refund, or only by hand.";
    PARTIAL_REFUND = "bpc_partial_refund", ["accepted", "refused"],
        "Whether a part of a payment can be given back.";
    REFUND_EVENT = "bpc_refund_event", ["refund.succeeded", "refund.created", "none"],
        "The name of the event that a refund causes.";
    EVENTS = "bpc_events", ["all", "session_outcomes"],
        "What the merchant subscribed to: everything, or only session.completed and session.expired.";
    SESSION_IN_EVENTS = "bpc_session_in_events", ["short", "full"],
        "Whether sessions in webhooks lack customerDetails, metadata and merchantReferenceId, as in the documented example.";
    WEBHOOK_DELAY = "bpc_webhook_delay", ["0", "5"],
        "How many seconds after the event its webhook is sent: the browser may be back first.";
    SIGNATURE_ORDER = "bpc_signature_order", ["body_first", "timestamp_first"],
        "What is signed: body, dot, timestamp, or timestamp, dot, body.";
    SIGNATURE_TIME = "bpc_signature_time", ["seconds", "milliseconds"],
        "The unit of the timestamp in X-Signature.";
    SIGNED_AFRESH = "bpc_signed_afresh", ["on", "off"],
        "Whether a webhook that is tried again gets a new timestamp and signature.";
    REQUEST_ID_PER_TRY = "bpc_request_id_per_try", ["changing", "stable"],
        "Whether API-Request-Id changes when a webhook is tried again.";
}
